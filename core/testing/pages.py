"""Every page of a CRUDView opens, does what it says, and says what it did."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps

from core.context import acting_as
from core.crud.forms import VERSION
from core.tenancy.scope import network_scope
from core.testing.base import CRUDBase, body, change_behind, form_data, text_of


class PageTests(CRUDBase):
    """Pages of rows, as the director sees them."""

    def test_the_list_shows_the_rows(self, cast: Any, signed_in: Any) -> None:
        row = self.row(cast)
        response = signed_in(cast.director).get(self.list_url(cast))
        assert response.status_code == 200
        assert self.url(cast, row) in body(response)

    def test_an_empty_list_says_so(self, cast: Any, signed_in: Any) -> None:
        response = signed_in(cast.director).get(self.list_url(cast), {"size": "25"})
        assert response.status_code == 200
        assert response.context["page"].total == len(response.context["rows"])

    def test_htmx_gets_the_part_that_changes(self, cast: Any, signed_in: Any) -> None:
        response = signed_in(cast.director).get(self.list_url(cast), headers={"HX-Request": "true"})
        assert "<html" not in body(response)
        assert 'id="list"' in body(response)
        assert "HX-Request" in response["Vary"]

    def test_no_page_is_kept_by_a_cache(self, cast: Any, signed_in: Any) -> None:
        client, row = signed_in(cast.director), self.row(cast)
        for url in (self.list_url(cast), self.url(cast, row)):
            assert "no-store" in client.get(url)["Cache-Control"]

    def test_every_page_of_a_row_names_it(self, cast: Any, signed_in: Any) -> None:
        row, client = self.row(cast), signed_in(cast.director)
        for verb in self.row_verbs():
            response = client.get(self.url(cast, row, verb))
            assert response.status_code == 200, verb
            assert self.views.row_title(row) in body(response), verb

    def test_a_code_that_nobody_has_is_not_found(self, cast: Any, signed_in: Any) -> None:
        row, client = self.row(cast), signed_in(cast.director)
        with network_scope(cast.network):
            urls = [self.views.url(row, verb) for verb in self.row_verbs()]
            self.views.model.objects.filter(pk=row.pk)._raw_delete("default")
        for url in urls:
            assert client.get(url).status_code == 404, url

    def test_lists_and_pages_of_rows_take_no_post(self, cast: Any, signed_in: Any) -> None:
        row, client = self.row(cast), signed_in(cast.director)
        for url in (self.list_url(cast), self.list_url(cast, "export"), self.url(cast, row)):
            assert client.post(url, {}).status_code == 405, url

    # --- Making ------------------------------------------------------------------------------------------------------

    def test_a_valid_form_makes_a_row(self, cast: Any, signed_in: Any) -> None:
        self.needs("create")
        with network_scope(cast.network):
            before = set(self.views.model.objects.values_list("pk", flat=True))
        response = signed_in(cast.director).post(self.list_url(cast, "create"), dict(self.valid(cast)))
        assert response.status_code == 302, text_of(response)
        with network_scope(cast.network):
            (made,) = self.views.model.objects.exclude(pk__in=before)
            assert response["Location"] == self.views.url(self.loaded(made))

    def test_an_empty_form_says_what_is_missing_and_makes_nothing(self, cast: Any, signed_in: Any) -> None:
        self.needs("create")
        with network_scope(cast.network):
            before = self.views.model.objects.count()
        response = signed_in(cast.director).post(self.list_url(cast, "create"), {})
        assert response.status_code == 422
        assert response.context["form"].errors
        with network_scope(cast.network):
            assert self.views.model.objects.count() == before

    def test_a_key_that_is_taken_is_an_error_of_the_form(self, cast: Any, signed_in: Any) -> None:
        self.needs("create")
        client, url = signed_in(cast.director), self.list_url(cast, "create")
        assert client.post(url, dict(self.valid(cast))).status_code == 302
        response = client.post(url, dict(self.valid(cast)))
        assert response.status_code == 422
        assert response.context["form"].errors

    def test_making_a_row_is_recorded(self, cast: Any, signed_in: Any) -> None:
        self.needs("create")
        signed_in(cast.director).post(self.list_url(cast, "create"), dict(self.valid(cast)))
        with network_scope(cast.network):
            newest = apps.get_model("security.WorkRecord").objects.order_by("-id").first()
        assert (newest.target_type, newest.account_id) == (self.views.model._meta.label_lower, cast.director.pk)

    # --- Changing ----------------------------------------------------------------------------------------------------

    def edit(self, client: Any, url: str, **changes: Any) -> Any:
        """Open a form, change something, send it."""
        return client.post(url, form_data(client.get(url).context["form"]) | changes)

    def test_an_edit_changes_the_row(self, cast: Any, signed_in: Any) -> None:
        self.needs("update")
        row, client = self.row(cast), signed_in(cast.director)
        response = self.edit(client, self.url(cast, row, "update"), **self.change)
        assert response.status_code == 302, text_of(response)
        shown = form_data(client.get(self.url(cast, row, "update")).context["form"])
        assert {name: shown.get(name) for name in self.change} == dict(self.change)

    def test_an_edit_stands_in_the_history_with_who_and_why(self, cast: Any, signed_in: Any) -> None:
        self.needs("update")
        self.needs_history()
        row, client = self.row(cast), signed_in(cast.director)
        self.edit(client, self.url(cast, row, "update"), **self.change, change_reason="Because I looked")
        entry = client.get(self.url(cast, row, "history")).context["entries"][0]
        assert (entry.actor, entry.reason) == (str(cast.director), "Because I looked")
        assert len(entry.changes) >= 1
        assert len(entry.request_id) >= 8

    def test_an_edit_that_changes_nothing_leaves_no_history(self, cast: Any, signed_in: Any) -> None:
        self.needs("update")
        self.needs_history()
        row, client = self.row(cast), signed_in(cast.director)
        with network_scope(cast.network):
            before = row.history.count()
        assert self.edit(client, self.url(cast, row, "update")).status_code == 302
        with network_scope(cast.network):
            assert row.history.count() == before

    def test_a_stale_edit_is_refused_and_the_second_try_goes_through(self, cast: Any, signed_in: Any) -> None:
        self.needs("update")
        self.needs_history()
        row, client = self.row(cast), signed_in(cast.director)
        url = self.url(cast, row, "update")
        stale = form_data(client.get(url).context["form"])
        with network_scope(cast.network), acting_as(cast.operator):
            change_behind(row, {self.canary_field: "Changed meanwhile"})
        response = client.post(url, stale | dict(self.change))
        assert response.status_code == 409
        assert "Changed meanwhile" in body(response)
        assert str(cast.operator) in body(response)
        with network_scope(cast.network):
            assert getattr(self.loaded(row), self.canary_field) == "Changed meanwhile"
        again = form_data(response.context["form"])
        assert again[VERSION] != stale[VERSION]
        assert client.post(url, again).status_code == 302

    def test_an_edit_without_a_version_is_refused(self, cast: Any, signed_in: Any) -> None:
        self.needs("update")
        row, client = self.row(cast), signed_in(cast.director)
        assert client.post(self.url(cast, row, "update"), dict(self.change)).status_code == 409

    # --- Deleting ----------------------------------------------------------------------------------------------------

    def test_the_page_before_deleting_says_what_goes(self, cast: Any, signed_in: Any) -> None:
        self.needs(self.views.delete_word)
        row = self.row(cast)
        response = signed_in(cast.director).get(self.url(cast, row, self.views.delete_word))
        assert response.context["consequences"] or response.context["blockers"]
        with network_scope(cast.network):
            assert self.views.model.objects.filter(pk=row.pk).exists()

    def test_deleting_needs_no_more_than_a_post_and_leaves_a_record(self, cast: Any, signed_in: Any) -> None:
        self.needs(self.views.delete_word)
        row, client = self.row(cast), signed_in(cast.director)
        url = self.url(cast, row, self.views.delete_word)
        if client.get(url).context["blockers"]:
            pytest.skip("The row made here is needed by others; the app tests its own consequences.")
        assert client.post(url, {"reason": "No longer there"}).status_code == 302
        with network_scope(cast.network):
            newest = apps.get_model("security.WorkRecord").objects.order_by("-id").first()
        assert (newest.target_id, newest.account_id) == (row.pk, cast.director.pk)

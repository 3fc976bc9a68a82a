"""Nobody reaches more of a model than their role and their network give them."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.apps import apps

from core.clock import now
from core.crud.forms import queryset_of
from core.history import update_with_history
from core.tenancy.scope import network_scope
from core.testing.base import CANARY, CRUDBase, body, form_data

ONLY_THERE = "ONLY-THERE"


class RightsTests(CRUDBase):
    """Every page as nobody, stranger, operator of one site and auditor; and no word of the other network anywhere."""

    def every_url(self, cast: Any, row: Any) -> list[str]:
        """All pages of the view, those of `row` included."""
        general = [verb for verb in self.views.verbs() if verb in ("list", "export", "create")]
        return [
            *(self.list_url(cast, verb) for verb in general),
            *(self.url(cast, row, verb) for verb in self.row_verbs()),
        ]

    def test_who_is_not_signed_in_is_asked_to_sign_in(self, cast: Any, client: Any) -> None:
        for url in self.every_url(cast, self.row(cast)):
            response = client.get(url)
            assert response.status_code == 302, url
            assert "/sign-in/" in response["Location"], url

    @pytest.mark.parametrize("who", ["nobody", "stranger"])
    def test_who_holds_no_role_in_the_network_finds_nothing(self, cast: Any, signed_in: Any, who: str) -> None:
        client = signed_in(getattr(cast, who))
        for url in self.every_url(cast, self.row(cast)):
            assert client.get(url).status_code == 404, url
            assert client.post(url, {}).status_code == 404, url

    def test_the_auditor_reads_everything_and_changes_nothing(self, cast: Any, signed_in: Any) -> None:
        row, client = self.row(cast), signed_in(cast.auditor)
        for verb in self.row_verbs():
            expected = 403 if verb in self.writing_verbs() else 200
            assert client.get(self.url(cast, row, verb)).status_code == expected, verb
        for verb in self.writing_verbs():
            url = self.list_url(cast, verb) if verb == "create" else self.url(cast, row, verb)
            assert client.post(url, {}).status_code == 403, verb

    def test_buttons_that_the_auditor_may_not_press_are_not_drawn(self, cast: Any, signed_in: Any) -> None:
        row, client = self.row(cast), signed_in(cast.auditor)
        drawn = body(client.get(self.list_url(cast))) + body(client.get(self.url(cast, row)))
        for verb in self.writing_verbs():
            url = self.list_url(cast, verb) if verb == "create" else self.url(cast, row, verb)
            assert f'"{url}"' not in drawn, verb

    def test_the_operator_sees_what_hangs_on_the_own_site_only(self, cast: Any, signed_in: Any) -> None:
        if self.views.model.site_path is None:
            pytest.skip("Rows of this model hang on no site.")
        own, other = self.at_sites(cast)
        client = signed_in(cast.operator)
        shown = {row.object.pk for row in client.get(self.list_url(cast)).context["rows"]}
        assert own.pk in shown
        assert other.pk not in shown
        assert client.get(self.url(cast, own)).status_code == 200
        for verb in self.row_verbs():
            url, nowhere = self.url(cast, other, verb), self.url(cast, self.renamed(other), verb)
            assert client.get(url).status_code in (403, 404), verb
            assert client.get(url).status_code == client.get(nowhere).status_code, verb
            assert client.post(url, {}).status_code == client.post(nowhere, {}).status_code, verb

    def renamed(self, row: Any) -> Any:
        """The row under a key that nobody has, not saved."""
        last = self.views.lookup[-1]
        taken = getattr(row, last)
        setattr(row, last, f"{taken}-NOBODY" if isinstance(taken, str) else taken + 987)
        return row

    def test_the_operator_exports_what_hangs_on_the_own_site_only(self, cast: Any, signed_in: Any) -> None:
        if self.views.model.site_path is None:
            pytest.skip("Rows of this model hang on no site.")
        self.at_sites(cast)
        client = signed_in(cast.operator)
        shown = client.get(self.list_url(cast)).context["rows"]
        exported = body(client.get(self.list_url(cast, "export"), {"format": "csv"})).strip().splitlines()
        assert len(exported) - 1 == len(shown) == 1

    # --- The other network -------------------------------------------------------------------------------------------

    def test_a_row_of_the_other_network_is_not_found(self, cast: Any, signed_in: Any) -> None:
        foreign, client = self.foreign_row(cast), signed_in(cast.director)
        for verb in self.row_verbs():
            assert client.get(self.url(cast, foreign, verb)).status_code == 404, verb
            assert client.post(self.url(cast, foreign, verb), dict(self.change)).status_code in (404, 405), verb

    def test_no_word_of_the_other_network_shows_anywhere(self, cast: Any, signed_in: Any) -> None:
        row, client = self.row(cast), signed_in(cast.director)
        self.foreign_row(cast)
        self.foreign_row(cast, number=1)  # under the same code as ours
        columns = ",".join(column.name for column in self.views.resolved_columns())
        urls = [
            f"{self.list_url(cast)}?columns={columns}",
            f"{self.list_url(cast)}?q={CANARY.split()[0]}&sort=nonsense",
            f"{self.list_url(cast, 'export')}?format=csv&set=all",
            *self.every_url(cast, row),
            *(f"{self.list_url(cast)}choices/{name}/?{name}={CANARY[:4]}" for name in self.views.choice_fields()),
        ]
        for url in urls:
            shown = body(client.get(url)).replace(f"q={CANARY.split()[0]}", "").replace(f'"{CANARY.split()[0]}"', "")
            assert CANARY not in shown, url

    def test_a_record_of_the_other_network_cannot_be_chosen(self, cast: Any, signed_in: Any) -> None:
        self.needs("create")
        form_class: Any = self.views.row_form()
        records = {name: queryset_of(field).model for name, field in form_class.base_fields.items()
                   if isinstance(field, forms.ModelChoiceField)}  # fmt: skip
        if not records:
            pytest.skip("The form chooses no records.")
        client = signed_in(cast.director)
        for name, model in records.items():
            key = self.foreign_copy(cast, model)
            if key is None:
                continue
            response = client.post(self.list_url(cast, "create"), dict(self.valid(cast)) | {name: key})
            assert response.status_code == 422, name
            assert name in response.context["form"].errors, name

    def foreign_copy(self, cast: Any, model: Any) -> str | None:
        """The code of a record that only the other network has; None where it has none to copy."""
        with network_scope(cast.other):
            known = model.objects.first()
            if known is None or not hasattr(known, "code"):
                return None
            known.pk, known.code = None, ONLY_THERE
            known._state.adding = True
            known.save()
            return ONLY_THERE

    def test_who_loses_the_right_between_form_and_answer_is_refused(self, cast: Any, signed_in: Any) -> None:
        self.needs("update")
        row, client = self.row(cast), signed_in(cast.director)
        data = form_data(client.get(self.url(cast, row, "update")).context["form"])
        with network_scope(cast.network):
            update_with_history(
                apps.get_model("security.Assignment").objects.filter(account=cast.director), ends_at=now()
            )
        assert client.post(self.url(cast, row, "update"), data | dict(self.change)).status_code == 404

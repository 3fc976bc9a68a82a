"""Forms of rows: who may choose what, whose words an error has, and two people at one record."""

import datetime
import threading
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from core.context import acting_as
from core.crud.actions import RowRefused, write_row
from core.crud.choosing import MOST_CHOICES
from core.crud.versions import version_of
from core.history import bulk_create_with_history
from core.jobs.models import Job
from core.tenancy.scope import network_scope
from core.testing import form_data
from core.testing.base import body
from core.tests.trial.views import TrialChargers, TrialSites, refuse_x
from security.actions import give_role
from stations.models import Charger, District, Site

pytestmark = pytest.mark.urls("core.tests.trial.urls")
TRIAL = "/n/harbour/trial"


def charger(cast: Any, code: str = "C1", **values: Any) -> Charger:
    """A charger at the first site unless said otherwise."""
    with network_scope(cast.network):
        row = Charger(code=code, **{"site": cast.site, **values})
        row.save()
        return row


def choices(response: Any, name: str) -> list[str]:
    """What a drop-down offers."""
    return [str(code) for code, _text in response.context["form"].fields[name].widget.choices if code]


# --- Choosing records ------------------------------------------------------------------------------------------------


def test_the_place_of_a_new_row_is_chosen_among_those_where_one_may_add(cast: Any, signed_in: Any) -> None:
    assert choices(signed_in(cast.director).get(f"{TRIAL}/chargers/new/"), "site") == ["A", "B"]
    assert choices(signed_in(cast.operator).get(f"{TRIAL}/chargers/new/"), "site") == ["A"]


def test_a_place_out_of_reach_cannot_be_sent_by_hand(cast: Any, signed_in: Any) -> None:
    response = signed_in(cast.operator).post(f"{TRIAL}/chargers/new/", {"site": "B", "code": "X1", "method": "ac"})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["site"]


def test_a_row_cannot_be_moved_out_of_reach(cast: Any, signed_in: Any) -> None:
    charger(cast)
    client = signed_in(cast.operator)
    data = form_data(client.get(f"{TRIAL}/chargers/C1/edit/").context["form"])
    response = client.post(f"{TRIAL}/chargers/C1/edit/", data | {"site": "B"})
    assert response.status_code == 422
    with network_scope(cast.network):
        assert Charger.objects.get().site == cast.site


def test_what_an_action_of_its_own_puts_out_of_reach_is_rolled_back(scoped: Any) -> None:
    row = charger(scoped)

    def move(*, row: Any, actor: Any, now: Any, reason: str) -> Any:
        row.site = scoped.second_site
        row.save()
        return row

    with pytest.raises(RowRefused, match="You do not have the right") as refused:
        write_row(
            write=move, row=row, actor=scoped.operator, now=datetime.datetime.now(datetime.UTC),
            permission="stations.change_charger",
            visible=lambda permission: Charger.objects.visible_to(scoped.operator, permission),
        )  # fmt: skip
    assert refused.value.field == "site"
    assert Charger.objects.get().site == scoped.site


def test_the_present_value_stays_choosable_where_it_cannot_be_seen(cast: Any, signed_in: Any) -> None:
    with network_scope(cast.network):
        cast.second_site.kind = "distribution_centre"
        cast.second_site.save()
        cast.site.supplied_by = cast.second_site
        cast.site.save()
    client = signed_in(cast.operator)
    response = client.get(f"{TRIAL}/sites/A/edit/")
    assert choices(response, "supplied_by") == ["B"]
    data = form_data(response.context["form"])
    assert client.post(f"{TRIAL}/sites/A/edit/", data | {"name": "Renamed"}).status_code == 302
    with network_scope(cast.network):
        assert Site.objects.get(code="A").supplied_by == cast.second_site


def test_declared_choices_narrow_a_foreign_key(cast: Any, signed_in: Any) -> None:
    with network_scope(cast.network):
        Site(code="DC", name="Depot", kind="distribution_centre").save()
    assert choices(signed_in(cast.director).get(f"{TRIAL}/sites/new/"), "supplied_by") == ["DC"]


def test_many_records_are_typed_and_suggested(cast: Any, signed_in: Any) -> None:
    with network_scope(cast.network):
        bulk_create_with_history(District, [District(code=f"N{i}", name=f"Ward {i}") for i in range(MOST_CHOICES + 1)])
    client = signed_in(cast.director)
    shown = body(client.get(f"{TRIAL}/sites/new/"))
    assert '<datalist id="id_district-options">' in shown
    assert f"{TRIAL}/sites/choices/district/?for=add" in shown
    options = body(client.get(f"{TRIAL}/sites/choices/district/", {"for": "add", "district": "ward 99"}))
    assert options == '<option value="N99">Ward 99</option>'
    data = {"code": "T", "name": "Typed", "status": "open", "kind": "charging_station", "district": "n99"}
    assert client.post(f"{TRIAL}/sites/new/", data).status_code == 302
    with network_scope(cast.network):
        assert Site.objects.get(code="T").district.code == "N99"


def test_suggestions_follow_the_rights_of_the_form(cast: Any, signed_in: Any) -> None:
    url = f"{TRIAL}/chargers/choices/site/"
    assert "B Beta Mall" in body(signed_in(cast.director).get(url, {"for": "add"}))
    assert "B Beta Mall" not in body(signed_in(cast.operator).get(url, {"for": "add"}))
    assert signed_in(cast.auditor).get(url, {"for": "add"}).status_code == 403
    assert signed_in(cast.director).get(f"{TRIAL}/chargers/choices/note/").status_code == 404


def test_the_address_can_suggest_values_for_a_new_row(cast: Any, signed_in: Any) -> None:
    shown = body(signed_in(cast.director).get(f"{TRIAL}/chargers/new/", {"site": "B", "code": "\x00<b>"}))
    assert '<option value="B" selected>' in shown
    assert 'value="<b>"' in shown


def test_a_field_takes_the_right_of_its_column(rf: Any, scoped: Any) -> None:
    form_class: Any = TrialSites.row_form()
    for account, shown in ((scoped.director, True), (scoped.auditor, False)):
        request = rf.get("/")
        request.user = account
        form = form_class(request=request, views=TrialSites, verb="change", instance=scoped.site)
        assert ("phone" in form.fields) == shown


@pytest.mark.django_db(transaction=True)
def test_rows_without_history_have_versions_too(scoped: Any) -> None:
    job = Job(kind="x", title="One", created_at=datetime.datetime.now(datetime.UTC))
    job.save()
    first = version_of(job)
    assert version_of(job) == first
    job.title = "Two"
    job.save()
    assert version_of(job) != first


# --- Errors ----------------------------------------------------------------------------------------------------------


def test_an_action_refuses_in_its_own_words_beside_the_field(cast: Any, signed_in: Any) -> None:
    client = signed_in(cast.director)
    data = form_data(client.get(f"{TRIAL}/sites/A/edit/").context["form"]) | {"name": "X"}
    response = client.post(f"{TRIAL}/sites/A/edit/", data)
    assert response.status_code == 422
    assert response.context["form"].errors == {"name": ["X is no name."]}


def test_a_check_of_the_database_speaks_before_the_database_does(cast: Any, signed_in: Any) -> None:
    with network_scope(cast.network):
        Site(code="DC", name="Depot", kind="distribution_centre").save()
    data = {"code": "N", "name": "N", "status": "open", "kind": "distribution_centre", "supplied_by": "DC"}
    response = signed_in(cast.director).post(f"{TRIAL}/sites/new/", data)
    assert response.status_code == 422
    assert "A distribution centre supplies others" in str(response.context["form"].non_field_errors())


def test_a_taken_code_is_an_error_beside_the_code_without_a_word_of_networks(cast: Any, signed_in: Any) -> None:
    data = {"code": "a", "name": "Again", "status": "open", "kind": "charging_station"}
    errors = signed_in(cast.director).post(f"{TRIAL}/sites/new/", data).context["form"].errors
    assert errors == {"code": ["There is already a site with this code."]}


def test_who_is_overtaken_between_check_and_write_reads_the_same_words(scoped: Any) -> None:
    second = Site(code="A", name="Too late")
    with pytest.raises(RowRefused, match="There is already a site with this code") as refused:
        write_row(write=refuse_x, row=second, actor=scoped.director, now=datetime.datetime.now(datetime.UTC))
    assert refused.value.field == "code"


def test_a_value_that_the_database_cannot_store_is_refused_in_words(scoped: Any) -> None:
    scoped.site.opening_week = {"0": "a\x00b"}
    with pytest.raises(RowRefused, match="cannot be stored"):
        write_row(write=refuse_x, row=scoped.site, actor=scoped.director, now=datetime.datetime.now(datetime.UTC))


@pytest.mark.parametrize("value", ["\x00", "x" * 5_000, "9" * 400, "1e999", "NaN", "🙂", "<script>"])
def test_whatever_is_typed_is_answered(cast: Any, signed_in: Any, value: str) -> None:
    client = signed_in(cast.director)
    names = TrialSites.fields
    for number, name in enumerate(names):
        data = {"code": f"N{number}", "name": "N", "status": "open", "kind": "charging_station", name: value}
        response = client.post(f"{TRIAL}/sites/new/", data)
        assert response.status_code in (302, 422), name
        assert "<script>" not in body(response).replace("<script src", "") or name, name


def test_a_form_that_is_no_row_form_stops_the_start() -> None:
    from django import forms

    from core.crud.forms import form_class_of

    plain = forms.modelform_factory(Site, fields=["name"])
    with pytest.raises(ImproperlyConfigured, match="must be a core.crud.forms.RowForm"):
        form_class_of(type("Views", (TrialSites,), {"form_class": plain}))


# --- Two people at one record ----------------------------------------------------------------------------------------


def test_after_a_conflict_the_form_holds_ones_own_changes_and_the_news_of_others(cast: Any, signed_in: Any) -> None:
    charger(cast, vendor="Acme", note="Old note")
    client = signed_in(cast.director)
    url = f"{TRIAL}/chargers/C1/edit/"
    seen = form_data(client.get(url).context["form"])
    with network_scope(cast.network), acting_as(cast.operator):
        row = Charger.objects.get()
        row.vendor, row.site = "Beta", cast.second_site
        row.save()
    response = client.post(url, seen | {"note": "New note"})
    assert response.status_code == 409
    shown = form_data(response.context["form"])
    assert (shown["vendor"], shown["note"], shown["site"]) == ("Beta", "New note", "B")
    text = body(response)
    assert "Vendor: Acme → Beta (Otto" in text
    assert "Site: A Alpha Quay → B Beta Mall (Otto" in text
    assert client.post(url, shown).status_code == 302
    with network_scope(cast.network):
        row = Charger.objects.get()
        assert (row.vendor, row.note, row.site) == ("Beta", "New note", cast.second_site)


@pytest.mark.parametrize("version", ["", "nonsense", "-1", "9" * 30, "\x00"])
def test_a_version_that_makes_no_sense_is_a_conflict(cast: Any, signed_in: Any, version: str) -> None:
    charger(cast)
    client = signed_in(cast.director)
    data = form_data(client.get(f"{TRIAL}/chargers/C1/edit/").context["form"])
    response = client.post(f"{TRIAL}/chargers/C1/edit/", data | {"row_version": version, "note": "Mine"})
    assert response.status_code == 409
    assert 'value="Mine"' in body(response)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_one_gets_through(cast: Any, signed_in: Any) -> None:
    charger(cast)
    url = f"{TRIAL}/chargers/C1/edit/"
    clients = [signed_in(cast.director), signed_in(cast.operator)]
    forms = [form_data(client.get(url).context["form"]) for client in clients]
    together, answers = threading.Barrier(2), []

    def save(client: Any, data: dict[str, Any], note: str) -> None:
        together.wait()
        answers.append((client.post(url, data | {"note": note}).status_code, note))
        connection.close()

    threads = [
        threading.Thread(target=save, args=(client, data, note))
        for client, data, note in zip(clients, forms, ["One", "Two"], strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(status for status, _note in answers) == [302, 409]
    (winner,) = [note for status, note in answers if status == 302]
    with network_scope(cast.network):
        assert Charger.objects.get().note == winner


def test_the_edit_of_an_operator_with_rights_at_two_sites_may_move_a_row(cast: Any, signed_in: Any) -> None:
    row = charger(cast)
    with network_scope(cast.network):
        now = datetime.datetime.now(datetime.UTC)
        give_role(account=cast.operator, role="site_operator", place=cast.second_site, actor=None, now=now)
    client = signed_in(cast.operator)
    data = form_data(client.get(f"{TRIAL}/chargers/C1/edit/").context["form"])
    assert client.post(f"{TRIAL}/chargers/C1/edit/", data | {"site": "B"}).status_code == 302
    with network_scope(cast.network):
        assert TrialChargers.model.objects.get(pk=row.pk).site == cast.second_site

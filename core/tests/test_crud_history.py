"""The history tab, the pages of records, and deleting."""

import datetime
from typing import Any

import pytest
from django.apps import apps

from core.context import acting_as, request_id
from core.crud.actions import RowRefused, delete_row, write_row
from core.records import verb_text
from core.tenancy.scope import network_scope
from core.testing.base import body
from stations.models import Charger, Connector, District, Site

pytestmark = pytest.mark.urls("core.tests.trial.urls")
TRIAL = "/n/harbour/trial"
NOW = datetime.datetime(2024, 3, 9, 14, 5, tzinfo=datetime.UTC)


def entries(client: Any, url: str) -> list[Any]:
    """The lines of a history page."""
    return list(client.get(url).context["entries"])


def test_every_kind_of_value_is_told_in_words(cast: Any, signed_in: Any) -> None:
    with network_scope(cast.network), acting_as(cast.operator):
        north = District(code="N", name="North")
        north.save()
        site = cast.site
        site.district, site.kind, site.services = north, "member_store", ["charging", "swap"]
        site.always_open, site.opened_on, site.grid_kw = False, datetime.date(2024, 3, 9), "1250.50"
        site.opening_week = {"0": [["08:00", "18:00"]]}
        token = request_id.set("r-12345678")
        site._change_reason = "Counted again"
        site.save()
        request_id.reset(token)
    entry = entries(signed_in(cast.director), f"{TRIAL}/sites/A/history/")[0]
    told = {str(change.label): (change.before, change.after) for change in entry.changes}
    assert told["District"] == ("", "North")
    assert told["Kind"] == ("Charging station", "Battery member store")
    assert told["Services"] == ("", "Charging, Battery replacement")
    assert told["Open day and night"] == ("Yes", "No")
    assert told["Opened on"] == ("", "2024-03-09")
    assert told["Grid connection"] == ("", "1,250.5")
    assert told["Opening hours"] == ("{}", '{"0": [["08:00", "18:00"]]}')
    assert (entry.actor, entry.reason, entry.request_id) == ("Otto", "Counted again", "r-12345678")


def test_a_record_that_is_gone_is_told_by_its_number(cast: Any, signed_in: Any) -> None:
    with network_scope(cast.network):
        north = District(code="N", name="North")
        north.save()
        number = north.pk
        for district in (north, None):
            cast.site.district = district
            cast.site.save()
        north.delete()
    (change,) = entries(signed_in(cast.director), f"{TRIAL}/sites/A/history/")[0].changes
    assert (change.before, change.after) == (f"no. {number} (gone)", "")


def test_names_of_records_take_one_query_whatever_the_number_of_changes(
    cast: Any, signed_in: Any, django_assert_num_queries: Any
) -> None:
    client = signed_in(cast.director)
    with network_scope(cast.network):
        districts = [District(code=f"N{i}", name=f"Ward {i}") for i in range(6)]
        for district in districts:
            district.save()
        for district in districts[:2]:
            cast.site.district = district
            cast.site.save()
    client.get(f"{TRIAL}/sites/A/history/")
    with django_assert_num_queries(9):
        client.get(f"{TRIAL}/sites/A/history/")
    with network_scope(cast.network):
        for district in districts:
            cast.site.district = district
            cast.site.save()
    with django_assert_num_queries(9):
        client.get(f"{TRIAL}/sites/A/history/")


def test_the_history_of_a_field_takes_the_right_of_its_column(cast: Any, signed_in: Any) -> None:
    with network_scope(cast.network):
        cast.site.phone = "0123456"
        cast.site.save()
    for account, shown in ((cast.director, True), (cast.auditor, False)):  # the column takes stations.change_site
        client = signed_in(account)
        for url in ("sites/A/history/", "sites/?columns=code,phone", "sites/export/?set=all"):
            assert ("0123456" in body(client.get(f"{TRIAL}/{url}"))) == shown, (account, url)


def test_the_history_comes_in_pages(cast: Any, signed_in: Any) -> None:
    with network_scope(cast.network):
        for number in range(30):
            cast.site.name = f"Name {number}"
            cast.site.save()
    client = signed_in(cast.director)
    first, second = entries(client, f"{TRIAL}/sites/A/history/"), entries(client, f"{TRIAL}/sites/A/history/?page=2")
    assert (len(first), len(second)) == (25, 6)
    assert first[-1].changes[0].before == "Name 4"  # compared with the first line of the next page
    assert client.get(f"{TRIAL}/sites/A/history/", {"page": "nonsense"}).status_code == 200


def test_the_history_of_the_other_network_does_not_show(cast: Any, signed_in: Any) -> None:
    with network_scope(cast.other):
        cast.other_site.name = "Quetzal changed"
        cast.other_site.save()
    assert "Quetzal" not in body(signed_in(cast.director).get(f"{TRIAL}/sites/A/history/"))


# --- Pages of records ------------------------------------------------------------------------------------------------


def test_a_page_shows_state_path_and_what_hangs_on_the_record(cast: Any, signed_in: Any) -> None:
    with network_scope(cast.network):
        north = District(code="N", name="North")
        north.save()
        cast.site.district = north
        cast.site.save()
        Charger(code="C1", site=cast.site).save()
    client = signed_in(cast.director)
    assert str(client.get(f"{TRIAL}/sites/A/").context["state"]) == "Open"
    crumbs = [str(crumb.label) for crumb in client.get(f"{TRIAL}/chargers/C1/").context["breadcrumbs"]]
    assert crumbs == ["Sites", "A Alpha Quay", "Chargers", "C1"]
    (related,) = client.get(f"{TRIAL}/districts/N/").context["related"]
    assert ([row.cells[0].value for row in related.rows], related.count) == (["A"], 1)
    assert "district=N" in related.actions[0].url


def test_what_hangs_on_a_record_is_shown_as_far_as_one_may_see_it(cast: Any, signed_in: Any) -> None:
    with network_scope(cast.network):
        north = District(code="N", name="North")
        north.save()
        for site in (cast.site, cast.second_site):
            site.district = north
            site.save()
    shown = body(signed_in(cast.operator).get(f"{TRIAL}/sites/?columns=code,district"))
    assert "North" in shown
    assert "/districts/" in shown
    assert signed_in(cast.operator).get(f"{TRIAL}/districts/N/").status_code == 404  # hangs on no site


def test_business_verbs_are_drawn_where_they_can_be_done(cast: Any, signed_in: Any) -> None:
    with network_scope(cast.network):
        Charger(code="C1", site=cast.site).save()
        Charger(code="C2", site=cast.site, vendor="Mute").save()

    def verbs(account: Any, code: str) -> list[str]:
        return [str(verb.label) for verb in signed_in(account).get(f"{TRIAL}/chargers/{code}/").context["actions"]]

    assert verbs(cast.director, "C1") == ["Edit", "Look", "Delete"]
    assert verbs(cast.operator, "C1") == ["Edit", "Look"]
    assert verbs(cast.director, "C2") == ["Edit", "Delete"]
    assert verbs(cast.auditor, "C1") == []


# --- Deleting --------------------------------------------------------------------------------------------------------


def test_rows_that_need_the_record_are_named_with_links_and_there_is_no_button(cast: Any, signed_in: Any) -> None:
    with network_scope(cast.network):
        north = District(code="N", name="North")
        north.save()
        for site in (cast.site, cast.second_site):
            site.district = north
            site.save()
    response = signed_in(cast.director).get(f"{TRIAL}/districts/N/delete/")
    assert [str(blocker) for blocker in response.context["blockers"]] == ["Site A Alpha Quay", "Site B Beta Mall"]
    assert all(blocker.url.endswith(("/sites/A/", "/sites/B/")) for blocker in response.context["blockers"])
    assert 'data-tone="destroy"' not in body(response)


def test_a_deletion_that_others_forbid_does_not_happen_by_hand_either(cast: Any, signed_in: Any) -> None:
    with network_scope(cast.network):
        north = District(code="N", name="North")
        north.save()
        cast.site.district = north
        cast.site.save()
    response = signed_in(cast.director).post(f"{TRIAL}/districts/N/delete/", {"reason": "x"})
    assert response.status_code == 422
    assert "Other records need this one: Sites" in body(response)
    with network_scope(cast.network):
        assert District.objects.filter(code="N").exists()


def test_what_goes_along_is_counted(cast: Any, signed_in: Any) -> None:
    with network_scope(cast.network):
        lonely = Charger(code="C1", site=cast.site)
        lonely.save()
    lines = signed_in(cast.director).get(f"{TRIAL}/chargers/C1/delete/").context["consequences"]
    assert [(line.effect, line.count) for line in lines] == [("removed", 1), ("kept", None)]


def test_a_deleted_record_leaves_history_record_and_reason(cast: Any, signed_in: Any) -> None:
    with network_scope(cast.network):
        row = Charger(code="C1", site=cast.site)
        row.save()
        number = row.pk
    response = signed_in(cast.director).post(f"{TRIAL}/chargers/C1/delete/", {"reason": "Sold"})
    assert response["Location"] == f"{TRIAL}/chargers/"
    with network_scope(cast.network):
        last = Charger.history.filter(id=number).latest("history_id")
        kept = apps.get_model("security.WorkRecord").objects.get(verb="charger.deleted")
    assert (last.history_type, last.history_change_reason, last.history_user) == ("-", "Sold", cast.director)
    assert (kept.summary, kept.before["code"], kept.account) == ("Sold", "C1", cast.director)


def test_a_reason_is_welcome_but_not_needed(cast: Any, signed_in: Any) -> None:
    with network_scope(cast.network):
        Charger(code="C1", site=cast.site).save()
    assert signed_in(cast.director).post(f"{TRIAL}/chargers/C1/delete/").status_code == 302
    with network_scope(cast.network):
        assert not Charger.objects.exists()


def test_a_record_that_is_gone_cannot_be_deleted_twice(scoped: Any) -> None:
    first = Charger(code="C1", site=scoped.site)
    first.save()
    second = Charger.objects.get()
    write_row(write=delete_row, row=first, actor=scoped.director, now=NOW)
    with pytest.raises(RowRefused, match="gone already"):
        write_row(write=delete_row, row=second, actor=scoped.director, now=NOW)


def test_rows_in_the_way_that_one_may_not_see_are_counted_only(scoped: Any) -> None:
    row = Charger(code="C1", site=scoped.site)
    row.save()
    Connector(charger=row, number=1).save()
    with pytest.raises(RowRefused, match="Other records need this one: Connectors"):
        write_row(write=delete_row, row=row, actor=scoped.operator, now=NOW)


def test_generic_writes_have_words_for_their_records() -> None:
    assert verb_text("site.created") == "Site created"
    assert verb_text("charger.changed") == "Charger changed"
    assert verb_text("district.deleted") == "District deleted"
    assert Site._meta.verbose_name == "site"

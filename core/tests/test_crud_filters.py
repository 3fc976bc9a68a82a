"""Filters, search, chips and columns of lists, and declarations that stop the start."""

import datetime
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model

from core.crud.columns import resolve
from core.crud.declare import Column, Filter
from core.crud.filters import filterset_class_of
from core.crud.views import CRUDView
from core.jobs.models import Job
from core.parts import Link, State
from core.tenancy.scope import network_scope
from core.testing.base import body, text_of
from core.tests.trial.views import TrialChargers, TrialDistricts, TrialSites
from stations.models import Charger, District, Site

pytestmark = pytest.mark.urls("core.tests.trial.urls")
SITES = "/n/harbour/trial/sites/"


@pytest.fixture
def sites(cast: Any) -> Any:
    """Sites that differ in everything one can filter by; A and B are the cast's."""
    with network_scope(cast.network):
        north = District(code="NORTH", name="North")
        north.save()
        values: list[dict[str, Any]] = [
            {"code": "C", "status": "planned", "services": ["swap"], "battery_capacity": 10, "district": north},
            {"code": "D", "status": "closed", "services": ["swap", "charging"], "grid_kw": "99.50"},
            {"code": "E", "kind": "distribution_centre", "opened_on": "2024-03-09", "always_open": False},
        ]
        for fields in values:
            Site(**{"name": f"Place {fields['code']}", "status": "open", **fields}).save()
    return cast


def found(client: Any, query: str) -> list[str]:
    """The codes that a list shows."""
    return [row.object.code for row in client.get(f"{SITES}?{query}").context["rows"]]


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("", "ABCDE"),
        ("status=planned", "C"),
        ("status=planned&status=closed", "CD"),
        ("kind=distribution_centre", "E"),
        ("district=NORTH", "C"),
        ("district=north", "C"),
        ("services=charging", "D"),
        ("services=swap", "CD"),
        ("opened_on_from=2024-03-09&opened_on_to=2024-03-09", "E"),
        ("opened_on_from=2024-03-10", ""),
        ("grid_kw_min=99.5", "D"),
        ("grid_kw_max=99.49", ""),
        ("battery_capacity_min=1", "C"),
        ("always_open=no", "E"),
        ("always_open=yes", "ABCD"),
        ("q=place", "CDE"),
        ("q=PLACE+d", "D"),
        ("q=alpha+quay", "A"),
        ("q=place+quay", ""),
        ("q=%25", ""),
        ("q=_", ""),
        ("q=&status=&district=", "ABCDE"),
        ("status=planned&district=NORTH&q=c", "C"),
    ],
)
def test_filters_find_what_they_say(sites: Any, signed_in: Any, query: str, codes: str) -> None:
    assert found(signed_in(sites.director), query) == list(codes)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("status=nonsense", "Status: Select a valid choice. nonsense is not one"),
        ("district=NOWHERE", "District: Select a valid choice"),
        ("opened_on_from=31.31.2024", "Opened on from: Enter a valid date"),
        ("grid_kw_min=much", "Grid connection at least: Enter a number"),
        ("battery_capacity_min=99999999999", "Battery storage at least: Ensure this value is less"),
    ],
)
def test_a_filter_that_makes_no_sense_finds_nothing_and_is_named(
    sites: Any, signed_in: Any, query: str, words: str
) -> None:
    response = signed_in(sites.director).get(f"{SITES}?{query}")
    assert list(response.context["rows"]) == []
    assert words in text_of(response)
    assert response.context["active_filters"][0].remove_url == SITES


def test_the_code_of_a_record_of_the_other_network_is_no_choice(sites: Any, signed_in: Any) -> None:
    with network_scope(sites.other):
        District(code="ONLYTHERE", name="Quetzal").save()
    response = signed_in(sites.director).get(f"{SITES}?district=ONLYTHERE")
    assert "Select a valid choice" in body(response)
    assert "Quetzal" not in body(response)


def test_days_of_moments_are_business_days_of_the_network(cast: Any, signed_in: Any) -> None:
    cast.network.day_starts_at = datetime.time(4)
    cast.network.save()
    with network_scope(cast.network):
        for title, moment in (("Late shift", "2024-07-02T02:59:59Z"), ("Early shift", "2024-07-02T03:00:00Z")):
            # 04:00 in London in summer is 03:00 UTC
            Job(kind="x", title=title, created_at=datetime.datetime.fromisoformat(moment), actor=cast.director).save()
    client = signed_in(cast.director)

    def titles(query: str) -> list[str]:
        return [row.object.title for row in client.get(f"/n/harbour/jobs/?{query}").context["rows"]]

    assert titles("created_at_from=2024-07-02") == ["Early shift"]
    assert titles("created_at_to=2024-07-01") == ["Late shift"]


def test_chips_name_the_filters_in_force_and_lead_to_the_list_without(sites: Any, signed_in: Any) -> None:
    context = signed_in(sites.director).get(f"{SITES}?status=open&district=NORTH&sort=-name&page=1&size=25").context
    chips = {str(chip.label): (chip.value, chip.remove_url) for chip in context["active_filters"]}
    assert chips["District"] == ("North", f"{SITES}?status=open&sort=-name&size=25")
    assert chips["Status"] == ("Open", f"{SITES}?district=NORTH&sort=-name&size=25")
    assert context["clear_url"] == f"{SITES}?sort=-name&size=25"
    assert context["kept_params"] == [("sort", "-name"), ("size", "25")]


def test_a_heading_sorts_up_then_down_then_as_before(sites: Any, signed_in: Any) -> None:
    client, url = signed_in(sites.director), SITES
    steps = []
    for _step in range(3):
        (column,) = [column for column in client.get(url).context["columns"] if column.name == "name"]
        steps.append((column.sort_state, column.sort_url))
        url = column.sort_url
    assert steps == [("", f"{SITES}?sort=name"), ("ascending", f"{SITES}?sort=-name"), ("descending", SITES)]


def test_the_order_of_the_view_shows_in_its_heading(sites: Any, signed_in: Any) -> None:
    (column,) = [c for c in signed_in(sites.director).get(SITES).context["columns"] if c.name == "code"]
    assert (column.sort_state, column.sort_url) == ("ascending", f"{SITES}?sort=-code")


def test_the_head_column_is_always_shown(sites: Any, signed_in: Any) -> None:
    context = signed_in(sites.director).get(f"{SITES}?columns=name").context
    assert [column.name for column in context["columns"]] == ["code", "name"]
    assert [choice.name for choice in context["column_choices"] if choice.fixed] == ["code"]


def test_columns_of_the_address_come_before_saved_ones(sites: Any, signed_in: Any) -> None:
    client = signed_in(sites.director)
    client.post(f"{SITES}columns/", {"columns": ["code", "kind"], "next": SITES})
    assert [column.name for column in client.get(SITES).context["columns"]] == ["code", "kind"]
    assert [column.name for column in client.get(f"{SITES}?columns=status").context["columns"]] == ["code", "status"]


def test_saved_columns_are_those_of_one_account_in_one_network(sites: Any, signed_in: Any) -> None:
    signed_in(sites.director).post(f"{SITES}columns/", {"columns": ["code"], "next": SITES})
    shown = signed_in(sites.auditor).get(SITES).context["columns"]
    assert len(shown) > 1


def test_values_are_rich_parts(sites: Any, signed_in: Any) -> None:
    context = signed_in(sites.director).get(f"{SITES}?columns=status,district&status=planned").context
    (row,) = context["rows"]
    assert row.cells[1].value == State("site-status", "planned", "Planned")
    assert isinstance(row.cells[2].value, Link)
    assert row.cells[2].value.url.endswith("/districts/NORTH/")


def test_a_computed_column_can_be_sorted_by(sites: Any, signed_in: Any) -> None:
    client = signed_in(sites.director)
    with network_scope(sites.network):
        District(code="ZERO", name="Empty").save()
    rows = client.get("/n/harbour/trial/districts/?sort=-sites").context["rows"]
    assert [(row.cells[0].value, row.cells[2].value) for row in rows] == [("NORTH", 1), ("ZERO", 0)]


def test_an_empty_list_says_what_to_do(cast: Any, signed_in: Any) -> None:
    shown = text_of(signed_in(cast.director).get("/n/harbour/trial/chargers/"))
    assert "No chargers yet" in shown
    assert "New charger" in shown


# --- Declarations ----------------------------------------------------------------------------------------------------


def declared(**attributes: Any) -> type[CRUDView]:
    """A view with something wrong in it."""
    return type("Wrong", (TrialSites,), {"namespace": "wrong", **attributes})


@pytest.mark.parametrize(
    "attributes",
    [
        {"columns": ["code", "nonsense"]},
        {"default_columns": ["nonsense"]},
        {"filters": ["nonsense"]},
        {"filters": [Filter("page", "name")]},
        {"permissions": {"add": "stations.add_site"}},
        {"filters": ["phone"]},
        {"search_fields": ["phone"]},
    ],
    ids=str,
)
def test_a_wrong_declaration_stops_the_start(attributes: dict[str, Any]) -> None:
    with pytest.raises(ImproperlyConfigured):
        declared(**attributes).urls("wrong")


def test_a_lookup_that_does_not_exist_stops_the_start() -> None:
    with pytest.raises(ImproperlyConfigured, match="nonsense"):
        declared().urls("wrong", lookup="nonsense")


def test_only_pages_with_a_permission_exist() -> None:
    names = {pattern.name for pattern in declared(permissions={"view": "stations.view_site"}).urls("read")}
    assert names == {"read-list", "read-export", "read-columns", "read-choices", "read-detail", "read-history"}


def test_every_page_states_its_permission() -> None:
    for views in (TrialChargers, TrialDistricts, TrialSites):
        for pattern in views.urls(views.name or "thing"):
            assert pattern.callback.permission in views.permissions.values(), pattern.name


@pytest.mark.parametrize(
    ("model", "name", "kind"),
    [
        (Site, "code", "code"),
        (Site, "always_open", "flag"),
        (Site, "opened_on", "date"),
        (Site, "grid_kw", "number"),
        (Site, "district", "link"),
        (Site, "kind", "text"),
        (Job, "created_at", "datetime"),
    ],
)
def test_kinds_come_from_the_fields(model: type[Model], name: str, kind: str) -> None:
    assert resolve(model, name).kind == kind


def test_a_column_over_foreign_keys_brings_them_along() -> None:
    column = resolve(Charger, "site__district")
    assert column.related == ("site__district",)
    assert column.order == ("site__district__code",)


def test_a_view_without_filters_has_no_filter_set() -> None:
    assert filterset_class_of(declared(filters=[], search_fields=[])) is None


def test_a_column_may_be_an_attribute_of_the_model() -> None:
    column = resolve(Job, Column("percent", label="Done", kind="number"))
    assert column.value(Job(done=1, total=4)) == 25

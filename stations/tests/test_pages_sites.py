"""What the pages of sites add to those of every model: coordinates, hours, supply, who may change what, panels."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.parts import Column, Related
from core.tenancy.scope import network_scope
from core.testing.base import form_data, text_of
from stations.forms.sites import CENTRAL_FIELDS
from stations.geo import Place, gcj02_from_wgs84
from stations.models import Charger, Connector, District, Site, SiteListing
from stations.panels import panels_of, register_panel, unregister_panel
from tests.cast import make_site

pytestmark = pytest.mark.django_db
NEW = "/n/harbour/sites/new/"
VALID = {
    "code": "NEW-1",
    "name": "Delta Street",
    "kind": "charging_station",
    "status": "planned",
    "datum": "wgs84",
    "always_open": "on",
    "battery_capacity": "0",
}


def made(cast: Any) -> Site:
    with network_scope(cast.network):
        return Site.objects.select_related("supplied_by", "district").get(code="NEW-1")


def errors(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 422, text_of(response)
    return dict(response.context["form"].errors)


# --- Coordinates ----------------------------------------------------------------------------------------------------


def test_wgs_84_is_kept_as_it_is_to_the_sixth_decimal(cast: Any, signed_in: Any) -> None:
    place = {"latitude": "56.46201849", "longitude": "-2.97072051"}
    assert signed_in(cast.director).post(NEW, VALID | place).status_code == 302
    assert (str(made(cast).latitude), str(made(cast).longitude)) == ("56.462018", "-2.970721")


def test_gcj_02_is_converted(cast: Any, signed_in: Any) -> None:
    told = gcj02_from_wgs84(Place(22.543096, 114.057865))
    place = {"latitude": str(told.latitude), "longitude": str(told.longitude), "datum": "gcj02"}
    assert signed_in(cast.director).post(NEW, VALID | place).status_code == 302
    assert (float(made(cast).latitude or 0), float(made(cast).longitude or 0)) == (22.543096, 114.057865)


@pytest.mark.parametrize(
    ("place", "field"),
    [
        ({"latitude": "56.4"}, "longitude"),
        ({"longitude": "-2.9"}, "latitude"),
        ({"latitude": "91", "longitude": "0"}, "latitude"),
        ({"latitude": "0", "longitude": "-180.1"}, "longitude"),
        ({"latitude": "NaN", "longitude": "0"}, "latitude"),
        ({"latitude": "1e400", "longitude": "0"}, "latitude"),
        ({"latitude": "north", "longitude": "0"}, "latitude"),
        ({"latitude": "56.4", "longitude": "-2.9", "datum": "gcj02"}, "datum"),
        ({"latitude": "56.4", "longitude": "-2.9", "datum": "moon"}, "datum"),
    ],
)
def test_a_place_that_is_none_is_said_beside_its_field(
    cast: Any, signed_in: Any, place: dict[str, str], field: str
) -> None:
    assert field in errors(signed_in(cast.director).post(NEW, VALID | place))


# --- Hours ----------------------------------------------------------------------------------------------------------


def test_hours_are_kept(cast: Any, signed_in: Any) -> None:
    data = {name: value for name, value in VALID.items() if name != "always_open"}
    response = signed_in(cast.director).post(NEW, data | {"opening_week_0": "8-12, 13-18", "opening_week_5": "18–2"})
    assert response.status_code == 302
    assert made(cast).opening_week == {"0": [["08:00", "12:00"], ["13:00", "18:00"]], "5": [["18:00", "02:00"]]}


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ({}, "at least one day"),
        ({"opening_week_2": "eight to ten"}, "Wednesday"),
        ({"opening_week_2": "8-12, 11-13"}, "overlap on Wednesday"),
        ({"opening_week_2": "x" * 5000}, "Wednesday"),
    ],
)
def test_hours_that_are_none_are_said(cast: Any, signed_in: Any, hours: dict[str, str], said: str) -> None:
    data = {name: value for name, value in VALID.items() if name != "always_open"}
    found = errors(signed_in(cast.director).post(NEW, data | hours))
    assert said in " ".join(found["opening_week"])


def test_hours_that_were_wrong_stand_in_the_form_again(cast: Any, signed_in: Any) -> None:
    response = signed_in(cast.director).post(NEW, VALID | {"opening_week_2": "eight <b>"})
    assert 'value="eight &lt;b&gt;"' in response.content.decode()


def test_an_edit_that_spells_the_same_hours_changes_nothing(cast: Any, signed_in: Any) -> None:
    with network_scope(cast.network):
        cast.site.opening_week = {"0": [["08:00", "18:00"]]}
        cast.site.always_open = False
        cast.site.save()
    client = signed_in(cast.director)
    form = client.get("/n/harbour/sites/A/edit/").context["form"]
    data = form_data(form) | {"opening_week_0": "8-18", "datum": "wgs84"}
    response = client.post("/n/harbour/sites/A/edit/", data, follow=True)
    assert "Nothing was changed" in text_of(response)


# --- Supply ---------------------------------------------------------------------------------------------------------


def test_only_distribution_centres_in_service_are_offered_as_suppliers(cast: Any, signed_in: Any) -> None:
    with network_scope(cast.network):
        make_site("DC", kind="distribution_centre")
        make_site("DC-OLD", kind="distribution_centre", status="closed")
    form = signed_in(cast.director).get(NEW).context["form"]
    assert [value for value, _label in form.fields["supplied_by"].widget.choices] == ["", "DC"]


@pytest.mark.parametrize("code", ["A", "DC-OLD", "NOWHERE", "\x00"])
def test_another_supplier_is_refused(cast: Any, signed_in: Any, code: str) -> None:
    with network_scope(cast.network):
        make_site("DC-OLD", kind="distribution_centre", status="closed")
    assert "supplied_by" in errors(signed_in(cast.director).post(NEW, VALID | {"supplied_by": code}))


def test_a_site_gets_its_supplier(cast: Any, signed_in: Any) -> None:
    with network_scope(cast.network):
        centre = make_site("DC", kind="distribution_centre")
    assert signed_in(cast.director).post(NEW, VALID | {"supplied_by": "DC"}).status_code == 302
    assert made(cast).supplied_by == centre


def test_nothing_supplies_a_distribution_centre(cast: Any, signed_in: Any) -> None:
    with network_scope(cast.network):
        make_site("DC", kind="distribution_centre")
    found = errors(signed_in(cast.director).post(NEW, VALID | {"kind": "distribution_centre", "supplied_by": "DC"}))
    assert "nothing supplies it" in str(found)


def test_a_new_site_is_not_closed(cast: Any, signed_in: Any) -> None:
    assert "status" in errors(signed_in(cast.director).post(NEW, VALID | {"status": "closed"}))


def test_a_telephone_number_is_no_sentence(cast: Any, signed_in: Any) -> None:
    assert "phone" in errors(signed_in(cast.director).post(NEW, VALID | {"phone": "ask Fred"}))


# --- Who may change what --------------------------------------------------------------------------------------------


def test_who_operates_one_site_changes_only_what_is_the_site_s_own(cast: Any, signed_in: Any) -> None:
    with network_scope(cast.network):
        cast.site.district = District(code="N", name="North")
        cast.site.district.save()
        cast.site.save()
    client = signed_in(cast.operator)
    form = client.get("/n/harbour/sites/A/edit/").context["form"]
    assert set(CENTRAL_FIELDS).isdisjoint(form.fields)
    data = form_data(form) | {"phone": "+44 1382 433000", "code": "STOLEN", "kind": "member_store"}
    assert client.post("/n/harbour/sites/A/edit/", data).status_code == 302
    with network_scope(cast.network):
        site = Site.objects.get(pk=cast.site.pk)
        assert (site.code, site.kind, site.phone) == ("A", "charging_station", "+44 1382 433000")
        assert site.district_id == cast.site.district_id


def test_the_status_is_not_changed_by_the_form(cast: Any, signed_in: Any) -> None:
    client = signed_in(cast.director)
    data = form_data(client.get("/n/harbour/sites/A/edit/").context["form"]) | {"status": "suspended", "town": "Fife"}
    assert client.post("/n/harbour/sites/A/edit/", data).status_code == 302
    with network_scope(cast.network):
        assert Site.objects.get(pk=cast.site.pk).status == "open"


# --- The page -------------------------------------------------------------------------------------------------------


def equip(site: Site, chargers: int, prefix: str = "CP") -> None:
    for number in range(chargers):
        charger = Charger(code=f"{prefix}-{number}", site=site)
        charger.save()
        Connector(charger=charger, number=1, state="Available").save()
        Connector(charger=charger, number=2, state="Charging").save()
        SiteListing(source="Register", external_id=f"{prefix}-{number}", state="matched", site=site).save()


def test_the_page_counts_chargers_and_connectors(cast: Any, signed_in: Any) -> None:
    with network_scope(cast.network):
        equip(cast.site, 3)
        Charger(code="GONE", site=cast.site, state="removed").save()
    client = signed_in(cast.director)
    row = client.get("/n/harbour/sites/", {"q": "Alpha"}).context["rows"][0]
    values = {cell.column.name: cell.value for cell in row.cells}
    assert (values["chargers"], values["connectors"]) == (3, 6)
    states = client.get("/n/harbour/sites/A/").context["connector_states"]
    assert [(str(state), count) for state, count, _url in states] == [("Available", 3), ("Charging", 3)]


def test_the_page_takes_the_same_queries_for_one_charger_and_four(cast: Any, signed_in: Any) -> None:
    client, counts = signed_in(cast.director), []
    for number in (1, 2):
        with network_scope(cast.network):
            equip(cast.site, 1 if number == 1 else 3, prefix=f"CP{number}")
        client.get("/n/harbour/sites/A/")
        with CaptureQueriesContext(connection) as captured:
            client.get("/n/harbour/sites/A/")
        counts.append(len(captured))
    assert counts == [14, 14]


def test_a_distribution_centre_shows_what_it_supplies(cast: Any, signed_in: Any) -> None:
    with network_scope(cast.network):
        centre = make_site("DC", kind="distribution_centre")
        make_site("ST-1", name="Supplied Yard", supplied_by=centre)
    related = signed_in(cast.director).get("/n/harbour/sites/DC/").context["related"]
    assert str(related[0].title) == "Sites that it supplies"
    assert [row.cells[0].value for row in related[0].rows] == ["ST-1"]


def test_a_planned_closing_is_announced(cast: Any, signed_in: Any) -> None:
    with network_scope(cast.network):
        cast.site.closed_on = "2099-01-31"
        cast.site.save()
    assert "closes on 2099-01-31" in text_of(signed_in(cast.director).get("/n/harbour/sites/A/"))


# --- Panels of higher apps ------------------------------------------------------------------------------------------


@pytest.fixture
def panel() -> Any:
    def build(record: Any, account: Any) -> Related:
        return Related(f"Panel of {record} for {account}", [Column("x", "X")], [])

    def register(permission: str) -> None:
        register_panel(Site, name="test", permission=permission, build=build)

    yield register
    unregister_panel(Site, "test")


def test_a_higher_app_shows_its_panel(cast: Any, signed_in: Any, panel: Any) -> None:
    panel("charging.view_session")
    assert "Panel of A Alpha Quay for Rosa" in text_of(signed_in(cast.director).get("/n/harbour/sites/A/"))


def test_a_panel_is_only_for_those_who_hold_its_permission_there(scoped: Any, panel: Any) -> None:
    panel("charging.view_session")
    assert len(panels_of(scoped.site, account=scoped.operator, site=scoped.site)) == 1
    assert panels_of(scoped.second_site, account=scoped.operator, site=scoped.second_site) == []
    panel("stations.close_site")
    assert panels_of(scoped.site, account=scoped.auditor, site=scoped.site) == []


def test_a_panel_with_nothing_to_say_is_left_out(scoped: Any) -> None:
    register_panel(Site, name="test", permission="stations.view_site", build=lambda record, account: None)
    assert panels_of(scoped.site, account=scoped.director, site=scoped.site) == []
    unregister_panel(Site, "test")


# --- Filters --------------------------------------------------------------------------------------------------------


def test_sites_are_found_by_their_equipment_and_supply(cast: Any, signed_in: Any) -> None:
    with network_scope(cast.network):
        centre = make_site("DC", kind="distribution_centre")
        make_site("S", supplied_by=centre)
        charger = Charger(code="CP", site=cast.site, method="dc", rated_kw=150)
        charger.save()
        Connector(charger=charger, number=1, standard="ccs2").save()
        removed = Charger(code="CP-2", site=cast.second_site, method="dc", rated_kw=300, state="removed")
        removed.save()
        Connector(charger=removed, number=1, standard="ccs2").save()
    client = signed_in(cast.director)
    for query, codes in {
        "method=dc": ["A"],
        "method=ac": [],
        "standard=ccs2": ["A"],
        "kw_min=100": ["A"],
        "kw_min=200": [],
        "supplied=yes": ["S"],
        "supplied=no": ["A", "B", "DC"],
        "supplied_by=DC": ["S"],
        "kind=distribution_centre": ["DC"],
        "q=beta+mall": ["B"],
    }.items():
        rows = client.get(f"/n/harbour/sites/?{query}").context["rows"]
        assert [row.cells[0].value for row in rows] == codes, query

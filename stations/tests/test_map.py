"""The map and the data it is made of."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.tenancy.scope import network_scope
from core.testing.base import CANARY, text_of
from stations.mapping import points_of
from stations.models import Charger, Connector, District, Site
from tests.cast import make_site

pytestmark = pytest.mark.django_db
BASE = "/n/harbour"
SQUARE = {"type": "Polygon", "coordinates": [[[-3, 56], [-2.9, 56], [-2.9, 56.5], [-3, 56.5], [-3, 56]]]}


@pytest.fixture
def places(cast: Any) -> Any:
    """Site A and B of the first network have places, and so has the other network's site."""
    with network_scope(cast.network):
        for site, longitude in ((cast.site, "-2.97"), (cast.second_site, "-2.98")):
            site.latitude, site.longitude, site.town = "56.46", longitude, "Dundee"
            site.save()
        make_site("NOWHERE")
        charger = Charger(code="CP", site=cast.site)
        charger.save()
        for number in (1, 2):
            Connector(charger=charger, number=number).save()
        District(code="NORTH", name="North", outline=SQUARE).save()
        District(code="SOUTH", name="South").save()
    with network_scope(cast.other):
        cast.other_site.latitude, cast.other_site.longitude, cast.other_site.name = "56.46", "-2.97", CANARY
        cast.other_site.save()
        District(code="NORTH", name=CANARY, outline=SQUARE).save()
    return cast


def points(client: Any, query: str = "") -> list[str]:
    answer = client.get(f"{BASE}/map/points.json{query}")
    assert answer.status_code == 200
    return [point["title"] for point in answer.json()["points"]]


def test_a_point_says_what_the_map_needs(places: Any, signed_in: Any) -> None:
    answer = signed_in(places.director).get(f"{BASE}/map/points.json").json()
    assert answer["truncated"] is False
    assert answer["points"][0] == {
        "lat": 56.46,
        "lng": -2.97,
        "title": "A Alpha Quay",
        "url": "/n/harbour/sites/A/",
        "kind": "charging-station",
        "status": "open",
        "note": ["Charging station, Open", "Dundee", "2 connectors"],
    }


def test_sites_without_a_place_are_counted_beside_the_map(places: Any, signed_in: Any) -> None:
    client = signed_in(places.director)
    assert points(client) == ["A Alpha Quay", "B Beta Mall"]
    page = client.get(f"{BASE}/map/")
    assert page.context["unplaced"] == 1
    assert "1 site has no coordinates" in text_of(page)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?kind=member_store", []),
        ("?kind=charging_station&status=open", ["A Alpha Quay", "B Beta Mall"]),
        ("?q=beta", ["B Beta Mall"]),
        ("?district=NORTH", []),
        ("?sort=-code&page=7", ["A Alpha Quay", "B Beta Mall"]),
    ],
)
def test_the_map_is_filtered_as_the_list_is(places: Any, signed_in: Any, query: str, found: list[str]) -> None:
    client = signed_in(places.director)
    assert points(client, query) == found
    assert client.get(f"{BASE}/map/{query}").status_code == 200


@pytest.mark.parametrize("query", ["?district=NOBODY", "?kind=nonsense", "?kw_min=many", "?opened_on_from=x"])
def test_a_filter_that_makes_no_sense_shows_nothing_and_says_so(places: Any, signed_in: Any, query: str) -> None:
    client = signed_in(places.director)
    assert points(client, query) == []
    assert "cannot be understood" in text_of(client.get(f"{BASE}/map/{query}"))


def test_the_page_leads_to_the_same_points_and_the_same_list(places: Any, signed_in: Any) -> None:
    page = signed_in(places.director).get(f"{BASE}/map/?status=open&sort=name&page=2")
    assert page.context["points_url"] == f"{BASE}/map/points.json?status=open&sort=name"
    assert [action.url for action in page.context["actions"]] == [f"{BASE}/sites/?status=open&sort=name"]


def test_htmx_gets_the_map_alone(places: Any, signed_in: Any) -> None:
    response = signed_in(places.director).get(f"{BASE}/map/", headers={"HX-Request": "true"})
    assert "<html" not in response.content.decode()
    assert "HX-Request" in response["Vary"]


def test_who_operates_one_site_sees_that_site(places: Any, signed_in: Any) -> None:
    client = signed_in(places.operator)
    assert points(client) == ["A Alpha Quay"]
    assert client.get(f"{BASE}/sites/A/points.json").json()["points"][0]["focus"] is True
    assert len(client.get(f"{BASE}/sites/A/points.json").json()["points"]) == 1
    assert client.get(f"{BASE}/sites/B/points.json").status_code == 404


def test_no_word_of_the_other_network_is_on_the_map(places: Any, signed_in: Any) -> None:
    client = signed_in(places.director)
    for path in ("map/", "map/points.json", "map/districts.json", "sites/A/points.json", "structure/"):
        assert CANARY not in client.get(f"{BASE}/{path}").content.decode(), path


@pytest.mark.parametrize("who", ["nobody", "stranger"])
def test_who_holds_no_role_finds_no_map(places: Any, signed_in: Any, who: str) -> None:
    client = signed_in(getattr(places, who))
    for path in ("map/", "map/points.json", "map/districts.json", "sites/A/points.json", "structure/"):
        assert client.get(f"{BASE}/{path}").status_code == 404, path


def test_what_depends_on_rights_is_kept_by_nobody(places: Any, signed_in: Any) -> None:
    client = signed_in(places.director)
    for path in ("map/", "map/points.json", "map/districts.json", "sites/A/points.json"):
        assert "no-store" in client.get(f"{BASE}/{path}")["Cache-Control"], path


def test_the_map_of_a_site_shows_the_sites_around_it(places: Any, signed_in: Any) -> None:
    with network_scope(places.network):
        make_site("FAR", latitude="56.60", longitude="-2.97")
    found = signed_in(places.director).get(f"{BASE}/sites/A/points.json").json()["points"]
    assert [(point["title"], point.get("focus")) for point in found] == [("A Alpha Quay", True), ("B Beta Mall", None)]


def test_a_site_without_a_place_has_no_points(places: Any, signed_in: Any) -> None:
    assert signed_in(places.director).get(f"{BASE}/sites/NOWHERE/points.json").json()["points"] == []


def test_districts_with_an_outline_are_shapes(places: Any, signed_in: Any) -> None:
    answer = signed_in(places.director).get(f"{BASE}/map/districts.json").json()
    assert answer == {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"name": "North", "url": "/n/harbour/districts/NORTH/"},
                "geometry": SQUARE,
            }
        ],
    }


def test_who_may_not_see_districts_gets_none(places: Any, signed_in: Any) -> None:
    assert signed_in(places.operator).get(f"{BASE}/map/districts.json").json()["features"] == []


def test_too_many_points_are_cut_and_said(scoped: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stations.mapping.MOST_POINTS", 2)
    for number in range(3):
        make_site(f"P{number}", latitude="1", longitude=str(number))
    found = points_of(Site.objects.all())
    assert (len(found["points"]), found["truncated"]) == (2, True)


def test_the_page_says_when_points_are_cut(places: Any, signed_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Only the first" not in text_of(signed_in(places.director).get(f"{BASE}/map/"))
    monkeypatch.setattr("stations.views.maps.MOST_POINTS", 1)
    assert "Only the first 1 of 2 sites" in text_of(signed_in(places.director).get(f"{BASE}/map/"))


def test_one_point_and_three_take_the_same_queries(places: Any, signed_in: Any) -> None:
    client, counts = signed_in(places.director), []
    for number in (1, 2):
        client.get(f"{BASE}/map/points.json")
        with CaptureQueriesContext(connection) as captured:
            client.get(f"{BASE}/map/points.json")
        counts.append(len(captured))
        with network_scope(places.network):
            make_site(f"MORE-{number}", latitude="56.4", longitude="-2.9")
    assert counts == [11, 11]


def test_a_title_is_data_and_no_markup(places: Any, signed_in: Any) -> None:
    with network_scope(places.network):
        make_site("X", name="</script><b>", latitude="1", longitude="1")
    body = signed_in(places.director).get(f"{BASE}/map/points.json")
    assert body["Content-Type"] == "application/json"
    assert json.loads(body.content)["points"][-1]["title"] == "X </script><b>"


# --- Structure ------------------------------------------------------------------------------------------------------


def test_the_structure_shows_centres_and_what_they_supply(cast: Any, signed_in: Any) -> None:
    with network_scope(cast.network):
        centre = make_site("DC", kind="distribution_centre")
        make_site("EMPTY", kind="distribution_centre")
        for number in range(15):
            make_site(f"ST-{number:02}", supplied_by=centre)
        make_site("GONE", supplied_by=centre, status="closed")
    branches = signed_in(cast.director).get(f"{BASE}/structure/").context["branches"]
    assert [(str(each["centre"] or "none"), each["total"], each["shown"]) for each in branches] == [
        ("DC Site DC", 15, 12),
        ("EMPTY Site EMPTY", 0, 0),
        ("none", 2, 2),
    ]
    assert branches[0]["all_url"] == f"{BASE}/sites/?supplied_by=DC"


def test_who_operates_one_site_sees_its_place_in_the_structure(cast: Any, signed_in: Any) -> None:
    with network_scope(cast.network):
        centre = make_site("DC", kind="distribution_centre")
        for site in (cast.site, cast.second_site):
            site.supplied_by = centre
            site.save()
    (branch,) = signed_in(cast.operator).get(f"{BASE}/structure/").context["branches"]
    assert (str(branch["centre"]), branch["url"], branch["total"]) == ("DC Site DC", "", 1)


def test_the_structure_takes_the_same_queries_for_one_centre_and_three(cast: Any, signed_in: Any) -> None:
    client, counts = signed_in(cast.director), []
    for numbers in ((1,), (2, 3)):
        with network_scope(cast.network):
            for number in numbers:
                centre = make_site(f"DC-{number}", kind="distribution_centre")
                make_site(f"ST-{number}", supplied_by=centre)
        client.get(f"{BASE}/structure/")
        with CaptureQueriesContext(connection) as captured:
            client.get(f"{BASE}/structure/")
        counts.append(len(captured))
    assert counts == [8, 8]

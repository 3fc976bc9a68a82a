"""The page on which a person decides which site a listing is about."""

from typing import Any

import pytest

from core.tenancy.scope import network_scope
from core.testing.base import CANARY, text_of
from stations.models import Site, SiteListing

pytestmark = pytest.mark.django_db
BASE = "/n/harbour/listings"


def doubtful(cast: Any, number: str, **fields: Any) -> SiteListing:
    row = SiteListing(
        source="Register",
        external_id=number,
        name=f"Quay {number}",
        latitude="56.461",
        longitude="-2.971",
        state="doubtful",
        candidates=[{"site": cast.site.pk, "metres": 31.4}, {"site": cast.second_site.pk, "metres": 1234.5}],
        raw={"operator": "Somebody", "nested": {"x": 1}},
        **fields,
    )
    row.save()
    return row


@pytest.fixture
def listing(cast: Any) -> SiteListing:
    with network_scope(cast.network):
        cast.site.latitude, cast.site.longitude = "56.460", "-2.970"
        cast.site.save()
        return doubtful(cast, "R-1")


def decide(client: Any, listing: SiteListing, **data: str) -> Any:
    """Answer as somebody does who looked at the listing before anybody decided."""
    return client.post(f"{BASE}/{listing.pk}/decide/", {"reason": "same address", "seen": "doubtful::"} | data)


def stored(cast: Any, listing: SiteListing) -> SiteListing:
    with network_scope(cast.network):
        return SiteListing.objects.select_related("site").get(pk=listing.pk)


def test_both_sides_stand_on_the_page(cast: Any, signed_in: Any, listing: SiteListing) -> None:
    shown = text_of(signed_in(cast.director).get(f"{BASE}/{listing.pk}/decide/"))
    for words in (
        "Register",
        "R-1",
        "Quay R-1",
        "operator",
        "Somebody",
        "A Alpha Quay",
        "31 m",
        "B Beta Mall",
        "1.23 km",
    ):
        assert words.replace(" m", "\u00a0m").replace(" km", "\u00a0km") in shown or words in shown, words


def test_both_sides_are_on_the_map(cast: Any, signed_in: Any, listing: SiteListing) -> None:
    answer = signed_in(cast.director).get(f"{BASE}/{listing.pk}/points.json").json()
    assert [(point["title"], point["kind"], point["note"]) for point in answer["points"]] == [
        ("A Alpha Quay", "charging-station", ["31\u00a0m away"]),
        ("Register R-1 Quay R-1", "listing", ["As the source tells it"]),
    ]


def test_it_is_a_site_of_ours(cast: Any, signed_in: Any, listing: SiteListing) -> None:
    response = decide(signed_in(cast.director), listing, choice="site:A")
    assert (response.status_code, response["Location"]) == (302, "/n/harbour/listings/")
    assert (stored(cast, listing).state, stored(cast, listing).site) == ("matched", cast.site)


def test_it_is_another_site_of_ours(cast: Any, signed_in: Any, listing: SiteListing) -> None:
    assert decide(signed_in(cast.director), listing, choice="other", other_code="b").status_code == 302
    assert stored(cast, listing).site == cast.second_site


def test_it_is_a_new_site(cast: Any, signed_in: Any, listing: SiteListing) -> None:
    form = signed_in(cast.director).get(f"{BASE}/{listing.pk}/decide/").context["form"]
    assert (form["code"].value(), form["name"].value()) == ("QUAY-R-1", "Quay R-1")
    response = decide(signed_in(cast.director), listing, choice="new", code="quay-1", name="Quay One")
    assert response.status_code == 302
    with network_scope(cast.network):
        assert Site.objects.get(code="QUAY-1").name == "Quay One"


def test_it_is_none_of_ours(cast: Any, signed_in: Any, listing: SiteListing) -> None:
    assert decide(signed_in(cast.director), listing, choice="none").status_code == 302
    assert stored(cast, listing).state == "rejected"


def test_after_a_decision_the_next_listing_is_asked_for(cast: Any, signed_in: Any, listing: SiteListing) -> None:
    with network_scope(cast.network):
        following = doubtful(cast, "R-2")
    response = decide(signed_in(cast.director), listing, choice="none")
    assert response["Location"] == f"{BASE}/{following.pk}/decide/"


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "choice"),
        ({"choice": "site:NOBODY"}, "choice"),
        ({"choice": "other"}, "other_code"),
        ({"choice": "other", "other_code": "NOBODY"}, "other_code"),
        ({"choice": "other", "other_code": "\x00"}, "other_code"),
        ({"choice": "new", "code": ""}, "code"),
        ({"choice": "new", "code": "no code!"}, "code"),
        ({"choice": "new", "code": "A"}, "code"),
        ({"choice": "none", "reason": " "}, "reason"),
        ({"choice": "none", "reason": "x" * 301}, "reason"),
    ],
)
def test_a_wrong_answer_is_said_beside_its_field(
    cast: Any, signed_in: Any, listing: SiteListing, data: dict[str, str], field: str
) -> None:
    response = decide(signed_in(cast.director), listing, **data)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert stored(cast, listing).state == "doubtful"


def test_who_looked_too_long_looks_again(cast: Any, signed_in: Any, listing: SiteListing) -> None:
    client = signed_in(cast.director)
    seen = client.get(f"{BASE}/{listing.pk}/decide/").context["form"]["seen"].value()
    decide(client, listing, choice="none", seen=seen)
    response = decide(client, listing, choice="site:A", seen=seen)
    assert response.status_code == 422
    assert "Somebody decided about this listing while you looked" in text_of(response)


def test_a_decision_shows_in_the_history(cast: Any, signed_in: Any, listing: SiteListing) -> None:
    client = signed_in(cast.director)
    decide(client, listing, choice="site:A")
    shown = text_of(client.get(f"{BASE}/{listing.pk}/history/"))
    for words in ("A person decides", "Matched", "A Alpha Quay", "Rosa", "same address"):
        assert words in shown, words
    assert "Rosa decided on" in text_of(client.get(f"{BASE}/{listing.pk}/decide/"))


def test_the_list_leads_to_the_first_that_waits(cast: Any, signed_in: Any, listing: SiteListing) -> None:
    for who, labels in (("director", ["Decide the next"]), ("auditor", [])):
        actions = signed_in(getattr(cast, who)).get(f"{BASE}/").context["actions"]
        assert [str(action.label) for action in actions] == labels, who


@pytest.mark.parametrize(("who", "status"), [("auditor", 403), ("operator", 403), ("stranger", 404), ("nobody", 404)])
def test_who_may_not_decide(cast: Any, signed_in: Any, listing: SiteListing, who: str, status: int) -> None:
    client = signed_in(getattr(cast, who))
    for url in (f"{BASE}/{listing.pk}/decide/", f"{BASE}/{listing.pk}/points.json"):
        assert client.get(url).status_code == status, url
    assert decide(client, listing, choice="none").status_code == status
    assert stored(cast, listing).state == "doubtful"


def test_a_listing_of_another_network_is_not_found(cast: Any, signed_in: Any) -> None:
    with network_scope(cast.other):
        foreign = doubtful(cast, "R-9", zone_code=CANARY)
    client = signed_in(cast.director)
    for path in ("", "decide/", "history/", "points.json"):
        assert client.get(f"{BASE}/{foreign.pk}/{path}").status_code == 404, path
    assert decide(client, foreign, choice="none").status_code == 404


def test_a_candidate_of_another_network_is_never_shown(cast: Any, signed_in: Any, listing: SiteListing) -> None:
    with network_scope(cast.other):
        cast.other_site.name = CANARY
        cast.other_site.save()
    with network_scope(cast.network):
        listing.candidates = [{"site": cast.other_site.pk, "metres": 1}]
        listing.save()
    response = signed_in(cast.director).get(f"{BASE}/{listing.pk}/decide/")
    assert CANARY not in response.content.decode()
    assert "No site of ours is near" in text_of(response)


@pytest.mark.parametrize("pk", ["0", "99999999999999999999999"])
def test_a_number_that_no_listing_has_is_not_found(cast: Any, signed_in: Any, pk: str) -> None:
    assert signed_in(cast.director).get(f"{BASE}/{pk}/decide/").status_code == 404

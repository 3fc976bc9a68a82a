"""Deciding which site a listing of a register is about."""

from typing import Any

import pytest

from core.clock import now
from security.models import WorkRecord
from stations.actions import Decision, ListingRefused, decide_listing
from stations.actions.listings import version_of
from stations.models import Site, SiteListing
from stations.queries import candidates_of, listings_waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def listing(scoped: Any) -> SiteListing:
    row = SiteListing(
        source="Register",
        external_id="R-7",
        name="Quay Street",
        latitude="56.461000",
        longitude="-2.970000",
        state="doubtful",
        candidates=[{"site": scoped.second_site.pk, "metres": 31.4}, {"site": scoped.site.pk, "metres": 120.0}],
    )
    row.save()
    return row


@pytest.fixture
def deed(scoped: Any) -> dict[str, Any]:
    return {"actor": scoped.director, "now": now(), "reason": "same address"}


def test_a_listing_is_one_of_our_sites(scoped: Any, listing: SiteListing, deed: Any) -> None:
    decided = decide_listing(listing=listing, decision=Decision.SAME, site=scoped.site, **deed)
    assert (decided.state, decided.site, decided.decided_by, decided.decided_at, decided.reason) == (
        "matched",
        scoped.site,
        scoped.director,
        deed["now"],
        "same address",
    )


def test_a_listing_is_a_new_site(scoped: Any, listing: SiteListing, deed: Any) -> None:
    decided = decide_listing(listing=listing, decision=Decision.NEW, code="quay", **deed)
    site = Site.objects.get(code="QUAY")
    assert decided.site == site
    assert (site.name, site.status, str(site.latitude), str(site.longitude)) == (
        "Quay Street",
        "open",
        "56.461000",
        "-2.970000",
    )


def test_a_listing_is_none_of_ours(listing: SiteListing, deed: Any) -> None:
    decided = decide_listing(listing=listing, decision=Decision.NONE, **deed)
    assert (decided.state, decided.site) == ("rejected", None)


@pytest.mark.parametrize(
    ("decision", "more", "field"),
    [
        ("same", {}, "site"),
        ("new", {}, "code"),
        ("new", {"code": " a "}, "code"),
        ("perhaps", {}, "decision"),
        ("none", {"reason": "  "}, "reason"),
    ],
)
def test_what_is_missing_or_taken_is_refused(
    listing: SiteListing, deed: Any, decision: str, more: dict[str, str], field: str
) -> None:
    with pytest.raises(ListingRefused) as caught:
        decide_listing(listing=listing, decision=decision, **(deed | more))
    assert caught.value.field == field
    listing.refresh_from_db()
    assert listing.state == "doubtful"


def test_deciding_twice_is_deciding_once(scoped: Any, listing: SiteListing, deed: Any) -> None:
    for decision in ({"decision": "new", "code": "QUAY"}, {"decision": "new", "code": "quay"}):
        decide_listing(listing=listing, seen="doubtful::", **decision, **deed)
    assert Site.objects.filter(code="QUAY").count() == 1
    assert WorkRecord.objects.filter(verb="listing.decided").count() == 1
    assert listing.history.count() == 2


def test_who_looked_at_an_older_decision_is_refused(scoped: Any, listing: SiteListing, deed: Any) -> None:
    seen = version_of(listing)
    decide_listing(listing=listing, decision="none", seen=seen, **deed)
    with pytest.raises(ListingRefused) as caught:
        decide_listing(listing=listing, decision="same", site=scoped.site, seen=seen, **deed)
    assert caught.value.code == "decided-meanwhile"


def test_a_decision_can_be_made_anew(scoped: Any, listing: SiteListing, deed: Any) -> None:
    decide_listing(listing=listing, decision="none", **deed)
    decided = decide_listing(listing=listing, decision="same", site=scoped.site, **(deed | {"reason": "seen on site"}))
    assert (decided.site, decided.reason) == (scoped.site, "seen on site")
    record = WorkRecord.objects.filter(verb="listing.decided").first()
    assert record is not None
    assert (record.before, record.after) == ({"state": "rejected", "site": None}, {"state": "matched", "site": "A"})


def test_candidates_come_best_first_and_as_far_as_they_exist(scoped: Any, listing: SiteListing) -> None:
    listing.candidates += [{"site": 10**9, "metres": 1}, {"site": "x"}, "broken", None]
    SiteListing(source="Register", external_id="R-1", state="matched", site=scoped.site).save()
    SiteListing(source="Another", external_id="X-1", state="matched", site=scoped.site).save()
    found = candidates_of(listing, scoped.director)
    assert [(each.site, each.metres, each.listed_as) for each in found] == [
        (scoped.second_site, 31.4, []),
        (scoped.site, 120.0, ["R-1"]),
    ]


def test_only_those_who_may_decide_have_listings_waiting(scoped: Any, listing: SiteListing) -> None:
    assert list(listings_waiting(scoped.director)) == [listing]
    assert list(listings_waiting(scoped.auditor)) == []
    assert list(listings_waiting(scoped.operator)) == []

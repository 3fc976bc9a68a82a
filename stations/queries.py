"""Shared reads of sites and their equipment."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import (
    BooleanField,
    Count,
    ExpressionWrapper,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Window,
)
from django.db.models.functions import Coalesce, RowNumber

from stations.geo import Box, Place
from stations.models import Charger, Connector, District, Site, SiteListing
from stations.models.listings import MatchState
from stations.vocabulary import ChargerState, ConnectorState, SiteKind, SiteStatus

# A connector in one of these states is with a customer, or is kept for one.
BUSY = (
    ConnectorState.PREPARING,
    ConnectorState.CHARGING,
    ConnectorState.SUSPENDED_EV,
    ConnectorState.SUSPENDED_EVSE,
    ConnectorState.FINISHING,
    ConnectorState.RESERVED,
)


def counted(rows: QuerySet[Any], path: str) -> Coalesce:
    """How many of `rows` point at the outer row by `path`, counted per shown row and not by joining everything."""
    numbers = rows.order_by().filter(**{path: OuterRef("pk")}).values(path).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(numbers), 0, output_field=IntegerField())


def chargers_at_site() -> Coalesce:
    """For an annotation of sites: how many chargers stand there (removed ones do not)."""
    return counted(Charger.objects.exclude(state=ChargerState.REMOVED), "site")


def connectors_at_site() -> Coalesce:
    """For an annotation of sites: how many connectors their standing chargers have."""
    return counted(Connector.objects.exclude(charger__state=ChargerState.REMOVED), "charger__site")


def connectors_at_charger() -> Coalesce:
    """For an annotation of chargers: how many connectors they have."""
    return counted(Connector.objects.all(), "charger")


def sites_in_district(**conditions: Any) -> Coalesce:
    """For an annotation of districts: how many sites they have, of those that meet `conditions`."""
    return counted(Site.objects.filter(**conditions), "district")


def has_outline() -> ExpressionWrapper[Q]:
    """For an annotation of districts: whether their outline is known, without reading it."""
    return ExpressionWrapper(Q(outline__isnull=False), output_field=BooleanField())


def sites_with_counts(sites: QuerySet[Site]) -> QuerySet[Site]:
    """`sites` with district and supplier loaded, `charger_count` and `connector_count` (removed chargers apart)."""
    with_counts: QuerySet[Site] = sites.select_related("district", "supplied_by").annotate(
        charger_count=chargers_at_site(), connector_count=connectors_at_site()
    )
    return with_counts.defer(*(f"district__{name}" for name in District.heavy_fields))


def states_at_site(site: Site) -> dict[str, int]:
    """How many connectors at `site` are in which state, the most frequent first."""
    connectors = Connector.objects.filter(charger__site=site).exclude(charger__state=ChargerState.REMOVED)
    counts = connectors.order_by().values_list("state").annotate(n=Count("pk")).order_by("-n", "state")
    return dict(counts)


def suppliers(sites: QuerySet[Site]) -> QuerySet[Site]:
    """Those of `sites` that may supply others: distribution centres that are not closed."""
    return sites.filter(kind=SiteKind.DISTRIBUTION_CENTRE).exclude(status=SiteStatus.CLOSED)


def sites_supplied_by(site: Site) -> Any:
    """Sites that `site` supplies and that are not closed."""
    return Site.objects.filter(supplied_by=site).exclude(status=SiteStatus.CLOSED)


def sites_due_to_close(day: date) -> Any:
    """Sites whose planned closing day has come by `day`."""
    return Site.objects.filter(closed_on__lte=day).exclude(status=SiteStatus.CLOSED)


@dataclass(frozen=True)
class Closing:
    """What closing a site does, and what stands in its way."""

    chargers: int
    connectors: int
    listings: int
    busy: int
    supplied: list[Site]

    @property
    def is_possible(self) -> bool:
        """Whether nothing stands in the way of closing at once."""
        return not self.supplied and not self.busy


def closing_of(site: Site) -> Closing:
    """What closing `site` now would do."""
    connectors = Connector.objects.filter(charger__site=site).aggregate(
        all=Count("pk"), busy=Count("pk", filter=Q(state__in=BUSY))
    )
    return Closing(
        chargers=Charger.objects.filter(site=site).exclude(state=ChargerState.REMOVED).count(),
        connectors=connectors["all"],
        listings=SiteListing.objects.filter(site=site).count(),
        busy=connectors["busy"],
        supplied=list(sites_supplied_by(site).order_by("code")),
    )


@dataclass
class Branch:
    """A distribution centre and the first of the sites that it supplies; without a centre, those nothing supplies.

    `count` is how many there are of each kind of site (values of SiteKind), all of them and not only the first.
    """

    centre: Site | None
    sites: list[Site] = field(default_factory=list)
    count: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many sites the branch has."""
        return sum(self.count.values())


def supply_structure(account: Any, *, most: int = 12) -> list[Branch]:
    """The network as it is supplied: each distribution centre with its sites, last the sites without a supplier.

    Only what `account` may see, and nothing that is closed; at most `most` sites of a branch are loaded. A centre that
    it may not see stands there as far as its sites show it.
    """
    shown: QuerySet[Site] = Site.objects.visible_to(account, "stations.view_site").exclude(status=SiteStatus.CLOSED)
    supplied = shown.exclude(kind=SiteKind.DISTRIBUTION_CENTRE)
    rank = Window(RowNumber(), partition_by="supplied_by", order_by="code")
    branches: dict[int | None, Branch] = {}
    for centre in sites_with_counts(shown.filter(kind=SiteKind.DISTRIBUTION_CENTRE)).order_by("code"):
        branches[centre.pk] = Branch(centre)
    first = supplied.annotate(rank=rank).filter(rank__lte=most).order_by().values("pk")
    for site in sites_with_counts(shown.filter(pk__in=first)).order_by("code"):
        branches.setdefault(site.supplied_by_id, Branch(site.supplied_by)).sites.append(site)
    for supplier, kind, count in supplied.order_by().values_list("supplied_by", "kind").annotate(n=Count("pk")):
        branches[supplier].count[kind] = count
    rest = branches.pop(None, None)
    ordered = sorted(branches.values(), key=lambda branch: branch.centre.code if branch.centre else "")
    return [*ordered, rest] if rest else ordered


def sites_on_the_map(sites: QuerySet[Site]) -> QuerySet[Site]:
    """`sites` that have a place."""
    return sites.filter(latitude__isnull=False)


def sites_near(sites: QuerySet[Site], middle: Place, metres: float) -> QuerySet[Site]:
    """`sites` in the box that holds everything within `metres` of `middle` (see `geo.Box.around`)."""
    box = Box.around(middle, metres)
    near = sites.filter(latitude__range=(box.south, box.north))
    if box.west <= box.east:
        return near.filter(longitude__range=(box.west, box.east))
    return near.filter(Q(longitude__gte=box.west) | Q(longitude__lte=box.east))


def connector_counts(sites: QuerySet[Site]) -> dict[int, int]:
    """How many connectors each of `sites` has, by the site's id; sites without any are missing."""
    rows = Connector.objects.filter(charger__site__in=sites.order_by().values("pk")).order_by()
    return dict(rows.values_list("charger__site_id").annotate(n=Count("pk")))


def outlined_districts(account: Any) -> QuerySet[District]:
    """Districts with a known outline that `account` may see, in the order of their codes."""
    districts: QuerySet[District] = District.objects.visible_to(account, "stations.view_district")
    return districts.filter(outline__isnull=False)


def listings_waiting(account: Any) -> QuerySet[SiteListing]:
    """Listings that wait for a person's decision and that `account` may decide."""
    listings: QuerySet[SiteListing] = SiteListing.objects.visible_to(account, "stations.match_site")
    return listings.filter(state=MatchState.DOUBTFUL)


@dataclass(frozen=True)
class SiteCandidate:
    """A site that a listing could be about: how far away (metres), and what the same source lists there already."""

    site: Site
    metres: float
    listed_as: list[str]


def candidates_of(listing: SiteListing, account: Any) -> list[SiteCandidate]:
    """The sites that `listing` could be about, best first, as far as they still exist and `account` may see them."""
    told = {
        entry["site"]: float(entry.get("metres", 0))
        for entry in listing.candidates
        if isinstance(entry, dict) and isinstance(entry.get("site"), int)
    }
    shown = Site.objects.visible_to(account, "stations.view_site").select_related("district")
    sites = shown.defer("district__outline").in_bulk(list(told))
    listed: dict[int, list[str]] = {}
    rows = SiteListing.objects.filter(source=listing.source, site__in=sites).exclude(pk=listing.pk)
    for site_id, external_id in rows.order_by("external_id").values_list("site_id", "external_id"):
        listed.setdefault(site_id, []).append(external_id)
    return [SiteCandidate(sites[pk], metres, listed.get(pk, [])) for pk, metres in told.items() if pk in sites]

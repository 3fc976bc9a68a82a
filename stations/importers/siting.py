"""Which site each row of a station list is about, and the sites that have to be made for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count
from django.utils.translation import ngettext

from core.errors import with_values
from core.importing.importer import Context
from stations.actions.listings import site_of_listing, suggested_code
from stations.formatting import metres_text
from stations.geo import Place
from stations.importers.listed import Listed
from stations.importers.targets import Districts, Target
from stations.importers.writing import insert, update
from stations.matching import Match, Station, Verdict, match_by_place
from stations.models import Connector, Site, SiteListing
from stations.models.listings import MatchState


@dataclass(slots=True)
class Siting:
    """The verdict on every new row of one source's list.

    A site that the source lists already under another number is not among the candidates. A listing of the source that
    still waits for a person is matched once more with the new ones, as it may mean the same site as they do.
    """

    source: str
    districts: Districts
    known: list[Station]
    _codes: dict[str, str]
    _waiting: list[Station]
    _matches: dict[str, Match] = field(default_factory=dict)

    @classmethod
    def of_network(cls, source: str, districts: Districts) -> Siting:
        """Against the sites of the network that have a place, test sites apart."""
        own = SiteListing.objects.filter(source=source)
        sites = Site.objects.filter(latitude__isnull=False, is_test=False).exclude(
            pk__in=own.filter(site__isnull=False).values("site")
        )
        piles = _piles_of_sites()
        known, codes = [], {}
        for pk, code, latitude, longitude in sites.order_by("pk").values_list("pk", "code", "latitude", "longitude"):
            known.append(Station(str(pk), Place(float(latitude), float(longitude)), piles.get(pk)))
            codes[str(pk)] = code
        doubtful = own.filter(state=MatchState.DOUBTFUL, latitude__isnull=False)
        waiting = [
            Station(external_id, Place(float(latitude), float(longitude)), count)
            for external_id, latitude, longitude, count in doubtful.values_list(
                "external_id", "latitude", "longitude", "piles"
            )
        ]
        return cls(source, districts, known, codes, waiting)

    def match(self, rows: Sequence[Listed]) -> None:
        """Judge these rows, which the network does not have yet, all together."""
        incoming = [Station(row.external_id, row.place.place, row.piles) for row in rows]
        self._matches = {match.id: match for match in match_by_place(self.known, [*incoming, *self._waiting])}

    def match_of(self, row: Listed) -> Match:
        """The verdict on a row."""
        return self._matches[row.external_id]

    def doubt_text(self, match: Match) -> Any:
        """What a person has to decide."""
        nearest = match.candidates[0]
        text = ngettext(
            "%(count)d site could be meant: %(code)s, %(distance)s away.",
            "%(count)d sites could be meant, first %(code)s, %(distance)s away.",
            len(match.candidates),
        )
        values = {
            "count": len(match.candidates),
            "code": self._codes[nearest.id],
            "distance": metres_text(nearest.distance),
        }
        return with_values(text, values)

    def write(self, context: Context, rows: Iterable[Listed]) -> None:
        """Keep new rows as listings, with the sites and districts that have to be made for them."""
        rows = list(rows)
        zones = {row.zone: self.districts.want(row.zone, name=f"Zone {row.zone}") for row in rows if row.zone}
        self.districts.write(context)
        listings = [row.write_to(SiteListing(source=self.source)) for row in rows]
        made = self._make_sites(context, listings, zones)
        for listing in listings:
            match = self._matches[listing.external_id]
            if match.verdict == Verdict.DOUBTFUL:
                listing.state = MatchState.DOUBTFUL
                listing.candidates = _candidates(match)
            else:
                listing.state = MatchState.MATCHED
                known = match.known_id
                listing.site_id = made[listing.external_id] if known is None else int(known)
        insert(context, SiteListing, listings)
        self._give_districts(context, listings, zones)

    def _make_sites(
        self, context: Context, listings: Iterable[SiteListing], zones: dict[str, Target]
    ) -> dict[str, int]:
        """A site for each listing that no site of ours can be; their ids by the number in the source."""
        taken = set(Site.objects.order_by().values_list("code", flat=True))
        sites: dict[str, Site] = {}
        for listing in listings:
            if self._matches[listing.external_id].verdict != Verdict.NEW:
                continue
            site = site_of_listing(listing, code=suggested_code(listing, taken))
            site.district_id = zones[listing.zone_code].id if listing.zone_code else None
            taken.add(site.code)
            sites[listing.external_id] = site
        insert(context, Site, list(sites.values()))
        return {external_id: site.pk for external_id, site in sites.items()}

    def _give_districts(self, context: Context, listings: Iterable[SiteListing], zones: dict[str, Target]) -> None:
        """Sites that are matched and have no district yet get the one that this source knows."""
        zone_of_site = {listing.site_id: listing.zone_code for listing in listings if listing.zone_code}
        sites = list(Site.objects.filter(pk__in=zone_of_site.keys(), district__isnull=True).order_by("pk"))
        for site in sites:
            site.district_id = zones[zone_of_site[site.pk]].id
        update(context, Site, sites, ["district"])


def _candidates(match: Match) -> list[dict[str, Any]]:
    return [{"site": int(candidate.id), "metres": round(candidate.distance, 1)} for candidate in match.candidates]


def _piles_of_sites() -> dict[int, int]:
    """How many piles each site has: its connectors, else what the first source says that lists it."""
    piles: dict[int, int] = {}
    listed = SiteListing.objects.filter(site__isnull=False, piles__isnull=False).order_by("pk")
    for site_id, count in listed.values_list("site_id", "piles"):
        piles.setdefault(site_id, count)
    connectors = Connector.objects.order_by().values_list("charger__site").annotate(count=Count("pk"))
    return {**piles, **dict(connectors)}

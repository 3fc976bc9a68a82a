"""One station as a list tells it."""

from __future__ import annotations

from dataclasses import dataclass

from stations.importers.places import KeptPlace
from stations.models import SiteListing


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of a list: what `SiteListing` keeps of it."""

    external_id: str
    name: str
    place: KeptPlace
    piles: int | None
    fast: int | None
    slow: int | None
    zone: str
    raw: dict[str, str]

    def write_to(self, listing: SiteListing) -> SiteListing:
        """Put everything that the row tells into a listing, which is not saved."""
        listing.external_id, listing.name, listing.zone_code, listing.raw = (
            self.external_id,
            self.name,
            self.zone,
            self.raw,
        )
        listing.latitude, listing.longitude = self.place
        listing.piles, listing.fast_piles, listing.slow_piles = self.piles, self.fast, self.slow
        return listing


TOLD = ("name", "latitude", "longitude", "piles", "fast_piles", "slow_piles", "zone_code", "raw")
"""The fields of a listing that its row tells."""


def says_the_same(listed: Listed, listing: SiteListing) -> bool:
    """Whether a listing holds everything already that the row tells."""
    told = listed.write_to(SiteListing())
    return all(getattr(told, name) == getattr(listing, name) for name in TOLD)

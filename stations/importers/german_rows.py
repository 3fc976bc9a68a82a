"""What a row of the German register becomes: a charger, its connectors, and the row as it was published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from stations.importers.german_sites import GermanSite, name_of
from stations.importers.places import kept
from stations.models import Charger, Connector, SiteListing
from stations.models.listings import MatchState
from stations.registers.germany import GermanStation
from stations.vocabulary import ChargingMethod, Current

_CENT = Decimal("0.01")


@dataclass(slots=True)
class FacilityRow:
    """One row, its number among the rows that are equal to it, and the site where it stands."""

    station: GermanStation
    number: int
    site: GermanSite | None = None

    @property
    def code(self) -> str:
        """The charger's identity: the fingerprint of the row's content, and its number among equals."""
        return f"BNA-{self.station.fingerprint.upper()}-{self.number}"


def kept_kw(kw: Decimal | None) -> Decimal | None:
    """A power with as many digits as the database keeps."""
    return None if kw is None else kw.quantize(_CENT, ROUND_HALF_UP)


def charger_of(facility: FacilityRow) -> Charger:
    """The charger of a row; its remarks stand in the note."""
    station = facility.station
    currents = {connector.current for point in station.points for connector in point.connectors}
    note = "; ".join(str(remark) for remark in station.remarks)
    if facility.number > 1:
        note = "; ".join(filter(None, [f"No. {facility.number} of equal rows of the register", note]))
    return Charger(
        site_id=site_id(facility),
        code=facility.code,
        method=ChargingMethod.DC if Current.DC in currents else ChargingMethod.AC,
        rated_kw=kept_kw(station.connected_kw),
        commissioned_on=station.commissioned_on,
        note=note[:300],
    )


def connectors_of(facility: FacilityRow, charger: Charger) -> list[Connector]:
    """The connectors of all charging points, numbered through; those of one point share its number and its power."""
    pairs = [(point, connector) for point in facility.station.points for connector in point.connectors]
    return [
        Connector(
            charger_id=charger.pk,
            number=number,
            point=point.number,
            standard=connector.standard,
            current=connector.current,
            rated_kw=kept_kw(point.kw),
        )
        for number, (point, connector) in enumerate(pairs, start=1)
    ]


def listing_of(facility: FacilityRow, source: str, texts: Mapping[str, str]) -> SiteListing:
    """The row as it was published."""
    station = facility.station
    latitude, longitude = kept(station.place)
    points = len(station.points)
    return SiteListing(
        source=source,
        external_id=facility.code,
        name=name_of(station),
        latitude=latitude,
        longitude=longitude,
        piles=points,
        fast_piles=None if station.is_fast is None else points * station.is_fast,
        slow_piles=None if station.is_fast is None else points * (not station.is_fast),
        raw=dict(texts),
        state=MatchState.MATCHED,
        site_id=site_id(facility),
    )


def site_id(facility: FacilityRow) -> int:
    """The id of the row's site, which was written before."""
    if facility.site is None or not facility.site.is_written:
        raise ValueError(f"the site of {facility.code} is not written yet")
    return facility.site.id

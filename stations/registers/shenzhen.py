"""Public charging stations of Shenzhen from two releases of one research group.

`urbanev`: stations with their number of piles and their zone (Li et al., Scientific Data 12:523, 2025). `stevcdp`:
stations with fast (DC) and slow (AC) piles, and the zones. Both give coordinates in GCJ-02; the second does not say
so, but 1,556 of the 1,587 stations of the first lie on one of the second to the last digit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from stations.geo import CoordinateSystem, Place
from stations.registers.cells import Cells, Remark

URBANEV_COLUMNS = ("station_id", "longitude", "latitude", "charge_count", "TAZID", "area", "perimeter")
STEVCDP_COLUMNS = ("station_id", "latitude", "longitude", "fast", "slow", "count")
ZONE_COLUMNS = (
    "num", "grid", "count", "fast_count", "slow_count", "area", "lon", "la", "CBD", "dynamic_pricing",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class UrbanevStation:
    """A station of the first source; `place` in WGS 84, the zone's area in m² and perimeter in m."""

    id: str
    place: Place
    piles: int
    zone: str
    zone_area_m2: Decimal | None = None
    zone_perimeter_m: Decimal | None = None
    remarks: tuple[Remark, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class StevcdpStation:
    """A station of the second source; `place` in WGS 84."""

    id: str
    place: Place
    fast: int
    slow: int
    remarks: tuple[Remark, ...] = field(default=(), compare=False)

    @property
    def piles(self) -> int:
        """All piles, fast and slow."""
        return self.fast + self.slow


@dataclass(frozen=True, slots=True)
class StevcdpZone:
    """A zone of the second source: its number, its cell of the city's grid, its piles, its middle, its area in km²."""

    number: str
    grid: str
    place: Place
    fast: int
    slow: int
    area_km2: Decimal | None
    is_central: bool
    has_dynamic_pricing: bool
    remarks: tuple[Remark, ...] = field(default=(), compare=False)

    @property
    def piles(self) -> int:
        """All piles, fast and slow."""
        return self.fast + self.slow


def parse_urbanev(row: Mapping[str, str], *, system: CoordinateSystem = CoordinateSystem.GCJ02) -> UrbanevStation:
    """One row of the first source. Raises WrongRow with all problems."""
    cells = Cells(row)
    id = cells.text("station_id", required=True)
    place = cells.place("latitude", "longitude", system)
    piles = cells.whole("charge_count", required=True)
    zone = cells.text("TAZID", required=True)
    area, perimeter = cells.number("area"), cells.number("perimeter")
    cells.check()
    _remark_no_piles(cells, "charge_count", piles)
    return UrbanevStation(id, place, piles, zone, area, perimeter, tuple(cells.remarks))


def parse_stevcdp(row: Mapping[str, str], *, system: CoordinateSystem = CoordinateSystem.GCJ02) -> StevcdpStation:
    """One row of the second source. Raises WrongRow with all problems."""
    cells = Cells(row)
    id = cells.text("station_id", required=True)
    place = cells.place("latitude", "longitude", system)
    fast, slow = cells.whole("fast", required=True), cells.whole("slow", required=True)
    total = cells.whole("count")
    cells.check()
    _compare_piles(cells, fast, slow, total)
    _remark_no_piles(cells, "count", fast + slow)
    return StevcdpStation(id, place, fast, slow, tuple(cells.remarks))


def parse_zone(row: Mapping[str, str], *, system: CoordinateSystem = CoordinateSystem.GCJ02) -> StevcdpZone:
    """One row of the second source's zones. Raises WrongRow with all problems."""
    cells = Cells(row)
    number, grid = cells.text("num", required=True), cells.text("grid", required=True)
    place = cells.place("la", "lon", system)
    fast, slow = cells.whole("fast_count", required=True), cells.whole("slow_count", required=True)
    total, area = cells.whole("count"), cells.number("area")
    central, dynamic = cells.whole("CBD"), cells.whole("dynamic_pricing")
    cells.check()
    _compare_piles(cells, fast, slow, total)
    return StevcdpZone(number, grid, place, fast, slow, area, bool(central), bool(dynamic), tuple(cells.remarks))


def _compare_piles(cells: Cells, fast: int, slow: int, total: int | None) -> None:
    if total is not None and total != fast + slow:
        cells.remark(
            "count",
            "pile_count",
            _("%(total)d piles in all, but %(fast)d fast and %(slow)d slow ones."),
            total=total,
            fast=fast,
            slow=slow,
        )


def _remark_no_piles(cells: Cells, column: str, piles: int) -> None:
    if not piles:
        cells.remark(column, "no_piles", _("A charging station without piles."))

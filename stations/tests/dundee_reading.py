"""A second reading of the session files, written apart from the importer, to hold the importer's against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from stations.registers.cells import Cells, Remark
from stations.registers.dundee import is_test_site

USER_COLUMN = "User ID"
# The sixteenth column, by the name that our reader gives to a column without one.
VEHICLE_COLUMN = "column 16"


@dataclass(frozen=True, slots=True)
class DundeeSession:
    """One row of a session file. `started` and `ended` are readings of the wall clock, `wh` is energy in Wh."""

    id: str
    charge_point: str
    connector: int
    started: datetime
    ended: datetime | None
    wh: int | None
    cost: Decimal | None
    site: str
    groups: tuple[str, ...]
    model: str
    user: str = ""
    vehicle: str = ""
    remarks: tuple[Remark, ...] = field(default=(), compare=False)

    @property
    def is_open(self) -> bool:
        """True for a session that had not ended when the file was made."""
        return self.ended is None

    @property
    def is_test(self) -> bool:
        """True for a session at the operator's test site."""
        return is_test_site(self.site)


def parse_session(row: Mapping[str, str], *, vehicle_column: str = VEHICLE_COLUMN) -> DundeeSession:
    """One session of either layout. Raises WrongRow with all problems.

    Doubtful figures (negative or impossible energy, an end before the start) are read as they stand: whether a
    session counts is not the parser's business.
    """
    cells = Cells(row)
    id = cells.text("Charging event", required=True)
    connector = cells.whole("Connector", required=True, least=1)
    started = cells.wall_clock("Start Date", "Start Time", "dd/mm/yyyy", required=True)
    ended = cells.wall_clock("End Date", "End Time", "dd/mm/yyyy")
    wh, cost = cells.energy_wh("Total kWh"), cells.number("Cost")
    cells.check()
    charge_point, site = cells.text("CP ID"), cells.text("Site")
    if not charge_point:
        cells.remark("CP ID", "no_charge_point", _("The row names no charge point."))
    return DundeeSession(
        id=id,
        charge_point=charge_point,
        connector=connector,
        started=started,
        ended=ended,
        wh=wh,
        cost=cost,
        site=site,
        groups=tuple(filter(None, (group.strip() for group in cells.text("Group").split(";")))),
        model=cells.text("Model"),
        user=cells.text(USER_COLUMN),
        vehicle=cells.text(vehicle_column),
        remarks=tuple(cells.remarks),
    )

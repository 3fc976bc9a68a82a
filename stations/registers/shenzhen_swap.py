"""Battery swap stations of Shenzhen with their battery capacity: a workbook with one sheet for each district.

Below the stations of a sheet stand a blank row and a text such as "Ave:~11" in the column of the capacity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from core.errors import Text
from stations.registers.cells import Cells, Remark

COLUMNS = ("ID", "District", "Station Name", "Total Units")


@dataclass(frozen=True, slots=True)
class SwapStation:
    """A battery swap station: its number within its district, and how many batteries it holds."""

    number: int
    district: str
    name: str
    capacity: int
    remarks: tuple[Remark, ...] = field(default=(), compare=False)

    @property
    def key(self) -> tuple[str, int]:
        """What tells the station from all others of the workbook."""
        return self.district, self.number


@dataclass(frozen=True, slots=True)
class NotAStation:
    """A row that is not about a station, and why."""

    code: str
    reason: Text


def parse(row: Mapping[str, str], sheet: str = "") -> SwapStation | NotAStation:
    """One row of a sheet. Raises WrongRow with all problems of a row that is about a station."""
    cells = Cells(row)
    filled = [column for column in COLUMNS if cells.text(column)]
    if not filled:
        return NotAStation("blank", _("The row is empty."))
    if filled == ["Total Units"] and not cells.text("Total Units").isdecimal():
        return NotAStation("note", _("A note below the table."))
    number = cells.whole("ID", required=True, least=1)
    district = cells.text("District", required=True)
    name = cells.text("Station Name", required=True)
    capacity = cells.whole("Total Units", required=True)
    cells.check()
    if sheet and sheet.strip() != district:
        cells.remark("District", "other_sheet", _("The row stands on the sheet “%(sheet)s”."), sheet=sheet)
    return SwapStation(number, district, name, capacity, tuple(cells.remarks))

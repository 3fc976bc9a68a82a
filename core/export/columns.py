"""Columns of tables that leave the product as files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.errors import Text
from core.parts import FIGURES, Align, CellKind

#: The unit of figures whose column names none, as files write them: energy in kWh although it is kept in Wh.
UNITS: Mapping[CellKind, str] = {"energy": "kWh", "power": "kW", "percent": "%"}


@dataclass(frozen=True)
class Column:
    """One column. Its values are raw: Wh and W (int), ratios, Decimals, seconds or timedelta, aware datetimes, dates.

    `unit` stands in the head, `decimals` None keeps the digits that a number has, `currency` is for kind "money".
    """

    name: str
    label: Text
    kind: CellKind = "text"
    unit: Text = ""
    decimals: int | None = None
    currency: str = ""

    @property
    def align(self) -> Align:
        """Figures stand at the end so that their digits line up."""
        return "end" if self.kind in FIGURES else "start"

    @property
    def unit_text(self) -> str:
        """The unit of its figures as people read it, or nothing."""
        if self.unit:
            return str(self.unit)
        return self.currency if self.kind == "money" else UNITS.get(self.kind, "")

    @property
    def head(self) -> str:
        """What stands above the column in a file: its label and unit."""
        unit = self.unit_text
        return f"{self.label} ({unit})" if unit else str(self.label)

"""What a report finds out: figures, tables and charts in sections. Raw values throughout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Literal

from core.charts import Chart
from core.errors import Text
from core.export.columns import Column
from core.parts import CellKind
from core.periods import Period

__all__ = ["Chart", "Column", "Figure", "Result", "Section", "Table", "Word"]


@dataclass(frozen=True)
class Word:
    """A word of ours in a table, such as a state, a weekday or "All": people read `label`, the document keeps `value`.

    So the document of a report, and its checksum, are the same in every language.
    """

    value: str
    label: Text

    def __str__(self) -> str:
        return str(self.label)


@dataclass(frozen=True)
class Figure:
    """One headline figure. `kind`, `unit`, `decimals` and `currency` as for columns.

    `before` is the same figure of the period before, `better` the welcome direction ("" where neither is), and
    `definition` the sentence that says exactly what is counted; it becomes a footnote.
    """

    name: str
    label: Text
    value: Any
    kind: CellKind = "number"
    unit: Text = ""
    decimals: int | None = None
    currency: str = ""
    before: Any = None
    better: Literal["up", "down", ""] = ""
    definition: Text = ""

    @property
    def change(self) -> Decimal | None:
        """The relative change since the period before: 0.25 is a quarter more. None where nothing can be compared."""
        if self.value is None or not self.before:
            return None
        now, before = _size(self.value), _size(self.before)
        return ((now - before) / abs(before)).quantize(Decimal("0.000001"))

    @property
    def points(self) -> Decimal | None:
        """Of a percentage, the difference to the period before in percentage points; a share of a share misleads."""
        if self.kind != "percent" or self.value is None or self.before is None:
            return None
        return (_size(self.value) - _size(self.before)) * 100

    @property
    def is_good(self) -> bool | None:
        """Whether the change is welcome; None where there is none, or where neither direction is."""
        if not self.better or not self.change:
            return None
        return (self.change > 0) == (self.better == "up")

    @property
    def column(self) -> Column:
        """The figure as a column of one value, for those who write it."""
        return Column(self.name, self.label, self.kind, self.unit, self.decimals, self.currency)


def _size(value: Any) -> Decimal:
    return Decimal(str(value.total_seconds() if isinstance(value, timedelta) else value))


@dataclass(frozen=True)
class Table:
    """Rows under typed columns. `totals` is parallel to the columns, None where a column has none.

    A `folded` table is opened by the reader of a page; on paper it is always open.
    """

    name: str
    title: Text
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    totals: Sequence[Any] | None = None
    note: Text = ""
    empty: Text = ""
    folded: bool = False


@dataclass(frozen=True)
class Section:
    """A titled part of the report: a text, then charts and tables in their order. `new_page` holds for paper."""

    title: Text
    parts: Sequence[Chart | Table] = ()
    text: Text = ""
    new_page: bool = False


@dataclass(frozen=True)
class Result:
    """Everything a report found. `period` is the stretch of time it speaks of, `place` which part of the network."""

    figures: Sequence[Figure] = ()
    sections: Sequence[Section] = ()
    notes: Sequence[Text] = ()
    period: Period | None = None
    period_text: Text = ""
    before_text: Text = ""
    place: Text = ""

    @property
    def numbered_figures(self) -> list[tuple[Figure, int | None]]:
        """The figures, with the number of the footnote of each that has a definition."""
        defined = [figure for figure in self.figures if figure.definition]
        return [(figure, defined.index(figure) + 1 if figure.definition else None) for figure in self.figures]

    @property
    def definitions(self) -> list[Figure]:
        """The figures that say what they count, in the order of their numbers."""
        return [figure for figure in self.figures if figure.definition]

    @property
    def tables(self) -> list[Table]:
        """All tables, in their order."""
        return [part for section in self.sections for part in section.parts if isinstance(part, Table)]

    @property
    def charts(self) -> list[Chart]:
        """All charts, in their order."""
        return [part for section in self.sections for part in section.parts if isinstance(part, Chart)]

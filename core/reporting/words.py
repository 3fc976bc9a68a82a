"""Values of a report as people read them: on paper and in plain text. Pages write theirs by the components."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from core import formatting
from core.errors import Text
from core.export.columns import Column
from core.parts import CellKind
from core.reporting.results import Figure, Word

Writer = Callable[[Any, Column], str]


def text_of(value: Any, column: Column) -> str:
    """A value as its column declares, without the unit, in the language and zone in force; nothing is a dash."""
    if formatting.is_nothing(value):
        return formatting.NOTHING
    # A word of ours may stand in a column of any kind, such as "All" under days.
    write = _text if isinstance(value, str | Word) else _WRITERS.get(column.kind, _text)
    return write(value, column)


def _text(value: Any, column: Column) -> str:
    return str(value)


def _decimals(column: Column, default: int | None) -> int | None:
    return default if column.decimals is None else column.decimals


_WRITERS: Mapping[CellKind, Writer] = {
    "number": lambda value, column: formatting.number(value, column.decimals),
    "energy": lambda value, column: formatting.energy(value, _decimals(column, 1)),
    "power": lambda value, column: formatting.power(value, column.decimals),
    "money": lambda value, column: formatting.money(value, column.currency),
    "percent": lambda value, column: formatting.percent(value, _decimals(column, 1)),
    "duration": lambda value, column: formatting.duration(value),
    "date": lambda value, column: formatting.day(value),
    "datetime": lambda value, column: formatting.moment(value),
    "flag": lambda value, column: _("yes") if value else _("no"),
}


#: The unit of a difference between two percentages.
POINTS = pgettext_lazy("percentage points", "pp")


@dataclass(frozen=True)
class FigureWords:
    """A headline figure in words. `exact` stands below a figure that was scaled, `change` is signed, in per cent."""

    label: str
    value: str
    unit: str
    exact: str
    before: str
    change: str
    tone: str
    definition: str


def figure_words(figure: Figure) -> FigureWords:
    """The words for a headline figure: large energies in MWh or GWh, with the exact kWh below."""
    column = figure.column
    value, unit, exact = text_of(figure.value, column), column.unit_text, ""
    if figure.kind == "energy" and figure.value is not None and figure.decimals is None:
        value, unit = formatting.scaled_energy(figure.value)
        exact = "" if unit == "kWh" else _with_unit(formatting.energy(figure.value, None), "kWh")
    change, tone = "", ""
    if figure.change is not None:
        sign = "+" if figure.change > 0 else ""
        change = _with_unit(sign + formatting.percent(figure.change), "%")
        if figure.points is not None:
            change = _with_unit(sign + formatting.number(figure.points, 1), POINTS)
        tone = {True: "good", False: "bad", None: ""}[figure.is_good]
    before = "" if figure.before is None else _with_unit(text_of(figure.before, column), column.unit_text)
    return FigureWords(
        str(figure.label), value, unit if value != formatting.NOTHING else "", exact, before, change, tone,
        str(figure.definition),
    )  # fmt: skip


def _with_unit(text: str, unit: Text) -> str:
    return f"{text}{formatting.NO_BREAK}{unit}" if unit else text

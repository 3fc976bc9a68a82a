"""Values of tables and definition lists as HTML.

A list page draws hundreds of cells; they are put together here, in Python, because a template per cell would cost
more than everything else on the page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from html import escape
from typing import Any, Protocol

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core import clock, formatting
from core.icons import icon
from core.parts import FIGURES, Action, Cell, CellKind, Column, Link, Row, State


class Described(Protocol):
    """What says how a value is written: a column of a table or a fact of a record."""

    @property
    def kind(self) -> CellKind: ...

    @property
    def decimals(self) -> int | None: ...

    @property
    def currency(self) -> str: ...


def state_html(state: State, *, css: str = "state") -> SafeString:
    """Return a state: a coloured mark and its text. An unknown state is drawn neutral."""
    value = escape(state.value.lower().replace("_", "-"))
    return SafeString(  # nosec B703  escaped parts
        f'<span class="{css}" data-state="{escape(state.vocabulary)}:{value}">{_escaped(state.label)}</span>'
    )


def value_html(value: Any, how: Described) -> SafeString:
    """Return a value as HTML in the way its column or fact declares."""
    if formatting.is_nothing(value):
        return _nothing(get_language() or "")
    # Rich values say themselves what they are, in a column of any kind.
    if isinstance(value, State):
        return state_html(value)
    if isinstance(value, Link):
        return SafeString(f'<a href="{escape(value.url)}">{_escaped(value.label)}</a>')  # nosec B703
    return SafeString(_WRITERS[how.kind](value, how))  # nosec B703  writers escape


def _escaped(value: Any) -> str:
    """As django.utils.html.conditional_escape, without its cost of a lazy wrapper for each of hundreds of cells."""
    text = value if isinstance(value, str) else str(value)
    return text if hasattr(text, "__html__") else escape(text)


@cache
def _nothing(language: str) -> SafeString:
    return format_html('<span class="nothing" title="{}">{}</span>', _("Not known or not set"), formatting.NOTHING)


def _flag(value: Any, how: Described) -> str:
    return icon("check", label=_("Yes"), css="flag-yes") if value else icon("minus", label=_("No"), css="flag-no")


def _decimals(how: Described, default: int | None) -> int | None:
    return default if how.decimals is None else how.decimals


# What formatting writes of numbers and times holds no character that HTML would take for its own.
_WRITERS: Mapping[CellKind, Callable[[Any, Described], str]] = {
    "text": lambda value, how: _escaped(value),
    "code": lambda value, how: f'<span class="code">{_escaped(value)}</span>',
    "number": lambda value, how: formatting.number(value, how.decimals),
    "energy": lambda value, how: formatting.energy(value, _decimals(how, 1)),
    "power": lambda value, how: formatting.power(value, how.decimals),
    "money": lambda value, how: formatting.money(value, how.currency),
    "percent": lambda value, how: formatting.percent(value, _decimals(how, 1)),
    "duration": lambda value, how: _escaped(formatting.duration(value)),
    "date": lambda value, how: formatting.time_element(value, formatting.day(value)),
    "datetime": lambda value, how: formatting.time_element(value),
    "ago": lambda value, how: formatting.time_element(value, formatting.ago(value, clock.now())),
    "state": lambda value, how: _escaped(value),
    "flag": _flag,
    "link": lambda value, how: _escaped(value),
}

#: The unit of a kind whose column or fact names none.
UNITS: Mapping[CellKind, str] = {"energy": "kWh", "power": "kW", "percent": "%"}


def unit_of(how: Column | Any) -> str:
    """Return the unit that stands beside a value or in its column's head."""
    if how.unit:
        return str(how.unit)
    return how.currency if how.kind == "money" else UNITS.get(how.kind, "")


#: Texts with more characters than this may take several lines.
LONG_TEXT = 36


def rows_html(columns: Sequence[Column], rows: Sequence[Row]) -> SafeString:
    """Return the rows of a table's body. The first column is each row's head and carries its link."""
    opened = [_openings(column, first=not index) for index, column in enumerate(columns)]
    acting = any(row.actions for row in rows)
    return mark_safe("".join(_row_html(row, opened, acting=acting) for row in rows))  # noqa: S308  made of escaped parts below


def _openings(column: Column, *, first: bool) -> tuple[str, str]:
    """The opening tag of a column's cells, and the one for long texts, which may wrap."""
    tag, unit = "th scope=row" if first else "td", unit_of(column)
    # On a phone the label stands above the value and has to tell the unit, as there is no head.
    label = format_html('data-label="{}"', f"{column.label}, {unit}" if unit else column.label)
    css = " class=num" if column.kind in FIGURES else ""
    return f"<{tag}{css} {label}>", f"<{tag} class=long {label}>"


def _row_html(row: Row, opened: Sequence[tuple[str, str]], *, acting: bool) -> str:
    parts = [f'<tr data-href="{escape(row.url)}"' if row.url else "<tr"]
    if row.tone:
        parts.append(f' data-tone="{row.tone}"')
    parts.append(">")
    for index, ((start, long_start), cell) in enumerate(zip(opened, row.cells, strict=True)):
        is_long = cell.column.kind == "text" and isinstance(cell.value, str) and len(cell.value) > LONG_TEXT
        parts.append(long_start if is_long else start)
        parts.append(_cell_html(cell, row.url if index == 0 else ""))
        parts.append("</td>" if index else "</th>")
    if acting:
        parts.append(f'<td class="row-actions">{"".join(map(_row_action, row.actions))}</td>')
    parts.append("</tr>")
    return "".join(parts)


def _row_action(action: Action) -> str:
    if action.post:
        raise ValueError(f"The action {str(action.label)!r} of a row posts; lead to a page that asks first.")
    drawn = icon(action.icon) if action.icon else ""
    more = " data-dialog" if action.dialog else ""
    return (
        f'<a class="button" data-size="small" data-tone="{action.tone}" href="{escape(action.url)}"{more}>'
        f"{drawn}{_escaped(action.label)}</a>"
    )


def _cell_html(cell: Cell, row_url: str) -> str:
    drawn = value_html(cell.value, cell.column)
    url = cell.url or row_url
    if not url or isinstance(cell.value, Link):
        return drawn
    return f'<a href="{escape(url)}">{drawn}</a>'

"""Tags of the pages of reports."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import template
from django.utils.safestring import SafeString

from core import cells, formatting
from core.export.columns import Column
from core.parts import Cell, Row
from core.parts import Column as PageColumn
from core.reporting.results import Chart, Figure, Table, Word

register = template.Library()


@register.filter
def is_table(part: Chart | Table) -> bool:
    """{% if part|is_table %}"""
    return isinstance(part, Table)


@register.inclusion_tag("reporting/table.html")
def report_table(table: Table | Chart, *, csv_url: str = "", show_title: bool = True) -> dict[str, Any]:
    """{% report_table table csv_url=csv_url %}: a table with its totals and its download; of a chart, its figures."""
    columns = [_page_column(column) for column in table.columns]
    rows = [Row([_cell(column, value) for column, value in zip(columns, row, strict=True)]) for row in table.rows]
    totals = table.totals if isinstance(table, Table) else None
    return {
        "table": table,
        "heads": [(column, cells.unit_of(column)) for column in columns],
        "body": cells.rows_html(columns, rows),
        "totals": None if totals is None else [_total(*pair) for pair in zip(columns, totals, strict=True)],
        "csv_url": csv_url,
        "show_title": show_title,
    }


def _page_column(column: Column) -> PageColumn:
    return PageColumn(
        column.name,
        column.label,
        kind=column.kind,
        unit=column.unit_text,
        decimals=column.decimals,
        currency=column.currency,
    )


def _cell(column: PageColumn, value: Any) -> Cell:
    # A word of ours may stand in a column of any kind, such as "All" under days.
    return Cell(replace(column, kind="text") if isinstance(value, str | Word) else column, value)


def _total(column: PageColumn, value: Any) -> tuple[PageColumn, SafeString]:
    cell = _cell(column, value)
    return column, SafeString() if value is None else cells.value_html(cell.value, cell.column)


@register.inclusion_tag("reporting/chart.html")
def report_chart(chart: Chart) -> dict[str, Any]:
    """{% report_chart chart %}: the drawing, what it says, and its figures as a table to open."""
    return {"chart": chart}


@register.filter
def figure_kind(figure: Figure) -> str:
    """The kind by which the component for headline figures writes this one itself; empty where it cannot."""
    return figure.kind if figure.kind in {"energy", "percent"} and figure.decimals is None else ""


@register.filter
def figure_text(figure: Figure) -> Any:
    """The value for the component: raw where it writes it itself, else as text."""
    if figure_kind(figure):
        return figure.value
    return cells.value_html(figure.value, _page_column(figure.column))


@register.filter
def figure_unit(figure: Figure) -> str:
    """The unit beside a value that the component does not write itself."""
    if figure_kind(figure) or formatting.is_nothing(figure.value):
        return ""
    return figure.column.unit_text

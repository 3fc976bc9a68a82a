"""Tags of printed documents. Tables are put together in Python: a paper may have thousands of rows."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from core.charts import Chart, chart_svg
from core.errors import Text
from core.export.columns import Column
from core.parts import State
from core.reporting.results import Figure, Table
from core.reporting.words import FigureWords, figure_words, text_of

register = template.Library()

CHART_WIDTH = 660  # CSS pixels: the text width of A4
CHART_HEIGHT = 170
SHORT_TABLE = 12  # rows


@register.filter
def in_words(figure: Figure) -> FigureWords:
    """{% with words=figure|in_words %}"""
    return figure_words(figure)


@register.filter
def is_table(part: Chart | Table) -> bool:
    """{% if part|is_table %}"""
    return isinstance(part, Table)


@register.simple_tag
def paper_table(
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    *,
    caption: Text = "",
    totals: Sequence[Any] | None = None,
    css: str = "",
) -> SafeString:
    """{% paper_table table.columns table.rows caption=table.title totals=table.totals %}

    The head is repeated on every page, rows and short tables are not torn, and the totals never stand alone on a page.
    """
    rows = list(rows)
    short = " short" if len(rows) <= SHORT_TABLE else ""
    parts = [f'<table class="paper-table{short} {conditional_escape(css)}">']
    if caption:
        parts.append(format_html("<caption>{}</caption>", caption))
    parts += ["<thead><tr>", *map(_head, columns), "</tr></thead><tbody>"]
    openings = [_opening(column, first=not index) for index, column in enumerate(columns)]
    for row in rows:
        parts.append("<tr>")
        for (start, end), column, value in zip(openings, columns, row, strict=True):
            parts += (start, conditional_escape(_text(value, column)), end)
        parts.append("</tr>")
    if totals is not None:
        parts.append('<tr class="totals">')
        for (start, end), column, value in zip(openings, columns, totals, strict=True):
            parts += (start, "" if value is None else conditional_escape(_text(value, column)), end)
        parts.append("</tr>")
    parts.append("</tbody></table>")
    return mark_safe("".join(parts))  # noqa: S308  every value was escaped above


def _text(value: Any, column: Column) -> str:
    return str(value.label) if isinstance(value, State) else text_of(value, column)


def _head(column: Column) -> str:
    unit = format_html(' <span class="unit">{}</span>', column.unit_text) if column.unit_text else ""
    return format_html('<th scope="col" class="{}">{}{}</th>', _css(column), column.label, unit)


def _opening(column: Column, *, first: bool) -> tuple[str, str]:
    tag, scope = ("th", ' scope="row"') if first else ("td", "")
    return f'<{tag}{scope} class="{_css(column)}">', f"</{tag}>"


def _css(column: Column) -> str:
    return "figure" if column.align == "end" else column.kind


@register.simple_tag
def paper_chart(
    spec: Mapping[str, Any], *, title: Text, text: Text = "", width: int = CHART_WIDTH, height: int | None = None
) -> SafeString:
    """{% paper_chart chart.spec title=chart.title text=chart.text %}: a drawing whose text can be read aloud."""
    if height is None and not isinstance(spec.get("height"), Mapping):
        height = CHART_HEIGHT
    svg = chart_svg(spec, title=title, description=text, width=width, height=height)
    data = base64.b64encode(svg.encode()).decode()
    spoken = f"{title}. {text}" if text else str(title)
    return format_html('<img class="paper-chart" src="data:image/svg+xml;base64,{}" alt="{}">', data, spoken)

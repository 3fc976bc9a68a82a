"""A made report as files of figures: XLSX, CSV, JSON, a ZIP of all CSVs, and plain text."""

from __future__ import annotations

import io
import json
import unicodedata
import zipfile
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core import formatting
from core.export import Book, Column, filename, open_book, stream_csv
from core.reporting.document import document
from core.reporting.making import Made
from core.reporting.results import Table
from core.reporting.words import figure_words, text_of

FIGURES = "figures"


class UnknownTable(LookupError):
    """The report has no table of that name."""


def file_name(made: Made, extension: str, part: str = "") -> str:
    """Such as `dundee-operations-2018-08.pdf`."""
    return filename([made.network.slug, made.report.name, *made.query.values(), part], extension)


def to_json(made: Made) -> bytes:
    """The document (see `core.reporting.document`), indented, in UTF-8."""
    return json.dumps(document(made), ensure_ascii=False, allow_nan=False, indent=2).encode() + b"\n"


def to_csv(made: Made, table: str = FIGURES, *, bom: bool = True) -> bytes:
    """One table, or the headline figures. Raises UnknownTable."""
    if table == FIGURES:
        return b"".join(stream_csv(_figure_columns(), _figure_rows(made), bom=bom))
    chosen = _table_named(made, table)
    rows = [*chosen.rows, chosen.totals] if chosen.totals is not None else chosen.rows
    return b"".join(stream_csv(chosen.columns, rows, bom=bom))


def _table_named(made: Made, name: str) -> Table:
    for table in made.result.tables:
        if table.name == name:
            return table
    raise UnknownTable(f"“{made.report.name}” has no table “{name}”")


def _figure_columns() -> list[Column]:
    return [
        Column("name", "name", "code"),
        Column("label", _("Figure")),
        Column("value", _("Value"), "number"),
        Column("unit", _("Unit")),
        Column("before", _("Period before"), "number"),
        Column("change", _("Change"), "percent"),
        Column("definition", _("Definition")),
    ]


def _figure_rows(made: Made) -> Iterable[Sequence[Any]]:
    """The figures one a row; as they have units of their own, numbers are those that the unit belongs to."""
    for figure in made.result.figures:
        column = figure.column
        value, before = (_scaled(one, column) for one in (figure.value, figure.before))
        unit = "s" if figure.kind == "duration" else column.unit_text
        yield figure.name, str(figure.label), value, unit, before, figure.change, str(figure.definition)


def _scaled(value: Any, column: Column) -> Any:
    """A value in the unit that people read: kWh for Wh, kW for W, % for a ratio, seconds for a length of time."""
    if value is None:
        return None
    if column.kind in {"energy", "power"}:
        return Decimal(value).scaleb(-3)
    if column.kind == "percent":
        return Decimal(str(value)) * 100
    return value.total_seconds() if hasattr(value, "total_seconds") else value


def to_zip(made: Made) -> bytes:
    """All figures and tables as CSV files, and the JSON document, in one ZIP."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in (FIGURES, *(table.name for table in made.result.tables)):
            archive.writestr(f"{name}.csv", to_csv(made, name))
        archive.writestr(f"{made.report.name}.json", to_json(made))
    return output.getvalue()


def to_xlsx(made: Made) -> bytes:
    """A first sheet with the figures and where they come from, then a sheet for each table; cells are typed."""
    output = io.BytesIO()
    with open_book(output) as book:
        book.describe(title=f"{made.report.title} · {made.result.period_text}", author="ChargeNet")
        _first_sheet(book, made)
        for table in made.result.tables:
            sheet = book.add_sheet(table.title)
            sheet.write_table(table.columns, table.rows, totals=table.totals)
            if table.note:
                sheet.write_lines([[], [str(table.note)]], italic=True)
    return output.getvalue()


def _first_sheet(book: Book, made: Made) -> None:
    sheet = book.add_sheet(_("Summary"))
    sheet.write_lines([[str(made.report.title)]], bold=True, font_size=16)
    sheet.write_lines([[label, value] for label, value in provenance(made)])
    sheet.write_lines([[]])
    columns = [column for column in _figure_columns() if column.name != "name"]
    sheet.write_table(columns, ([*row[1:]] for row in _figure_rows(made)), freeze=False)
    if made.result.notes:
        sheet.write_lines([[], [_("Notes")]], bold=True)
        sheet.write_lines([[str(note)] for note in made.result.notes])
    sheet.set_widths(34, 22, 12, 18, 12, 90)


def provenance(made: Made) -> list[tuple[str, str]]:
    """Where the figures come from: the lines of a cover."""
    lines = [
        (_("Network"), made.network.name),
        (_("Period"), str(made.result.period_text)),
        (_("Place"), str(made.result.place)),
        (_("Made"), f"{formatting.moment(made.made_at)} ({made.network.time_zone})"),
        (_("Made by"), made.made_by or "ChargeNet"),
        (_("Address"), made.url),
        ("SHA-256", made.checksum),
    ]
    return [(label, value) for label, value in lines if value]


def to_text(made: Made) -> str:
    """The report for a terminal."""
    lines = [str(made.report.title), "=" * _width(str(made.report.title)), ""]
    lines += [f"{_padded(label + ':', 12)} {value}" for label, value in provenance(made)]
    lines.append("")
    for figure in made.result.figures:
        words = figure_words(figure)
        value = words.exact or f"{words.value} {words.unit}".rstrip()
        change = f"  ({words.change}: {words.before})" if words.change else ""
        lines.append(f"{_padded(words.label, 36)} {value}{change}")
    for table in made.result.tables:
        lines += ["", str(table.title), *_text_table(table)]
    lines += ["", *(f"* {note}" for note in made.result.notes)] if made.result.notes else []
    return "\n".join(lines) + "\n"


def _text_table(table: Table) -> list[str]:
    rows = [[text_of(value, column) for column, value in zip(table.columns, row, strict=True)] for row in table.rows]
    if table.totals is not None:
        totals = zip(table.columns, table.totals, strict=True)
        rows.append(["" if value is None else text_of(value, column) for column, value in totals])
    heads = [column.head for column in table.columns]
    widths = [max(map(_width, cells)) for cells in zip(heads, *rows, strict=True)]
    rule = "  ".join("-" * width for width in widths)
    written = ["  ".join(_cells(table.columns, row, widths)).rstrip() for row in (heads, *rows)]
    return [rule, written[0], rule, *written[1:], rule]


def _cells(columns: Sequence[Column], texts: Sequence[str], widths: Sequence[int]) -> Iterable[str]:
    for column, text, width in zip(columns, texts, widths, strict=True):
        yield _padded(text, width, at_end=column.align == "end")


def _padded(text: str, width: int, *, at_end: bool = False) -> str:
    space = " " * max(0, width - _width(text))
    return space + text if at_end else text + space


def _width(text: str) -> int:
    """Columns of a terminal that a text takes: wide characters take two (UAX #11)."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)

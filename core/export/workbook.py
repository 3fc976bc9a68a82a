"""Tables as XLSX: typed cells, one sheet a table, written row by row in little memory."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from core.errors import Text
from core.export.columns import Column
from core.export.harmless import is_dangerous
from core.money import minor_unit
from core.parts import CellKind

MOST_ROWS = 1_048_576
MOST_CHARACTERS = 32_767
_FORBIDDEN_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
# Spreadsheets calculate in doubles: longer whole numbers would lose their last digits.
_MOST_EXACT = 2**53
_FIRST_DAY = date(1900, 3, 1)  # before it Excel counts a day that never was
_SECONDS_A_DAY = 86_400


class TooManyRows(ValueError):
    """A sheet holds 1,048,576 rows; the list must be narrowed or taken as CSV."""


class Book:
    """A workbook on its way into a file. Make it with `open_book`."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}
        self._names: set[str] = set()

    def format(self, **properties: Any) -> Format:
        """The cell format with these properties (those of xlsxwriter); made once."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format({"valign": "top", **properties})
        return self._formats[key]

    def add_sheet(self, title: Text) -> Sheet:
        """A new sheet; its name is the title as far as names of sheets allow."""
        clean = _FORBIDDEN_IN_NAMES.sub(" ", str(title)).strip("' ")[:31] or "1"
        name, number = clean, 2
        while name.lower() in self._names:
            name = f"{clean[: 31 - len(str(number)) - 1]} {number}"
            number += 1
        self._names.add(name.lower())
        return Sheet(self, self._book.add_worksheet(name))

    def describe(self, **properties: Any) -> None:
        """What the file says of itself: title, author, comments, created (a datetime)."""
        self._book.set_properties(properties)


class Sheet:
    """One sheet; rows are written from top to bottom."""

    def __init__(self, book: Book, sheet: Worksheet) -> None:
        self._book = book
        self._sheet = sheet
        self.row = 0

    def write_lines(self, lines: Iterable[Sequence[Any]], **properties: Any) -> None:
        """Plain lines of texts and numbers, such as a title, without columns."""
        for line in lines:
            for position, value in enumerate(line):
                _write_any(self._book, self._sheet, self.row, position, value, properties)
            self.row += 1

    def set_widths(self, *widths: float) -> None:
        """Widths of the columns from the first on, in characters."""
        for position, width in enumerate(widths):
            self._sheet.set_column(position, position, width)

    def write_table(
        self,
        columns: Sequence[Column],
        rows: Iterable[Sequence[Any]],
        *,
        totals: Sequence[Any] | None = None,
        freeze: bool = True,
    ) -> int:
        """A table with its head. Returns the number of rows. Raises TooManyRows.

        `totals` is a last line in bold under a rule, parallel to the columns.
        """
        head = self.row
        head_format = self._book.format(bold=True, bottom=1, text_wrap=True, bg_color="#eef2f3")
        for position, column in enumerate(columns):
            self._sheet.write_string(head, position, _head(column), head_format)
            self._sheet.set_column(position, position, _width(column))
        writers = [_writer_of(self._book, self._sheet, column) for column in columns]
        for row in rows:
            self.row += 1
            if self.row >= MOST_ROWS - 1:
                raise TooManyRows(_("An XLSX sheet holds 1,048,576 rows; choose fewer rows, or CSV."))
            for position, (write, value) in enumerate(zip(writers, row, strict=True)):
                if value is not None:
                    write(self.row, position, value)
        last = self.row
        if last > head and columns:
            self._sheet.autofilter(head, 0, last, len(columns) - 1)
        if totals is not None:
            self.row += 1
            self._totals(columns, totals)
        self.row += 1
        if freeze:
            self._sheet.freeze_panes(head + 1, 1)
        self._print_setup(head, len(columns))
        return last - head

    def _totals(self, columns: Sequence[Column], totals: Sequence[Any]) -> None:
        for position, (column, value) in enumerate(zip(columns, totals, strict=True)):
            write = _writer_of(self._book, self._sheet, column, bold=True, top=1)
            if value is None:
                self._sheet.write_blank(self.row, position, None, self._book.format(bold=True, top=1))
            else:
                write(self.row, position, value)

    def _print_setup(self, head: int, width: int) -> None:
        self._sheet.repeat_rows(head)
        if width > 6:
            self._sheet.set_landscape()
        self._sheet.set_paper(9)
        self._sheet.fit_to_pages(1, 0)
        self._sheet.set_footer("&L&A&R&P / &N")


@contextlib.contextmanager
def open_book(file: IO[bytes]) -> Iterator[Book]:
    """A workbook that is written to `file` at the end of the block; rows go to temporary files before."""
    options = {
        "constant_memory": True,
        "strings_to_numbers": False,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    book = xlsxwriter.Workbook(file, options)
    try:
        yield Book(book)
    finally:
        book.close()


def write_xlsx(
    columns: Sequence[Column], rows: Iterable[Sequence[Any]], file: IO[bytes], *, title: Text = "Export"
) -> int:
    """A file with one table; returns the number of rows. Rows are taken one by one. Raises TooManyRows.

    Moments are shown in the zone in force: a spreadsheet knows no zones.
    """
    with open_book(file) as book:
        book.describe(title=str(title))
        return book.add_sheet(title).write_table(columns, rows)


CellWriter = Callable[[int, int, Any], object]


def _writer_of(book: Book, sheet: Worksheet, column: Column, **properties: Any) -> CellWriter:
    """How values of a column become cells. A value of another type than the column's becomes text."""
    convert = _NUMBERS.get(column.kind)
    style = book.format(**properties, **_number_format(column))

    # Looked up once, not for each of a million cells.
    plain, quoted = book.format(**properties), book.format(**properties, quote_prefix=True)
    words = {True: _("yes"), False: _("no")}

    def text(row: int, position: int, value: Any) -> object:
        told = str(value)
        # An empty text without a look of its own is an empty cell.
        return _write_text(sheet, row, position, told, plain, quoted) if told or properties else None

    if column.kind in {"date", "datetime"}:
        day_style = book.format(**properties, num_format="yyyy-mm-dd", align="left")

        def moment(row: int, position: int, value: Any) -> object:
            if isinstance(value, datetime):
                local = timezone.localtime(value).replace(tzinfo=None) if value.tzinfo else value
                if local.date() >= _FIRST_DAY:
                    return sheet.write_datetime(row, position, local, day_style if column.kind == "date" else style)
            elif isinstance(value, date) and value >= _FIRST_DAY:
                return sheet.write_datetime(row, position, value, day_style)
            return text(row, position, value)

        return moment
    if column.kind == "flag":
        return lambda row, position, value: text(row, position, words[bool(value)])
    if convert is None:
        return text

    whole = style
    if column.kind in {"number", "power"} and column.decimals is None:
        # A format with optional decimals would show "12." for a whole number.
        whole = book.format(**properties, num_format="#,##0")

    def figure(row: int, position: int, value: Any) -> object:
        number = convert(value)
        if number is None:
            return text(row, position, value)
        return sheet.write_number(row, position, number, whole if number == int(number) else style)

    return figure


def _write_any(
    book: Book, sheet: Worksheet, row: int, position: int, value: Any, properties: Mapping[str, Any]
) -> None:
    if value is None:
        return
    number, style = _number(value), book.format(**properties)
    if number is None:
        _write_text(sheet, row, position, str(value), style, book.format(**properties, quote_prefix=True))
    else:
        sheet.write_number(row, position, number, style)


def _write_text(sheet: Worksheet, row: int, position: int, text: str, plain: Format, quoted: Format) -> object:
    if len(text) > MOST_CHARACTERS:
        text = text[: MOST_CHARACTERS - 1] + "…"
    # A text cell is not calculated; the mark keeps it so when somebody edits it.
    return sheet.write_string(row, position, text, quoted if is_dangerous(text) else plain)


def _number(value: Any) -> float | int | None:
    """The value as a number that a spreadsheet can keep exactly enough, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    if isinstance(value, int):
        return value if abs(value) <= _MOST_EXACT else None
    number = float(value)
    return number if number - number == 0 else None


def _thousandth(value: Any) -> float | None:
    number = _number(value)
    return None if number is None else number / 1000


def _days(value: Any) -> float | None:
    if isinstance(value, timedelta):
        return value.total_seconds() / _SECONDS_A_DAY
    number = _number(value)
    return None if number is None else number / _SECONDS_A_DAY


_NUMBERS: Mapping[CellKind, Callable[[Any], float | int | None]] = {
    "number": _number,
    "energy": _thousandth,
    "power": _thousandth,
    "money": _number,
    "percent": _number,
    "duration": _days,
}


def _number_format(column: Column) -> dict[str, str]:
    if column.kind == "money":
        return {"num_format": _grouped(minor_unit(column.currency) if column.currency else 2)}
    formats: Mapping[CellKind, str] = {
        "number": "#,##0.0##" if column.decimals is None else _grouped(column.decimals),
        "energy": _grouped(3 if column.decimals is None else column.decimals),
        "power": "#,##0.0##" if column.decimals is None else _grouped(column.decimals),
        "percent": _grouped(1 if column.decimals is None else column.decimals) + "%",
        "duration": "[h]:mm:ss",
        "datetime": "yyyy-mm-dd hh:mm:ss",
        "date": "yyyy-mm-dd",
    }
    chosen = {"num_format": formats[column.kind]} if column.kind in formats else {}
    return chosen | {"align": "left"} if column.kind in {"datetime", "date"} else chosen


def _grouped(decimals: int) -> str:
    return "#,##0" + ("." + "0" * decimals if decimals else "")


def _head(column: Column) -> str:
    # The format of a percentage shows its sign in every cell.
    return str(column.label) if column.kind == "percent" and not column.unit else column.head


def _width(column: Column) -> float:
    wanted = {"text": 26.0, "datetime": 19.0, "link": 26.0, "flag": 8.0}.get(column.kind, 13.0)
    # A wide character takes the room of two.
    label = sum(2 if ord(character) > 0x2E7F else 1 for character in _head(column))
    return min(40.0, max(wanted, label / 2 + 3))

"""Workbooks in Office Open XML (ECMA-376): the rows of a sheet as a stream, with bounded memory.

One pass gives a cell's saved value and tells whether it is a formula, and the row numbers are those that people see.
"""

from __future__ import annotations

import math
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.utils.translation import gettext as _

from core.importing.errors import UnreadableFile
from core.importing.layout import find_layout, too_many_columns
from core.importing.limits import Limits, open_archive, read_part
from core.importing.tables import ALL_SHEETS, Detected, GridRows, Layout, Options, RawRow, SourceRow, Table
from core.importing.text import too_many_rows
from core.importing.workbook import DateKind, Sheet, Workbook, read_workbook, unescaped
from core.importing.xml import local, parse


class WorkbookTable(Table):
    """One sheet of a workbook, or all sheets that have the same header."""

    def __init__(self, path: Path, *, options: Options, limits: Limits) -> None:
        self._path, self._options, self._limits = path, options, limits
        self._mark = options.decimal_mark or "."
        with open_archive(path, limits) as archive:
            self._workbook = read_workbook(archive, limits)
            self._parts = self._choose(archive)
        layout = self._parts[0][1]
        self.columns = layout.columns
        visible = tuple(sheet.name for sheet in self._workbook.sheets if not sheet.hidden)
        self.detected = Detected(
            format="xlsx",
            decimal_mark=self._mark,
            titles=layout.titles,
            header_row=layout.header_row,
            sheet=", ".join(sheet.name for sheet, _layout in self._parts),
            sheets=visible,
        )

    def rows(self) -> Iterator[SourceRow]:
        with open_archive(self._path, self._limits) as archive:
            for sheet, layout in self._parts:
                name = sheet.name if len(self._parts) > 1 else ""
                yield from GridRows(layout, strict_width=False, sheet=name)(self._raw_rows(archive, sheet))

    def _raw_rows(self, archive: zipfile.ZipFile, sheet: Sheet) -> Iterator[RawRow]:
        return sheet_rows(archive, sheet, self._workbook, self._limits, self._mark)

    def _layout(self, archive: zipfile.ZipFile, sheet: Sheet) -> Layout:
        place = _("Sheet “%(sheet)s”") % {"sheet": sheet.name}
        return find_layout(self._raw_rows(archive, sheet), self._options, self._limits, place=place)

    def _choose(self, archive: zipfile.ZipFile) -> list[tuple[Sheet, Layout]]:
        """The sheets to read: the one asked for, all, or the first visible one that has a table."""
        sheets = [sheet for sheet in self._workbook.sheets if not sheet.hidden] or self._workbook.sheets
        asked = self._options.sheet
        if asked == ALL_SHEETS:
            return self._all(archive, sheets)
        if asked is not None:
            return [(sheet, self._layout(archive, sheet)) for sheet in [self._named(asked)]]
        refused: UnreadableFile | None = None
        for sheet in sheets:
            try:
                return [(sheet, self._layout(archive, sheet))]
            except UnreadableFile as error:
                refused = refused or error
        raise refused or UnreadableFile(_("The workbook has no sheet of cells."))

    def _named(self, name: str) -> Sheet:
        for sheet in self._workbook.sheets:
            if sheet.name == name:
                return sheet
        raise UnreadableFile(
            _("The workbook has no sheet “%(name)s”.") % {"name": name},
            advice=_("It has: %(names)s.") % {"names": ", ".join(sheet.name for sheet in self._workbook.sheets)},
        )

    def _all(self, archive: zipfile.ZipFile, sheets: list[Sheet]) -> list[tuple[Sheet, Layout]]:
        parts = [(sheet, self._layout(archive, sheet)) for sheet in sheets]
        columns = parts[0][1].columns
        for sheet, layout in parts:
            if layout.columns != columns:
                raise UnreadableFile(
                    _("The sheets “%(first)s” and “%(other)s” have different headers and cannot be read as one table.")
                    % {"first": sheets[0].name, "other": sheet.name},
                    advice=_("Send them one by one."),
                )
        return parts


def sheet_rows(
    archive: zipfile.ZipFile, sheet: Sheet, workbook: Workbook, limits: Limits, mark: str
) -> Iterator[RawRow]:
    """The rows of one sheet that exist in the file; figures are written with the decimal mark `mark`.

    Raises UnreadableFile for a damaged sheet and for too many rows or columns.
    """
    reader = _SheetReader(workbook, limits, sheet.name, mark)
    pieces = read_part(archive, sheet.part, limits)
    for _piece in parse(pieces, start=reader.start, end=reader.end, text=reader.text, part=sheet.part):
        yield from reader.take()


class _SheetReader:
    """Handlers that build rows of texts from the cells of a sheet."""

    def __init__(self, workbook: Workbook, limits: Limits, sheet: str, mark: str) -> None:
        self._workbook, self._limits, self._sheet, self._mark = workbook, limits, sheet, mark
        self._done: list[RawRow] = []
        self._number = self._count = self._column = 0
        self._cells: list[str] = []
        self._faults: dict[int, str] | None = None
        self._columns: dict[str, int] = {}
        self._type = self._style = ""
        self._parts: list[str] = []
        self._takes = self._has_formula = self._phonetic = False

    def take(self) -> list[RawRow]:
        """The rows completed since the last call."""
        done, self._done = self._done, []
        return done

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag if ":" not in tag else local(tag)
        if name == "c":
            self._start_cell(attributes)
        elif name == "v" or (name == "t" and not self._phonetic):
            self._takes = True
        elif name == "f":
            self._has_formula = True
        elif name == "row":
            self._start_row(attributes.get("r"))
        elif name == "rPh":
            self._phonetic = True

    def text(self, data: str) -> None:
        if self._takes:
            self._parts.append(data)

    def end(self, tag: str) -> None:
        name = tag if ":" not in tag else local(tag)
        if name == "c":
            self._end_cell()
        elif name in ("v", "t"):
            self._takes = False
        elif name == "row":
            if self._cells:
                self._done.append(RawRow(self._number, self._cells, self._faults))
        elif name == "rPh":
            self._phonetic = False

    def _start_row(self, number: str | None) -> None:
        self._number = int(number) if number and number.isdigit() else self._number + 1
        self._count += 1
        if self._count > self._limits.rows:
            raise too_many_rows(self._limits)
        self._cells, self._faults, self._column = [], None, 0

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        if reference:
            letters = reference.rstrip("0123456789")
            self._column = self._columns.get(letters) or self._column_of(letters)
        else:
            self._column += 1
        if self._column > self._limits.columns:
            raise too_many_columns(self._column, self._limits, self._place())
        self._type, self._style = attributes.get("t", "n"), attributes.get("s", "")
        self._parts, self._has_formula = [], False

    def _column_of(self, letters: str) -> int:
        """Number of a column, from 1: "A" → 1, "AA" → 27."""
        number = 0
        for letter in letters[:4].upper():
            number = number * 26 + ord(letter) - 64
        self._columns[letters] = number
        return number

    def _place(self) -> str:
        return _("Sheet “%(sheet)s”, row %(row)s") % {"sheet": self._sheet, "row": self._number}

    def _end_cell(self) -> None:
        if not self._parts and not self._has_formula:
            return
        cells, column = self._cells, self._column
        missing = column - 1 - len(cells)
        if missing > 0:
            cells.extend([""] * missing)
        elif missing < 0:  # the same cell twice, or cells out of order
            raise UnreadableFile(_("The cells of this row are out of order."), place=self._place())
        if self._has_formula and not self._parts and self._type != "str":
            self._note_formula(column)
            cells.append("")
        else:
            cells.append(self._value("".join(self._parts)))

    def _note_formula(self, column: int) -> None:
        letters = next((name for name, number in self._columns.items() if number == column), str(column))
        text = _(
            "Cell %(cell)s is a formula without a saved result. Open the workbook in a spreadsheet program and save "
            "it, or paste the values in its place."
        ) % {"cell": f"{letters}{self._number}"}
        self._faults = {**(self._faults or {}), column - 1: text}

    def _value(self, text: str) -> str:
        kind = self._type
        if kind == "s":
            return self._shared(text)
        if kind == "n":
            return self._figure(text)
        if kind == "b":
            return "true" if text.strip() == "1" else "false"
        return unescaped(text)  # "inlineStr", "str" (result of a formula), "e" (such as #N/A), "d" (ISO 8601)

    def _shared(self, text: str) -> str:
        try:
            return self._workbook.strings[int(text)]
        except (ValueError, IndexError):
            raise UnreadableFile(
                _("A cell refers to a text that the workbook does not hold."), place=self._place()
            ) from None

    def _figure(self, text: str) -> str:
        kinds = self._workbook.date_kinds
        style = int(self._style) if self._style.isdigit() else 0
        kind = kinds[style] if style < len(kinds) else ""
        if not kind:
            if len(text) <= 15 and text.isdigit():
                return text
            figure = plain_figure(text)
            return figure.replace(".", self._mark) if self._mark != "." else figure
        try:
            return moment_text(float(text), kind, epoch_1904=self._workbook.epoch_1904)
        except (ValueError, OverflowError):
            return text


def plain_figure(text: str) -> str:
    """A figure as people typed it: workbooks save 22.287 as 22.286999999999999 and 1E+6 as it falls."""
    try:
        value = float(text)
    except ValueError:
        return text
    if not math.isfinite(value):
        return text
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    short = repr(value)
    return short if "e" not in short else f"{value:.20f}".rstrip("0") if abs(value) < 1 else f"{value:.0f}"


def moment_text(serial: float, kind: DateKind, *, epoch_1904: bool = False) -> str:
    """A serial number of days as ISO 8601 text: "2018-09-06", "2018-09-06T23:55:00", "23:55:00"; durations "26:30:00".

    Days count from 1899-12-31 = 0 with a 1900-02-29 that never was, or from 1904-01-01 = 0 (ECMA-376 part 1, 18.17.4).
    Milliseconds that a float of days leaves over are rounded. Raises OverflowError beyond the year 9999.
    """
    milliseconds = round(serial * 86_400_000)
    seconds, rest = divmod(milliseconds, 1000)
    if kind == "duration" or (kind == "time" and 0 <= serial < 1):
        sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
        text = f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
        return text + (f".{rest:03d}" if rest else "")
    start = datetime(1904, 1, 1) if epoch_1904 else datetime(1899, 12, 31 if serial < 60 else 30)  # noqa: DTZ001
    moment = start + timedelta(milliseconds=milliseconds)
    if kind == "date" and not milliseconds % 86_400_000:
        return moment.date().isoformat()
    return moment.isoformat(timespec="milliseconds" if rest else "seconds")

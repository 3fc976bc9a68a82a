"""A file as a table of texts: what was detected about it, what a person said instead, and its rows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from itertools import islice
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.importing.errors import UnreadableFile

ALL_SHEETS = "*"
"""Stands for every visible sheet that has the same header."""


@dataclass(frozen=True)
class Options:
    """What a person says about a file instead of what was detected; None leaves it to the program."""

    encoding: str | None = None
    delimiter: str | None = None
    decimal_mark: str | None = None
    header_row: int | None = None
    """Row of the file that holds the names of the columns; 0 when the file has none."""
    sheet: str | None = None
    """Sheet of a workbook, list of a JSON file, or `ALL_SHEETS`."""
    number_repeated: bool = False
    """Read columns of one name as "name", "name (2)" instead of refusing them."""

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Options:
        """Options of stored values; unknown names and empty texts are left out."""
        known = {item.name for item in fields(cls)}
        return cls(**{name: value for name, value in values.items() if name in known and value not in ("", None)})

    @classmethod
    def from_text(cls, values: Mapping[str, str]) -> Options:
        """Options as people write them: "header_row" is a number, "delimiter" may be "tab".

        Raises UnreadableFile for an option that does not exist or makes no sense.
        """
        known = {item.name for item in fields(cls)}
        if unknown := values.keys() - known:
            raise UnreadableFile(
                _("There is no way of reading called %(name)s.") % {"name": ", ".join(sorted(unknown))}
            )
        typed: dict[str, Any] = dict(values)
        if row := typed.pop("header_row", ""):
            if not row.isdecimal():
                raise UnreadableFile(_("The row of the header is a number."))
            typed["header_row"] = int(row)
        if typed.get("delimiter", "").lower() in ("tab", "\\t"):
            typed["delimiter"] = "\t"
        if len(typed.get("delimiter") or ",") != 1 or typed.get("decimal_mark") not in (None, "", ".", ","):
            raise UnreadableFile(_("A delimiter is one character, a decimal mark is “.” or “,”."))
        typed["number_repeated"] = typed.get("number_repeated", "") in ("1", "true", "yes", "on")
        return cls.from_dict(typed)

    def as_dict(self) -> dict[str, Any]:
        """What differs from the defaults, ready for JSON."""
        return {name: value for name, value in asdict(self).items() if value is not None and value is not False}


@dataclass(frozen=True)
class Detected:
    """How the file is read: what was found out, or what `Options` said."""

    format: str
    """"csv", "xlsx" or "json"."""
    compressed: bool = False
    encoding: str = ""
    delimiter: str = ""
    decimal_mark: str = "."
    line_ends: str = ""
    """"CRLF", "LF", "CR" or "mixed"; empty where the format has no lines."""
    titles: tuple[str, ...] = ()
    """Texts above the header, one for each row that is not empty."""
    header_row: int = 0
    sheet: str = ""
    sheets: tuple[str, ...] = ()


_NOTES_FROM = 3
"""Cells that a row usually fills, from which a row with a single one can be a note."""
_MOST_NOTES = 1_000


class Fault(NamedTuple):
    """What is wrong with a row before anybody looks at its meaning; `column` is empty when it is the row itself."""

    column: str
    value: str
    message: str


class SourceRow(NamedTuple):
    """A row of the file. `number` is what an editor or a spreadsheet shows beside it (its first line)."""

    number: int
    values: dict[str, str]
    sheet: str = ""
    faults: tuple[Fault, ...] = ()
    is_note: bool = False
    """A single text below the last row, where rows have many values, such as "Source: …"."""


class RawRow(NamedTuple):
    """Cells as a format gives them, by position; `faults` tells what is wrong with single cells."""

    number: int
    cells: list[str]
    faults: dict[int, str] | None = None


class Table(ABC):
    """A file that was opened; `rows()` reads it from the beginning each time."""

    columns: list[str]
    detected: Detected

    @abstractmethod
    def rows(self) -> Iterator[SourceRow]:
        """Every row that is not empty, in the file's order. Raises UnreadableFile where reading cannot go on."""

    def sample(self, count: int = 10) -> list[SourceRow]:
        """The first rows."""
        return list(islice(self.rows(), count))


@dataclass(frozen=True)
class Layout:
    """Where a grid of cells has its header, and what stands above and in it."""

    header_row: int
    columns: list[str]
    titles: tuple[str, ...] = ()
    usual: int = 0
    """Cells that a row usually fills."""
    decimal_mark: str = "."


@dataclass
class GridRows:
    """Turns raw rows below a header into rows by column name."""

    layout: Layout
    strict_width: bool
    """Whether a row must have all cells (text files), or may leave out empty ones at its end (sheets)."""
    sheet: str = ""
    _needed: int = field(init=False)
    _names: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self._names = self.layout.columns
        named = [index for index, name in enumerate(self._names) if name != unnamed(index)]
        self._needed = named[-1] + 1 if named else len(self._names)

    def __call__(self, raw_rows: Iterator[RawRow]) -> Iterator[SourceRow]:
        names, width, sheet, usual = self._names, len(self._names), self.sheet, self.layout.usual
        header_row = self.layout.header_row
        # Texts below the table, or rows that lack nearly everything? What follows them will tell.
        lonely: list[RawRow] = []
        for raw in raw_rows:
            number, cells, cell_faults = raw
            if number <= header_row or not "".join(cells).strip():
                continue
            if len(cells) == width and not cell_faults and (usual < _NOTES_FROM or cells.count("") < width - 1):
                yield from map(self._odd_row, lonely)
                lonely.clear()
                yield SourceRow(number, dict(zip(names, cells, strict=True)), sheet)
            elif usual >= _NOTES_FROM and _is_lonely(cells) and len(lonely) < _MOST_NOTES:
                lonely.append(raw)
            else:
                yield from map(self._odd_row, lonely)
                lonely.clear()
                yield self._odd_row(raw)
        yield from map(self._note, lonely)

    def _odd_row(self, raw: RawRow) -> SourceRow:
        names, width, cells = self._names, len(self._names), raw.cells
        faults = [
            Fault(names[index] if index < width else "", cells[index], text)
            for index, text in (raw.faults or {}).items()
        ]
        if (len(cells) < self._needed and self.strict_width) or any(map(str.strip, cells[width:])):
            faults.append(Fault("", "", self._ragged(cells)))
        values = dict.fromkeys(names, "") | dict(zip(names, cells, strict=False))
        return SourceRow(raw.number, values, self.sheet, tuple(faults))

    def _note(self, raw: RawRow) -> SourceRow:
        values = dict.fromkeys(self._names, "") | dict(zip(self._names, raw.cells, strict=False))
        if not any(values.values()):
            # It stands beside the table; it is kept where people will see it.
            values[self._names[0]] = next(cell for cell in raw.cells if cell.strip())
        return SourceRow(raw.number, values, self.sheet, is_note=True)

    def _ragged(self, cells: list[str]) -> str:
        return _(
            "The row has %(cells)d cells, the header %(columns)d. A delimiter inside of a text needs quotation marks "
            "around the text; a row that ends early was cut off."
        ) % {"cells": len(cells), "columns": len(self._names)}


def _is_lonely(cells: list[str]) -> bool:
    """Whether a single cell of a row is filled."""
    return sum(1 for cell in cells if cell.strip()) == 1


def unnamed(index: int) -> str:
    """The name given to a column without one. Never translated: remembered mappings hold it."""
    return f"column {index + 1}"


def no_rows(place: str = "") -> UnreadableFile:
    """For a file in which nothing stands below the header."""
    return UnreadableFile(
        _("There is a header, but no row below it has any content."),
        place=place,
        advice=_("Check that the right sheet or file was sent and that its rows were saved."),
    )


def nothing_inside(place: str = "") -> UnreadableFile:
    """For a file of nothing but empty rows."""
    return UnreadableFile(
        _("All rows are empty."), place=place, advice=_("Check that the right sheet or file was sent.")
    )


DETECTED_LABELS = {
    "format": gettext_lazy("Format"),
    "encoding": gettext_lazy("Encoding"),
    "delimiter": gettext_lazy("Delimiter"),
    "decimal_mark": gettext_lazy("Decimal mark"),
    "line_ends": gettext_lazy("Line ends"),
    "titles": gettext_lazy("Rows above the header"),
    "header_row": gettext_lazy("Header in row"),
    "sheet": gettext_lazy("Sheet"),
}
"""What people read beside each finding."""

"""Delimited text: CSV, TSV, semicolons, bars; plain or packed with gzip (RFC 4180 and what is really published)."""

from __future__ import annotations

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from core.importing.encodings import check_lines, choose_encoding, line_ends_of, nul_inside, scan, wrong_encoding
from core.importing.errors import UnreadableFile
from core.importing.layout import find_layout
from core.importing.limits import CHUNK, Inflated, Limits, chunks, open_bytes
from core.importing.tables import Detected, GridRows, Options, RawRow, SourceRow, Table

DELIMITERS = {",": ",", ";": ";", "\t": "TAB", "|": "|"}
"""Delimiters that are looked for, with the name that people read."""

_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?')
_SAMPLE_RECORDS = 100


class TextTable(Table):
    """A delimited text file."""

    def __init__(self, path: Path, *, compressed: bool, options: Options, limits: Limits) -> None:
        self._path, self._compressed, self._limits = path, compressed, limits
        with open_bytes(path, compressed=compressed, limits=limits) as stream:
            facts = scan(chunks(stream))
        self._encoding = choose_encoding(facts, options.encoding)
        check_lines(facts, limits)
        head = _whole_lines(facts.head.decode(self._encoding, errors="replace"), cut=len(facts.head) < facts.size)
        self._delimiter = options.delimiter or find_delimiter(head)
        layout = find_layout(self._raw_rows(), options, limits, comma_likely=self._delimiter != ",")
        self._to_rows = GridRows(layout, strict_width=True)
        self.columns = layout.columns
        self.detected = Detected(
            format="csv",
            compressed=compressed,
            encoding=self._encoding,
            delimiter=self._delimiter,
            decimal_mark=layout.decimal_mark,
            line_ends=line_ends_of(head),
            titles=layout.titles,
            header_row=layout.header_row,
        )

    def rows(self) -> Iterator[SourceRow]:
        return self._to_rows(self._raw_rows())

    def _raw_rows(self) -> Iterator[RawRow]:
        with self._open_text() as stream:
            watch = _Watch(stream, self._limits)
            reader = csv.reader(watch.lines(), delimiter=self._delimiter)
            try:
                for cells in reader:
                    yield RawRow(watch.first_line, cells)
                    watch.next_record(reader.line_num)
            except csv.Error as error:
                raise _unclosed(watch.first_line) from error
            except UnicodeError as error:
                raise wrong_encoding(self._encoding, error, reader.line_num) from error
            watch.refuse_open_quote(self._delimiter)

    @contextmanager
    def _open_text(self) -> Iterator[io.TextIOWrapper]:
        with open_bytes(self._path, compressed=self._compressed, limits=self._limits) as stream:
            # The csv module wants the line ends as they are, to keep those inside of cells.
            buffer = io.BufferedReader(_Readable(stream), CHUNK // 4)
            yield io.TextIOWrapper(buffer, encoding=self._encoding, newline="")


def _whole_lines(text: str, *, cut: bool) -> str:
    """The beginning of a text, without a last line that was cut."""
    return text[: max(text.rfind("\n"), text.rfind("\r")) + 1] if cut else text


class _Readable(io.RawIOBase):
    """Gives `TextIOWrapper` the one method of our byte streams in the form it wants."""

    def __init__(self, stream: IO[bytes] | Inflated) -> None:
        self._read = stream.read

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


@dataclass
class _Watch:
    """Counts lines for the csv reader and notices when a row swallows the rest of the file."""

    stream: io.TextIOWrapper
    limits: Limits
    first_line: int = 1
    _records: int = 0
    _size: int = 0
    _pending: list[str] = field(default_factory=list)
    _last: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        limit = self.limits.record
        for line in self.stream:
            self._size += len(line)
            if self._size > limit:
                raise _unclosed(self.first_line)
            if "\0" in line:
                raise nul_inside(self.first_line)
            self._pending.append(line)
            yield line

    def next_record(self, lines_read: int) -> None:
        """A row is complete; the next one begins on the line after."""
        self.first_line = lines_read + 1
        self._records += 1
        self._size = 0
        self._last = self._pending
        self._pending = []
        if self._records > self.limits.rows:
            raise too_many_rows(self.limits)

    def refuse_open_quote(self, delimiter: str) -> None:
        """At the end of the file: the csv module takes an open quotation mark for the end of the text in silence."""
        try:
            for _cells in csv.reader(self._last, delimiter=delimiter, strict=True):
                pass
        except csv.Error as error:
            if "unexpected end" in str(error):
                raise _unclosed(self.first_line - len(self._last)) from error


def too_many_rows(limits: Limits) -> UnreadableFile:
    """For a table that is longer than any that people keep."""
    return UnreadableFile(
        _("The file has more than %(limit)s rows.") % {"limit": f"{limits.rows:,}"},
        advice=_("Split it into several files, for example by month; remove empty rows at the end."),
    )


def _unclosed(line: int) -> UnreadableFile:
    return UnreadableFile(
        _("A quotation mark that opens a text in this row is never closed, or a cell of it is far too long."),
        place=_("Line %(line)s") % {"line": line},
        advice=_("Close or remove the quotation mark; inside of a quoted text it is written twice."),
    )


def find_delimiter(text: str) -> str:
    """The delimiter under which the most rows have the same, high number of cells; a comma where none is seen."""
    first, _end, rest = text.partition("\n")
    if match := _SEPARATOR_LINE.fullmatch(first.strip("\ufeff\r ")):
        return match[1]
    scores = {delimiter: _score(text, delimiter) for delimiter in DELIMITERS}
    best = max(scores, key=lambda delimiter: scores[delimiter])
    return best if scores[best] > 0 else ","


def _score(text: str, delimiter: str) -> float:
    """How well a delimiter divides: evenness counts (squared), wide tables count more, prose counts less.

    Prose is where spaces follow the sign: "Controls; Scotland; City" is one text and not three cells.
    """
    try:
        records = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), _SAMPLE_RECORDS))
    except csv.Error:
        return 0.0
    widths = Counter(len(cells) for cells in records if any(cells)) or Counter(map(len, filter(None, records)))
    if not widths:
        return 0.0
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    later_cells = [cell for cells in records for cell in cells[1:] if cell]
    prose = sum(cell.startswith(" ") for cell in later_cells) / max(1, len(later_cells))
    return float((count / widths.total()) ** 2 * math.log2(width) * (1 - prose))

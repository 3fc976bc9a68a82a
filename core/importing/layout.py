"""Finding the header of a grid of cells, the rows above it and the decimal mark below it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from statistics import median_high

from django.utils.translation import gettext as _

from core.importing.errors import UnreadableFile, shown
from core.importing.limits import Limits
from core.importing.tables import Layout, Options, RawRow, no_rows, nothing_inside, unnamed

SAMPLE_ROWS = 200
"""Rows with content that detection looks at."""
MAX_LABEL = 200
"""Characters of the longest text that can be a column's name."""
LABELS_NEEDED = 0.6
"""Share of a header's cells that are words and not figures or dates."""

_FIGURE = re.compile(r"[+\-−]?[\d.,' \u00a0\u202f]*\d[\d.,]*\s*%?")
_DATE = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}([T ]\d{1,2}:\d{2}.*)?|\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?")
_COMMA = re.compile(r"[+\-−]?\d+,\d+")
_COMMA_CERTAIN = re.compile(r"[+\-−]?(\d{1,3}(\.\d{3})+,\d+|0\d*,\d+|\d+,(\d{1,2}|\d{4,}))")
_POINT_CERTAIN = re.compile(r"[+\-−]?(\d{1,3}(,\d{3})+\.\d+|0\d*\.\d+|\d+\.(\d{1,2}|\d{4,}))")


def find_layout(
    raw_rows: Iterable[RawRow], options: Options, limits: Limits, *, place: str = "", comma_likely: bool = False
) -> Layout:
    """The header of a grid and what belongs to it.

    Raises:
        UnreadableFile: no content, no header, no row below it, too many columns, or a name that stands twice.
    """
    filled_rows = (row for row in raw_rows if "".join(row.cells).strip())
    sample = list(islice(filled_rows, SAMPLE_ROWS))
    if not sample:
        raise nothing_inside(place)
    index = _asked_header(sample, options, place) if options.header_row is not None else _find_header(sample, place)
    body = sample[index + 1 :]
    if not body:
        raise no_rows(place)
    header = sample[index] if index >= 0 else RawRow(0, [])
    columns = _names(header, body, options, limits, place)
    return Layout(
        header_row=header.number,
        columns=columns,
        titles=tuple(" ".join(" ".join(row.cells).split()) for row in sample[: max(0, index)]),
        usual=median_high(_filled(row) for row in body),
        decimal_mark=options.decimal_mark
        or find_decimal_mark((cell for row in body for cell in row.cells), comma_likely=comma_likely),
    )


def _filled(row: RawRow) -> int:
    return sum(1 for cell in row.cells if cell.strip())


def _asked_header(sample: Sequence[RawRow], options: Options, place: str) -> int:
    """Position of the header that a person chose; -1 for "there is none"."""
    if options.header_row == 0:
        return -1
    for index, row in enumerate(sample):
        if row.number == options.header_row:
            return index
    raise UnreadableFile(
        _("Row %(row)s was given as the header, but nothing stands there.") % {"row": options.header_row},
        place=place,
        advice=_("Choose another row."),
    )


def _find_header(sample: Sequence[RawRow], place: str) -> int:
    """The first row that is as wide as what follows; what stands above it are titles."""
    for index, row in enumerate(sample):
        following = sample[index + 1 : index + 50]
        widest = max((_filled(other) for other in following), default=0)
        if _filled(row) * 2 <= widest:
            continue
        if _looks_like_header(row, following):
            return index
        raise UnreadableFile(
            _("No header was found: row %(row)s holds values (%(values)s) and not the names of the columns.")
            % {"row": row.number, "values": ", ".join(shown(cell) for cell in _first_filled(row, 3))},
            place=place,
            advice=_("Put the names of the columns above the values, or say which row is the header."),
        )
    raise nothing_inside(place)


def _first_filled(row: RawRow, count: int) -> list[str]:
    return [cell for cell in row.cells if cell.strip()][:count]


def _looks_like_header(row: RawRow, body: Sequence[RawRow]) -> bool:
    cells = [cell.strip() for cell in row.cells]
    labels = [bool(cell) and not is_value(cell) and len(cell) <= MAX_LABEL for cell in cells]
    if sum(labels) < LABELS_NEEDED * _filled(row):
        return False
    of_values = [index for index in range(len(cells)) if _holds_values(body, index)]
    # Above figures and dates stand words: a row of data has figures and dates there itself.
    return not of_values or 2 * sum(labels[index] for index in of_values) >= len(of_values)


def _holds_values(body: Sequence[RawRow], index: int) -> bool:
    texts = [row.cells[index].strip() for row in body if index < len(row.cells)]
    filled = [text for text in texts if text]
    return bool(filled) and sum(map(is_value, filled)) >= 0.8 * len(filled)


def is_value(text: str) -> bool:
    """Whether a text is a figure, a date or a time, not a word."""
    return bool(_FIGURE.fullmatch(text) or _DATE.fullmatch(text))


def _names(header: RawRow, body: Sequence[RawRow], options: Options, limits: Limits, place: str) -> list[str]:
    """Names of all columns: as published (on one line), numbered where there is none."""
    width = max([len(header.cells), *(_last_filled(row) for row in body)] if header.number else map(_last_filled, body))
    if header.number:
        # Cells beyond the header are ragged rows unless many rows have them.
        beyond = Counter(_last_filled(row) for row in body if _last_filled(row) > len(header.cells))
        width = len(header.cells) if sum(beyond.values()) * 2 < len(body) else width
    if width > limits.columns:
        raise too_many_columns(width, limits, place)
    names = [" ".join(cell.split()) for cell in header.cells] + [""] * (width - len(header.cells))
    names = [name or unnamed(index) for index, name in enumerate(names)]
    return numbered(names) if options.number_repeated else _refuse_repeated(names, header.number, place)


def _last_filled(row: RawRow) -> int:
    for index in range(len(row.cells), 0, -1):
        if row.cells[index - 1].strip():
            return index
    return 0


def too_many_columns(width: int, limits: Limits, place: str) -> UnreadableFile:
    """For a table that is wider than any that people keep."""
    return UnreadableFile(
        _("The table has %(width)s columns; at most %(limit)s are read.") % {"width": width, "limit": limits.columns},
        place=place,
        advice=_("Leave out the columns that are not needed, or check the delimiter."),
    )


def _refuse_repeated(names: list[str], row: int, place: str) -> list[str]:
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if not repeated:
        return names
    places = ", ".join(str(index + 1) for index, name in enumerate(names) if name == repeated[0])
    raise UnreadableFile(
        _("The header in row %(row)s has the name %(name)s more than once, in the columns %(columns)s.")
        % {"row": row, "name": shown(repeated[0]), "columns": places},
        place=place,
        advice=_("Rename or remove one of them, or choose to number columns of the same name."),
    )


def numbered(names: list[str]) -> list[str]:
    """Names made different: a repeated one gets its count, "kWh", "kWh (2)"."""
    published, taken, result = set(names), set[str](), []
    for name in names:
        candidate, count = name, 1
        while candidate in taken or (count > 1 and candidate in published):
            count += 1
            candidate = f"{name} ({count})"
        taken.add(candidate)
        result.append(candidate)
    return result


def find_decimal_mark(cells: Iterable[str], *, comma_likely: bool = False) -> str:
    """The mark, "," or ".", by the figures among `cells`.

    A figure such as 1,234 could be either way; `comma_likely` (the delimiter is no comma) decides where all are so.
    """
    commas = points = doubtful = 0
    for cell in cells:
        text = cell.strip()
        if _COMMA_CERTAIN.fullmatch(text):
            commas += 1
        elif _POINT_CERTAIN.fullmatch(text):
            points += 1
        elif _COMMA.fullmatch(text):
            doubtful += 1
    if commas == points:
        return "," if doubtful and comma_likely and not points else "."
    return "," if commas > points else "."

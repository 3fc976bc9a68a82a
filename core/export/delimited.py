"""Tables as CSV (RFC 4180), as a stream: exact figures for programs, harmless texts for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from core.export.columns import Column
from core.export.harmless import harmless
from core.parts import CellKind

BOM = b"\xef\xbb\xbf"
_PIECE = 64 * 1024
Writer = Callable[[Any], str]


def stream_csv(
    columns: Sequence[Column], rows: Iterable[Sequence[Any]], *, bom: bool = True, delimiter: str = ","
) -> Iterator[bytes]:
    """A table in pieces of about 64 kB of UTF-8; rows are parallel to the columns and taken one by one.

    `bom` marks the encoding for spreadsheet programs that would guess another one. Figures have a decimal point and
    no grouping, energy is in kWh, power in kW, percentages in %, moments in the zone in force with their offset.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n")
    texts = [writer_of(column) for column in columns]
    if bom:
        yield BOM
    writer.writerow([harmless(column.head) for column in columns])
    for row in rows:
        writer.writerow([text(value) for text, value in zip(texts, row, strict=True)])
        if buffer.tell() >= _PIECE:
            yield _emptied(buffer)
    if buffer.tell():
        yield _emptied(buffer)


def _emptied(buffer: io.StringIO) -> bytes:
    data = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return data


def writer_of(column: Column) -> Writer:
    """How the values of a column are written in a CSV file; nothing is an empty field."""
    write = _WRITERS.get(column.kind, _text)
    return lambda value: "" if value is None else write(value)


def _text(value: Any) -> str:
    return harmless(str(value))


def _plain(value: Any) -> str:
    """A number with a decimal point, without exponent; what is no number stays harmless text."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return _text(value)
    return f"{_trimmed(value):f}" if isinstance(value, Decimal) else str(value)


def _trimmed(value: Decimal) -> Decimal:
    """What a division left behind ends after twelve decimals."""
    exponent = value.as_tuple().exponent
    return round(value, 12) if isinstance(exponent, int) and exponent < -12 else value


def _thousandth(value: Any) -> str:
    if not isinstance(value, int | Decimal):
        return _plain(value)
    return f"{Decimal(value).scaleb(-3):f}"


def _percent(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return _plain(value)
    return f"{_trimmed(Decimal(str(value)) * 100):f}"


def _duration(value: Any) -> str:
    """Hours, minutes and seconds such as 26:03:00, which spreadsheets read as a length of time."""
    seconds = round(value.total_seconds() if isinstance(value, timedelta) else float(value))
    sign = "-" if seconds < 0 else ""
    minutes, rest = divmod(abs(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{sign}{hours}:{minutes:02d}:{rest:02d}"


def _moment(value: Any) -> str:
    if not isinstance(value, datetime):
        return _date(value)
    return timezone.localtime(value).isoformat(sep=" ", timespec="seconds")


def _date(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else _text(value)


def _flag(value: Any) -> str:
    return _("yes") if value else _("no")


_WRITERS: Mapping[CellKind, Writer] = {
    "number": _plain,
    "energy": _thousandth,
    "power": _thousandth,
    "money": _plain,
    "percent": _percent,
    "duration": _duration,
    "date": _date,
    "datetime": _moment,
    "flag": _flag,
}

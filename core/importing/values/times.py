"""Dates, times of day and moments; wall-clock times that a zone's clocks skip or show twice are told apart."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from core.importing.errors import CellError, shown

DATE_FORMATS = {
    "YYYY-MM-DD": r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})",
    "YYYY/MM/DD": r"(?P<y>\d{4})/(?P<m>\d{1,2})/(?P<d>\d{1,2})",
    "YYYY.MM.DD": r"(?P<y>\d{4})\.(?P<m>\d{1,2})\.(?P<d>\d{1,2})\.?",
    "YYYYMMDD": r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})",
    "YYYY年M月D日": r"(?P<y>\d{4})年(?P<m>\d{1,2})月(?P<d>\d{1,2})日",
    "DD/MM/YYYY": r"(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4})",
    "DD.MM.YYYY": r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})",
    "DD-MM-YYYY": r"(?P<d>\d{1,2})-(?P<m>\d{1,2})-(?P<y>\d{4})",
    "MM/DD/YYYY": r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})",
    "MM-DD-YYYY": r"(?P<m>\d{1,2})-(?P<d>\d{1,2})-(?P<y>\d{4})",
    "DD/MM/YY": r"(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{2})",
    "DD.MM.YY": r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{2})",
    "MM/DD/YY": r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{2})",
}
"""The ways of writing a day that can be chosen; a year of two digits is one of this century."""

TIME_FORMATS = {
    "HH:MM": r"(?P<h>\d{1,2}):(?P<mi>\d{2})",
    "HH:MM:SS": r"(?P<h>\d{1,2}):(?P<mi>\d{2}):(?P<s>\d{2})(?:[.,](?P<f>\d{1,9}))?",
    "HH.MM": r"(?P<h>\d{1,2})\.(?P<mi>\d{2})",
    "HHMM": r"(?P<h>\d{2})(?P<mi>\d{2})",
    "h:MM AM": r"(?P<h>\d{1,2}):(?P<mi>\d{2})(?::(?P<s>\d{2}))?\s*(?P<half>[AaPp])\.?[Mm]\.?",
}
"""The ways of writing a time of day that can be chosen."""

_OFFSET = r"(?P<zone>Z|z|[+-]\d{2}:?\d{2}|[+-]\d{2})?"
_REMEMBERED = 20_000
"""Texts whose value a parser remembers: a file has few days and 1,440 minutes, each many thousand times."""


class LocalMoment(NamedTuple):
    """What a wall clock's reading means in a zone.

    "certain": `candidates` holds the one moment. "twice": clocks were set back and showed it twice, `candidates` holds
    both, the earlier first. "missing": clocks were set forward over it; `candidates` holds what it would be by the time
    before the change and by the time after it, the earlier first (PEP 495). All in UTC.
    """

    kind: Literal["certain", "twice", "missing"]
    candidates: tuple[datetime, ...]

    @property
    def is_certain(self) -> bool:
        return self.kind == "certain"

    @property
    def moment(self) -> datetime:
        """The moment (UTC); of two candidates the earlier."""
        return self.candidates[0]


def local_moment(wall: datetime, zone: tzinfo) -> LocalMoment:
    """The moments at which clocks in `zone` show `wall`, which has no zone of its own (ValueError otherwise)."""
    if wall.tzinfo is not None:
        raise ValueError(f"{wall.isoformat()} is a moment, not a reading of a wall clock")
    first, second = wall.replace(tzinfo=zone), wall.replace(tzinfo=zone, fold=1)
    first_offset, second_offset = first.utcoffset(), second.utcoffset()
    if first_offset == second_offset:
        return LocalMoment("certain", (first.astimezone(UTC),))
    candidates = tuple(sorted((first.astimezone(UTC), second.astimezone(UTC))))
    if first_offset is not None and second_offset is not None and first_offset > second_offset:
        return LocalMoment("twice", candidates)
    return LocalMoment("missing", candidates)


@dataclass(frozen=True)
class DateParser:
    """A day in one of `formats`. A text that two of them read as different days is refused."""

    formats: tuple[str, ...] = ("YYYY-MM-DD",)
    _memory: dict[str, date] = field(init=False, repr=False, compare=False, default_factory=dict)
    _forms: tuple[re.Pattern[str], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_forms", _compiled(self.formats, DATE_FORMATS))

    def __call__(self, text: str, column: str = "") -> date:
        known = self._memory.get(text)
        if known is None:
            known = self._read(text, column)
            _remember(self._memory, text, known)
        return known

    def _read(self, text: str, column: str) -> date:
        # Spreadsheets save days as moments; a midnight at the end says nothing more.
        plain = text.strip().removesuffix("T00:00:00").removesuffix(" 00:00:00")
        found = {day for form in self._forms if (match := form.fullmatch(plain)) and (day := _day(match))}
        if len(found) == 1:
            return found.pop()
        if found:
            names = ", ".join(day.isoformat() for day in sorted(found))
            message = _("%(value)s can be several days: %(days)s. Choose one way of writing days.")
            raise CellError(column, text, message % {"value": shown(text), "days": names})
        raise CellError(column, text, self._message(text, plain))

    def _message(self, text: str, plain: str) -> str:
        if any(form.fullmatch(plain) for form in self._forms):
            return _("%(value)s is not a day of the calendar.") % {"value": shown(text)}
        return _("%(value)s is not a day written as %(formats)s.") % {
            "value": shown(text),
            "formats": ", ".join(self.formats),
        }


@dataclass(frozen=True)
class TimeParser:
    """A time of day in one of `formats`."""

    formats: tuple[str, ...] = ("HH:MM", "HH:MM:SS")
    _memory: dict[str, time] = field(init=False, repr=False, compare=False, default_factory=dict)
    _forms: tuple[re.Pattern[str], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_forms", _compiled(self.formats, TIME_FORMATS))

    def __call__(self, text: str, column: str = "") -> time:
        known = self._memory.get(text)
        if known is None:
            known = self._read(text, column)
            _remember(self._memory, text, known)
        return known

    def _read(self, text: str, column: str) -> time:
        plain = text.strip()
        for form in self._forms:
            if (match := form.fullmatch(plain)) and (value := _time(match)) is not None:
                return value
        raise CellError(
            column,
            text,
            _("%(value)s is not a time of day written as %(formats)s.")
            % {"value": shown(text), "formats": ", ".join(self.formats)},
        )


@dataclass(frozen=True)
class DateTimeParser:
    """A day and a time in one cell, with "T", spaces or a comma between; a reading of the wall clock in `zone`.

    A text with an offset of its own ("Z", "+08:00") is a moment, whatever `zone` is.
    """

    zone: ZoneInfo
    formats: tuple[str, ...] = ("YYYY-MM-DD",)
    times: tuple[str, ...] = ("HH:MM", "HH:MM:SS")
    _date: DateParser = field(init=False, repr=False, compare=False)
    _time: TimeParser = field(init=False, repr=False, compare=False)
    _split: Callable[[str], re.Match[str] | None] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_date", DateParser(self.formats))
        object.__setattr__(self, "_time", TimeParser(self.times))
        split = re.compile(rf"(?P<day>\S+?)(?:[Tt]|,?\s+)(?P<time>\d[\d:.,]*(?:\s*[AaPp]\.?[Mm]\.?)?)\s*{_OFFSET}")
        object.__setattr__(self, "_split", split.fullmatch)

    def __call__(self, text: str, column: str = "") -> LocalMoment:
        match = self._split(text.strip())
        if match is None:
            raise CellError(column, text, _("%(value)s is not a day and a time.") % {"value": shown(text)})
        try:
            wall = datetime.combine(self._date(match["day"], column), self._time(match["time"], column))
        except CellError as error:
            raise CellError(column, text, str(error)) from None
        if match["zone"]:
            return LocalMoment("certain", (_with_offset(wall, match["zone"], text, column),))
        return local_moment(wall, self.zone)


def _with_offset(wall: datetime, offset: str, text: str, column: str) -> datetime:
    if offset in "Zz":
        return wall.replace(tzinfo=UTC)
    digits = offset[1:].replace(":", "").ljust(4, "0")
    ahead = timedelta(hours=int(digits[:2]), minutes=int(digits[2:])) * (-1 if offset[0] == "-" else 1)
    if abs(ahead) > timedelta(hours=15) or int(digits[2:]) > 59:
        raise CellError(column, text, _("%(value)s has an offset that no zone has.") % {"value": shown(text)})
    return wall.replace(tzinfo=timezone(ahead)).astimezone(UTC)


def _compiled(names: tuple[str, ...], known: dict[str, str]) -> tuple[re.Pattern[str], ...]:
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        raise ValueError(f"unknown formats {unknown}; known are {', '.join(known)}")
    return tuple(re.compile(known[name], re.ASCII) for name in names)


def _day(match: re.Match[str]) -> date | None:
    year = int(match["y"])
    try:
        return date(year + 2000 if len(match["y"]) == 2 else year, int(match["m"]), int(match["d"]))
    except ValueError:
        return None


def _time(match: re.Match[str]) -> time | None:
    parts = match.groupdict()
    hour = int(parts["h"])
    if half := parts.get("half"):
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half in "Pp" else 0)
    fraction = (parts.get("f") or "").ljust(6, "0")[:6]
    try:
        return time(hour, int(parts["mi"]), int(parts.get("s") or 0), int(fraction))
    except ValueError:
        return None


def _remember(memory: dict[str, Any], text: str, value: Any) -> None:
    if len(memory) < _REMEMBERED:
        memory[text] = value

"""What time it is, and which day that is for a network.

A network's day is the *business day*: it starts when the wall clock of the network's zone reaches `day_starts_at`,
so that a shift over midnight falls into one day. Where the clocks change, a day has 23 or 25 hours; a start that the
wall clock skips is the moment of the change, one that it shows twice is the first of the two (PEP 495).
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from core.periods import Period, require_aware

# Outside these years a border of a month may leave the range of `datetime` once it is expressed in UTC.
FIRST_YEAR, LAST_YEAR = 2, 9998


class LocalClock(Protocol):
    """Whatever has a zone and a start of the business day; a network is one."""

    @property
    def time_zone(self) -> str: ...

    @property
    def day_starts_at(self) -> time: ...


def now() -> datetime:
    """The present moment, aware, in UTC. The only place where the product looks at the machine's clock."""
    return datetime.now(UTC)


def zone_of(network: LocalClock) -> ZoneInfo:
    """The network's time zone. Raises zoneinfo.ZoneInfoNotFoundError for a name that IANA does not know."""
    return ZoneInfo(network.time_zone)


def moments_of(wall: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """The moments (UTC, in order) at which clocks in `zone` show `wall`.

    One as a rule; none where the clocks skip this reading, two where they show it twice. Raises ValueError when `wall`
    carries a zone of its own.
    """
    if wall.tzinfo is not None:
        raise ValueError(f"{wall.isoformat()} is a moment, not a reading of a wall clock")
    readings = {wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    shown = (moment for moment in readings if moment.astimezone(zone).replace(tzinfo=None, fold=0) == wall)
    return tuple(sorted(shown))


def first_moment_at(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first moment (UTC) at which clocks in `zone` show `wall` or have jumped over it."""
    moments = moments_of(wall, zone)
    return moments[0] if moments else _jump_over(wall, zone)


def _jump_over(wall: datetime, zone: ZoneInfo) -> datetime:
    """The moment at which the clocks jump over `wall`, to the second: by PEP 495 it lies between the two readings."""
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    after = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    old_offset = before.astimezone(zone).utcoffset()
    low, high = 0, int((after - before).total_seconds()) + 1
    while high - low > 1:
        middle = (low + high) // 2
        if (before + timedelta(seconds=middle)).astimezone(zone).utcoffset() == old_offset:
            low = middle
        else:
            high = middle
    return (before + timedelta(seconds=high)).replace(microsecond=0)


def day_of(moment: datetime, network: LocalClock) -> date:
    """The network's business day that `moment` falls into. Raises PeriodError for a naive moment."""
    utc = require_aware(moment)
    wall = utc.astimezone(zone_of(network)).replace(tzinfo=None)
    begins = network.day_starts_at
    day = wall.date() if wall.time() >= begins else wall.date() - timedelta(days=1)
    # In a doubled hour around the start of the day the wall clock falls back behind it; the new day has begun already.
    return day + timedelta(days=1) if utc >= day_period(day, network).end else day


def day_period(day: date, network: LocalClock) -> Period:
    """The moments of one business day: from its start to the start of the next one."""
    return Period(_start_of(day, network), _start_of(day + timedelta(days=1), network))


def _start_of(day: date, network: LocalClock) -> datetime:
    return first_moment_at(datetime.combine(day, network.day_starts_at), zone_of(network))


def month_period(year: int, month: int, network: LocalClock) -> Period:
    """The business days of one month. Raises ValueError for a month that is none."""
    return Month(year, month).period(network)


def month_of(moment: datetime, network: LocalClock) -> Month:
    """The month of the business day that `moment` falls into. Raises PeriodError for a naive moment."""
    return Month.of(day_of(moment, network))


def days_of(period: Period, network: LocalClock) -> Iterator[date]:
    """The business days that `period` touches, in order; none for an empty period."""
    if period.is_empty:
        return iter(())
    last = day_of(period.end - timedelta.resolution, network)
    return days(day_of(period.start, network), last)


def days(first: date, last: date) -> Iterator[date]:
    """Every day from `first` to `last`, both included; none when `last` is before `first`."""
    for number in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(number)


def months(first: Month, last: Month) -> Iterator[Month]:
    """Every month from `first` to `last`, both included; none when `last` is before `first`."""
    for number in range(first.number, last.number + 1):
        yield Month.from_number(number)


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of the calendar, such as 2018-03. Raises ValueError for one that is none."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (FIRST_YEAR <= self.year <= LAST_YEAR and 1 <= self.month <= 12):
            raise ValueError(f"{self.year}-{self.month} is not a month")

    @classmethod
    def parse(cls, text: str) -> Month:
        """Reads "2018-03" (ISO 8601), the form that `str` writes. Raises ValueError for anything else."""
        match = re.fullmatch(r"([0-9]{4})-([0-9]{2})", text.strip())
        if match is None:
            raise ValueError(f"{text!r} is not a month such as 2018-03")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> Month:
        """The month of a day."""
        return cls(day.year, day.month)

    @classmethod
    def from_number(cls, number: int) -> Month:
        """The month with this count of months since the year 0."""
        return cls(number // 12, number % 12 + 1)

    @property
    def number(self) -> int:
        """Months since the year 0; neighbours differ by one."""
        return self.year * 12 + self.month - 1

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        return date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    def previous(self) -> Month:
        """The month before. Raises ValueError at the end of the calendar."""
        return Month.from_number(self.number - 1)

    def next(self) -> Month:
        """The month after. Raises ValueError at the end of the calendar."""
        return Month.from_number(self.number + 1)

    def days(self) -> Iterator[date]:
        """The days of the month, in order."""
        return days(self.first_day, self.last_day)

    def period(self, network: LocalClock) -> Period:
        """From the start of its first business day to the start of the next month's first one."""
        return Period(_start_of(self.first_day, network), _start_of(self.last_day + timedelta(days=1), network))

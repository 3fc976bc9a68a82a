"""The periods that sets are made of: business days of the network, weeks from Monday, calendar months."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.clock import LocalClock, Month, day_of, day_period
from core.periods import Period
from security.models import SetKind


@dataclass(frozen=True)
class SetPeriod:
    """One period of a kind: its first and last business day."""

    kind: str
    first: date
    last: date

    @classmethod
    def holding(cls, kind: str, day: date) -> SetPeriod:
        """The period of that kind that holds a day. Raises ValueError for a kind that is none."""
        if kind == SetKind.DAY:
            return cls(kind, day, day)
        if kind == SetKind.WEEK:
            monday = day - timedelta(days=day.weekday())
            return cls(kind, monday, monday + timedelta(days=6))
        if kind == SetKind.MONTH:
            month = Month.of(day)
            return cls(kind, month.first_day, month.last_day)
        raise ValueError(f"{kind!r} is no kind of period")

    @classmethod
    def last_over(cls, kind: str, now: datetime, network: LocalClock) -> SetPeriod:
        """The newest period of that kind that is over at `now`, by the network's business days."""
        return cls.holding(kind, day_of(now, network)).before()

    def before(self) -> SetPeriod:
        """The period before."""
        return SetPeriod.holding(self.kind, self.first - timedelta(days=1))

    def moments(self, network: LocalClock) -> Period:
        """From the start of its first business day to the end of its last one."""
        return Period(day_period(self.first, network).start, day_period(self.last, network).end)

    def is_over(self, now: datetime, network: LocalClock) -> bool:
        """Whether its last business day has ended."""
        return now >= self.moments(network).end

"""Half-open stretches of time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from core.errors import Refusal


class PeriodError(Refusal, ValueError):
    """A period cannot be made of these bounds, or a moment has no zone."""

    code = "period"


def require_aware(moment: datetime) -> datetime:
    """The same moment in UTC. Raises PeriodError for a naive datetime: a wall clock without a zone is no moment."""
    if moment.utcoffset() is None:
        raise PeriodError(_("%(moment)s has no time zone."), code="naive_moment", params={"moment": moment.isoformat()})
    return moment.astimezone(UTC)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The time from `start` up to but not including `end`; both are kept in UTC.

    An empty period (start == end) is allowed: it contains no moment and overlaps nothing, as an empty range does in
    PostgreSQL. Periods sort by start, then end. Raises PeriodError for naive or reversed bounds.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", require_aware(self.start))
        object.__setattr__(self, "end", require_aware(self.end))
        if self.end < self.start:
            raise PeriodError(
                _("The end (%(end)s) is before the start (%(start)s)."),
                code="end_before_start",
                params={"start": self.start.isoformat(), "end": self.end.isoformat()},
            )

    @property
    def duration(self) -> timedelta:
        """Elapsed time; a day on which the clocks change has 23 or 25 hours."""
        return self.end - self.start

    @property
    def hours(self) -> float:
        """Elapsed time in hours."""
        return self.duration / timedelta(hours=1)

    @property
    def is_empty(self) -> bool:
        return self.start == self.end

    def __contains__(self, moment: object) -> bool:
        return isinstance(moment, datetime) and self.contains(moment)

    def contains(self, moment: datetime) -> bool:
        """True for start <= moment < end. Raises PeriodError for a naive moment."""
        return self.start <= require_aware(moment) < self.end

    def covers(self, other: Period) -> bool:
        """True where every moment of `other` is in this period; an empty period is covered by every period."""
        return other.is_empty or (self.start <= other.start and other.end <= self.end)

    def overlaps(self, other: Period) -> bool:
        """True where the two have a moment in common; neighbours that only touch do not overlap."""
        return max(self.start, other.start) < min(self.end, other.end)

    def intersection(self, other: Period) -> Period | None:
        """What both have in common, or None where they have no moment in common."""
        if not self.overlaps(other):
            return None
        return Period(max(self.start, other.start), min(self.end, other.end))

    def split(self, borders: Iterable[datetime]) -> list[Period]:
        """The pieces between the borders, in order; together they are exactly this period.

        Borders outside the period, at its bounds or given twice change nothing; an empty period has no pieces.
        Raises PeriodError for a naive border.
        """
        if self.is_empty:
            return []
        inside = {border for border in map(require_aware, borders) if self.start < border < self.end}
        bounds = [self.start, *sorted(inside), self.end]
        return [Period(left, right) for left, right in zip(bounds, bounds[1:], strict=False)]

"""Opening hours: a plan for a week, kept as JSON, written by people and read by people.

Kept as `{"0": [["08:00", "12:00"], ["13:00", "18:00"]], "5": …}`: weekdays from 0 (Monday), each with its spans in
order. A day that is missing is closed. "24:00" is the end of a day; a span whose end is not after its beginning runs
into the next day, as 18:00 to 02:00 does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Refusal, Text

DAYS = range(7)
DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES
MOST_SPANS = 6

_TIME = r"(\d{1,2})(?:[:.h](\d{2}))?"
# A hyphen, a dash, a tilde or a full-width one stand between two times.
_SPAN = re.compile(rf"{_TIME}\s*(?:-|–|—|~|～|−)\s*{_TIME}")
_CLOSED = frozenset({"", "-", "–", "x", "closed"})


class OpeningError(Refusal, ValueError):
    """Opening hours that are none."""

    code = "opening"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From one minute of a day until another; `until` is over 1440 for a span that runs into the next day.

    Raises OpeningError for a span that is empty or longer than a day.
    """

    start: int
    until: int

    def __post_init__(self) -> None:
        if not (0 <= self.start < DAY_MINUTES and self.start < self.until <= self.start + DAY_MINUTES):
            raise OpeningError(gettext_lazy("Opening hours begin within a day and last at most 24 hours."))

    def __str__(self) -> str:
        until = self.until if self.until <= DAY_MINUTES else self.until - DAY_MINUTES
        return f"{_clock(self.start)}–{_clock(until)}"


Week = tuple[tuple[Span, ...], ...]
"""The spans of each of the seven days, Monday first."""

CLOSED_WEEK: Week = ((),) * 7


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _minutes(hours: str, minutes: str | None, whole: str) -> int:
    value = int(hours) * 60 + int(minutes or 0)
    if int(minutes or 0) >= 60 or value > DAY_MINUTES:
        raise OpeningError(gettext_lazy("“%(text)s” is no time of day."), params={"text": whole})
    return value


def span_between(start: int, until: int) -> Span:
    """The span from one minute of a day (0 to 1439) until another (1 to 1440); it may run over midnight."""
    return Span(start, until if until > start else until + DAY_MINUTES)


def parse_day(text: str) -> tuple[Span, ...]:
    """The spans that somebody wrote for one day, such as "8-12, 13:30–18"; none for an empty text or "closed".

    Raises OpeningError for what is no list of times, or whose times overlap.
    """
    plain = text.strip().lower()
    if plain in _CLOSED or plain == str(_("closed")).lower():
        return ()
    spans = []
    for part in re.split(r"[,;，；、]", plain):
        match = _SPAN.fullmatch(part.strip())
        if match is None:
            raise OpeningError(
                gettext_lazy("“%(text)s” is no span of time. Write it as 08:00-18:00, several with commas between."),
                params={"text": part.strip()},
            )
        start = _minutes(match[1], match[2], part.strip())
        until = _minutes(match[3], match[4], part.strip())
        if start == until:
            raise OpeningError(
                gettext_lazy("“%(text)s” begins when it ends. Write 00:00-24:00 for a whole day."),
                params={"text": part.strip()},
            )
        spans.append(span_between(start, until or DAY_MINUTES))
    if len(spans) > MOST_SPANS:
        raise OpeningError(gettext_lazy("A day has at most %(most)d spans."), params={"most": MOST_SPANS})
    return tuple(sorted(spans))


def day_text(spans: Sequence[Span]) -> str:
    """The spans of one day as people write them; `parse_day` reads it."""
    return ", ".join(str(span) for span in spans)


def check_week(week: Week) -> None:
    """Raises OpeningError when spans overlap, within a day or from one day into the next (Sunday into Monday too)."""
    spans = [(day * DAY_MINUTES + span.start, day * DAY_MINUTES + span.until) for day in DAYS for span in week[day]]
    spans.sort()
    if spans:
        first = spans[0]
        spans.append((first[0] + WEEK_MINUTES, first[1] + WEEK_MINUTES))
    for (_start, end), (start, _end) in pairwise(spans):
        if start < end:
            day = start // DAY_MINUTES % 7
            raise OpeningError(
                gettext_lazy("The opening hours overlap on %(day)s."), params={"day": WEEKDAYS[day]}, code="overlap"
            )


def week_to_json(week: Week) -> dict[str, list[list[str]]]:
    """The week as it is kept."""
    return {
        str(day): [
            [_clock(span.start), _clock(span.until if span.until <= DAY_MINUTES else span.until - DAY_MINUTES)]
            for span in week[day]
        ]
        for day in DAYS
        if week[day]
    }


def week_from_json(value: object) -> Week:
    """The week that is kept as `value`. Raises OpeningError for anything that `week_to_json` does not write."""
    if not isinstance(value, Mapping) or not set(value) <= {str(day) for day in DAYS}:
        raise OpeningError(gettext_lazy("Opening hours are kept by weekday, 0 (Monday) to 6 (Sunday)."))
    week = tuple(_day_from_json(value.get(str(day), [])) for day in DAYS)
    check_week(week)
    return week


def _day_from_json(pairs: object) -> tuple[Span, ...]:
    if not isinstance(pairs, list) or not all(_is_pair(pair) for pair in pairs):
        raise OpeningError(gettext_lazy('The hours of a day are a list of pairs such as ["08:00", "18:00"].'))
    return parse_day(", ".join(f"{start}-{until}" for start, until in pairs))


def _is_pair(pair: object) -> bool:
    return (
        isinstance(pair, list)
        and len(pair) == 2
        and all(isinstance(time, str) and re.fullmatch(r"\d{2}:\d{2}", time) for time in pair)
    )


def validate_week(value: object) -> None:
    """Raises ValidationError for what is no week plan; the validator of the model's field."""
    try:
        week_from_json(value)
    except OpeningError as error:
        raise ValidationError(str(error), code=error.code) from error


def week_lines(week: Week) -> list[tuple[str, str]]:
    """The week as people read it: neighbouring days with equal hours in one line, such as ("Mon–Fri", "08:00–18:00").

    Empty for a week without any hours.
    """
    if not any(week):
        return []
    lines = []
    for hours, group in groupby(DAYS, key=lambda day: week[day]):
        days = list(group)
        name = str(WEEKDAYS_ABBR[days[0]])
        if len(days) > 1:
            name = f"{name}–{WEEKDAYS_ABBR[days[-1]]}"
        lines.append((name, day_text(hours) or _("closed")))
    return lines


def opening_text(*, always_open: bool, week: object) -> Text:
    """Opening hours in one line; empty when they are not known (or kept in a form that is none)."""
    if always_open:
        return _("Open day and night")
    try:
        lines = week_lines(week_from_json(week))
    except OpeningError:
        return ""
    return "; ".join(f"{days} {hours}" for days, hours in lines)

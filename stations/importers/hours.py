"""Opening hours in one cell, such as "Mon-Fri 08:00-18:00; Sat 9-12", "24/7" or the plan as it is kept."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from core.importing.errors import CellError, shown
from stations.opening import (
    DAYS,
    OpeningError,
    Span,
    Week,
    check_week,
    opening_text,
    parse_day,
    week_from_json,
    week_to_json,
)

_ALWAYS = {
    "24/7", "24h", "24 h", "24 hours", "always", "always open", "day and night", "open day and night", "全天", "24小时",
}  # fmt: skip
_EVERY_DAY = {"", "daily", "every day", "everyday", "mon-sun", "täglich", "每天"}
_NAMES = (
    ("mon", "monday", "mo", "montag", "周一", "星期一"),
    ("tue", "tuesday", "tues", "tu", "di", "dienstag", "周二", "星期二"),
    ("wed", "wednesday", "we", "mi", "mittwoch", "周三", "星期三"),
    ("thu", "thursday", "thur", "thurs", "th", "do", "donnerstag", "周四", "星期四"),
    ("fri", "friday", "fr", "freitag", "周五", "星期五"),
    ("sat", "saturday", "sa", "samstag", "周六", "星期六"),
    ("sun", "sunday", "su", "so", "sonntag", "周日", "星期日", "周天"),
)
_PART = re.compile(r"(?P<days>[^\d:]*?)\s*:?\s*(?P<hours>\d.*|closed|-|–)", re.IGNORECASE | re.DOTALL)
_TO = re.compile(r"\s*(?:-|–|—|~|～|\bto\b|\bbis\b|至|到)\s*")


class Opening(NamedTuple):
    """When a site is open: always, or by the week as it is kept."""

    always: bool
    week: dict[str, Any]


@dataclass(frozen=True)
class OpeningParser:
    """A cell with opening hours. Days that it does not name are closed."""

    def __call__(self, text: str, column: str = "") -> Opening:
        plain = " ".join(text.split())
        if plain.lower() in _ALWAYS or plain == opening_text(always_open=True, week={}):
            return Opening(always=True, week={})
        try:
            return Opening(always=False, week=week_to_json(_week(text)))
        except OpeningError as error:
            raise CellError(column, text, str(error)) from error


def _week(text: str) -> Week:
    if text.lstrip().startswith("{"):
        try:
            return week_from_json(json.loads(text))
        except ValueError as error:
            raise OpeningError(str(error)) from error
    week: list[tuple[Span, ...]] = [()] * 7
    for part in filter(None, (part.strip() for part in re.split(r"[;；\n]", text))):
        match = _PART.fullmatch(part)
        if match is None:
            raise OpeningError(_not_understood(part))
        spans = parse_day(match["hours"])
        for day in _days(match["days"], part):
            week[day] = spans
    found = tuple(week)
    check_week(found)
    return found


def _days(text: str, part: str) -> list[int]:
    """The weekdays (0 is Monday) that a text such as "Mon-Wed, Fri" names; a range may run over the weekend."""
    plain = text.strip().rstrip(":").lower()
    if plain in _EVERY_DAY:
        return list(DAYS)
    days: list[int] = []
    for piece in re.split(r"[,、，&+]| and ", plain):
        ends = [_day(name, part) for name in _TO.split(piece.strip())]
        if len(ends) > 2:
            raise OpeningError(_not_understood(part))
        first, last = ends[0], ends[-1]
        days += [day % 7 for day in range(first, last + 1 if last >= first else last + 8)]
    return days


def _day(name: str, part: str) -> int:
    plain = name.strip().rstrip(".")
    for day in DAYS:
        if plain in _NAMES[day] or plain in (str(WEEKDAYS[day]).lower(), str(WEEKDAYS_ABBR[day]).lower()):
            return day
    raise OpeningError(_not_understood(part))


def _not_understood(part: str) -> str:
    return _("%(part)s are no opening hours. Write them as Mon-Fri 08:00-18:00; Sat 09:00-12:00, or 24/7.") % {
        "part": shown(part)
    }

"""Values as people read them. Only templates, and what stands for one (paper, spreadsheets' heads), call these.

Days and times are written in the order of ISO 8601, which sorts and reads the same in every language of the product;
numbers take the decimal mark of the reader's language and groups of three digits.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from html import escape
from typing import Any

from django.utils import timezone
from django.utils.formats import get_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from core.money import round_money

NOTHING = "–"
NO_BREAK = "\u00a0"
Number = int | float | Decimal


def number(value: Number, decimals: int | None = None) -> str:
    """Write a number with grouped digits; ``decimals`` None keeps those it has (at most three)."""
    if isinstance(value, int) and not decimals:
        return ("\u2212" if value < 0 else "") + f"{abs(value):,}".replace(",", _marks(get_language())[1])
    exact = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    if decimals is None:
        shortest = exact.quantize(Decimal("0.001"), rounding=ROUND_HALF_UP).normalize()
        decimals = max(-int(shortest.as_tuple().exponent), 0)
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    mark, group = _marks(get_language())
    whole, _point, rest = f"{abs(rounded):,f}".partition(".")
    sign = "\u2212" if rounded < 0 else ""
    return sign + whole.replace(",", group) + (mark + rest if rest else "")


@cache
def _marks(language: str | None) -> tuple[str, str]:
    """The marks of decimals and of thousands in a language."""
    # Chinese formats name no separator of thousands; a long figure without one is hard to read.
    return get_format("DECIMAL_SEPARATOR", language), get_format("THOUSAND_SEPARATOR", language) or ","


def energy(watt_hours: Number, decimals: int | None = 1) -> str:
    """Write Wh as kWh, without the unit."""
    if isinstance(watt_hours, int) and decimals is not None and 0 <= decimals <= 3:
        return _thousandths(watt_hours, decimals)
    return number(Decimal(watt_hours) / 1000, decimals)


def power(watts: Number, decimals: int | None = None) -> str:
    """Write W as kW, without the unit."""
    return number(Decimal(watts) / 1000, decimals)


def _thousandths(value: int, decimals: int) -> str:
    """As `number` of a thousandth of a whole number; whole numbers all the way, as lists hold many of these."""
    step: int = 10 ** (3 - decimals)
    rounded = (2 * abs(value) + step) // (2 * step)
    mark, group = _marks(get_language())
    whole, rest = divmod(rounded, 10**decimals)
    sign = "\u2212" if value < 0 and rounded else ""
    return sign + f"{whole:,}".replace(",", group) + (f"{mark}{rest:0{decimals}d}" if decimals else "")


def scaled_energy(watt_hours: Number) -> tuple[str, str]:
    """Return a figure of at most five digits and its unit (kWh, MWh or GWh), for headlines."""
    exact = Decimal(watt_hours)
    for unit, size in (("GWh", 10**9), ("MWh", 10**6)):
        if abs(exact) >= 10 * size:
            return number(exact / size, 1), unit
    return number(exact / 1000, 0), "kWh"


def percent(ratio: Number, decimals: int | None = 1) -> str:
    """Write a ratio (1 is the whole) as a percentage, without the sign."""
    return number(Decimal(str(ratio)) * 100, decimals)


def money(amount: Decimal, currency: str) -> str:
    """Write an amount with the digits of its currency (ISO 4217), without the code."""
    rounded = round_money(amount, currency)
    return number(rounded, max(-int(rounded.as_tuple().exponent), 0))


def duration(value: timedelta | Number) -> str:
    """Write a length of time; a plain number is seconds. Below a minute in seconds, then hours and minutes."""
    seconds = round(value.total_seconds() if isinstance(value, timedelta) else float(value))
    sign = "\u2212" if seconds < 0 else ""
    minutes, rest = divmod(abs(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        text = _("%(hours)d h %(minutes)02d min") % {"hours": hours, "minutes": minutes}
    elif minutes:
        text = _("%(minutes)d min") % {"minutes": minutes}
    else:
        text = _("%(seconds)d s") % {"seconds": rest}
    return sign + text.replace(" ", NO_BREAK)


def day(value: date) -> str:
    """Write a day as 2024-03-09; of a moment, the day in the zone in force."""
    if isinstance(value, datetime):
        value = timezone.localtime(value)
    return value.strftime("%Y-%m-%d")


def moment(value: datetime, *, seconds: bool = False) -> str:
    """Write an aware moment in the zone in force as 2024-03-09 14:05."""
    return timezone.localtime(value).replace(tzinfo=None).isoformat(" ", "seconds" if seconds else "minutes")


def ago(value: datetime, now: datetime) -> str:
    """Write how long a moment is past, in its largest unit; a day that is long past is written out."""
    seconds = int((now - value).total_seconds())
    if seconds < 0:
        return moment(value)
    if seconds < 60:
        return _("just now")
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86_400
    if minutes < 60:
        return ngettext("%(count)d min ago", "%(count)d min ago", minutes) % {"count": minutes}
    if hours < 24:
        return ngettext("%(count)d h ago", "%(count)d h ago", hours) % {"count": hours}
    if days < 30:
        return ngettext("%(count)d day ago", "%(count)d days ago", days) % {"count": days}
    return day(value)


def time_element(value: datetime | date, text: str = "") -> SafeString:
    """Return a <time> element that carries the exact value for machines and, for moments, as its title.

    Without a text it shows the day, or the moment to the minute.
    """
    if not isinstance(value, datetime):
        return SafeString(f'<time datetime="{value.isoformat()}">{escape(text) or value.isoformat()}</time>')  # nosec B703
    zone = timezone.get_current_timezone()
    local = value.astimezone(zone).isoformat(" ", "seconds")[:19]
    stamp = value.astimezone(UTC).isoformat()[:-6]
    shown = escape(text) or local[:16]
    return SafeString(f'<time datetime="{stamp}Z" title="{local} {escape(str(zone))}">{shown}</time>')  # nosec B703


def is_nothing(value: Any) -> bool:
    """Say whether a value is drawn as a dash; zero and False are values."""
    return value is None or value == ""

"""Values as people read them. Only templates, and what stands for one (paper, spreadsheets' heads), call these.

Days and times are written in the order of ISO 8601, which sorts and reads the same in every language of the product;
numbers take the decimal mark of the reader's language and groups of three digits.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils import timezone
from django.utils.formats import get_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.money import round_money

NOTHING = "–"
NO_BREAK = "\u00a0"
Number = int | float | Decimal


def number(value: Number, decimals: int | None = None) -> str:
    """Write a number with grouped digits; ``decimals`` None keeps those it has (at most three of a float)."""
    exact = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    if decimals is None:
        decimals = min(max(-int(exact.normalize().as_tuple().exponent), 0), 3)
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    mark = get_format("DECIMAL_SEPARATOR")
    # Chinese formats name no separator of thousands; a long figure without one is hard to read.
    group = get_format("THOUSAND_SEPARATOR") or ","
    whole, _point, rest = f"{abs(rounded):,f}".partition(".")
    sign = "\u2212" if rounded < 0 else ""
    return sign + whole.replace(",", group) + (mark + rest if rest else "")


def energy(watt_hours: Number, decimals: int | None = 1) -> str:
    """Write Wh as kWh, without the unit."""
    return number(Decimal(watt_hours) / 1000, decimals)


def power(watts: Number, decimals: int | None = None) -> str:
    """Write W as kW, without the unit."""
    return number(Decimal(watts) / 1000, decimals)


def scaled_energy(watt_hours: Number) -> tuple[str, str]:
    """Return a figure of at most five digits and its unit (kWh, MWh or GWh), for headlines."""
    for unit, size in (("GWh", 10**9), ("MWh", 10**6)):
        if abs(watt_hours) >= 10 * size:
            return number(Decimal(watt_hours) / size, 1), unit
    return number(Decimal(watt_hours) / 1000, 0), "kWh"


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
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")


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


def time_element(value: datetime | date, text: str) -> SafeString:
    """Return a <time> element that carries the exact value for machines and, for moments, as its title."""
    if not isinstance(value, datetime):
        return format_html('<time datetime="{}">{}</time>', value.isoformat(), text)
    exact = moment(value, seconds=True)
    zone = timezone.get_current_timezone_name()
    stamp = value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return format_html('<time datetime="{}" title="{} {}">{}</time>', stamp, exact, zone, text)


def is_nothing(value: Any) -> bool:
    """Say whether a value is drawn as a dash; zero and False are values."""
    return value is None or value == ""

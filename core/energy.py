"""Energy in whole watt-hours (Wh), power in kilowatts (kW).

Energy is kept as an integer number of Wh, so that sums are exact whatever their order. Files and people speak of kWh
with up to three decimals; a finer figure is refused or rounded, never cut off silently.
"""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from core.errors import Refusal

WH_PER_KWH = 1000
# 1 TWh in one figure is more than any charger gives, and a PostgreSQL bigint holds the sum of nine million of them.
MOST_KWH = Decimal(10) ** 9
_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
# Plain or scientific notation, as spreadsheets write; not the underscores and foreign digits that Decimal also reads.
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")


class EnergyError(Refusal, ValueError):
    """A figure that is no energy, or not a whole number of Wh."""

    code = "energy"


def wh_from_kwh(kwh: Decimal | str) -> int:
    """The energy in Wh of a figure in kWh. Raises EnergyError where it is no number or not a whole number of Wh."""
    exact = _in_wh(kwh)
    whole = int(exact)
    if whole != exact:
        raise EnergyError(_("%(kwh)s kWh is not a whole number of Wh."), code="not_whole_wh", params={"kwh": kwh})
    return whole


def wh_from_kwh_rounded(kwh: Decimal | str) -> int:
    """As `wh_from_kwh`, rounded half up (away from zero) to a whole Wh. Raises EnergyError where it is no number."""
    return int(_in_wh(kwh).to_integral_value(rounding=ROUND_HALF_UP))


def _in_wh(kwh: Decimal | str) -> Decimal:
    number = _parsed(kwh) if isinstance(kwh, str) else kwh
    if not isinstance(number, Decimal):
        raise TypeError(f"energy in kWh is a Decimal or a text, not {type(kwh).__name__}")
    if not number.is_finite() or abs(number) > MOST_KWH or len(number.as_tuple().digits) > _EXACT.prec:
        raise EnergyError(_("%(kwh)s is not an energy in kWh."), code="not_energy", params={"kwh": kwh})
    return number.scaleb(3, context=_EXACT)


def _parsed(text: str) -> Decimal:
    stripped = text.strip()
    if _NUMBER.fullmatch(stripped) is None:
        raise EnergyError(_("“%(text)s” is not an energy in kWh."), code="not_energy", params={"text": text[:80]})
    return Decimal(stripped)


def kwh_from_wh(wh: int) -> Decimal:
    """The exact figure in kWh, always with three decimals."""
    return Decimal(wh).scaleb(-3, context=_EXACT)


def wh_at(kw: Decimal, duration: timedelta) -> int:
    """The energy in Wh that a constant power of `kw` gives in `duration`, rounded half up to a whole Wh."""
    exact = Fraction(kw) * WH_PER_KWH * _hours(duration)
    return _half_up(exact)


def average_kw(wh: int, duration: timedelta) -> Decimal:
    """The mean power in kW, rounded half up to whole watts. Raises EnergyError for a duration that is not positive."""
    if duration <= timedelta(0):
        raise EnergyError(_("A mean power needs a duration above zero."), code="no_duration")
    return Decimal(_half_up(Fraction(wh) / _hours(duration))).scaleb(-3, context=_EXACT)


def _hours(duration: timedelta) -> Fraction:
    return Fraction(duration // timedelta.resolution, timedelta(hours=1) // timedelta.resolution)


def _half_up(value: Fraction) -> int:
    """To a whole number, halves away from zero."""
    whole = (abs(value) + Fraction(1, 2)) // 1
    return int(whole) if value >= 0 else -int(whole)

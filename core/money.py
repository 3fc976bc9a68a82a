"""Amounts of money: exact decimals that never part from their currency.

Formatting for people is the business of templates; this module only calculates.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation
from functools import cache

import pycountry
from django.utils.translation import gettext_lazy as _

from core.errors import Refusal

# Minor units, ISO 4217 list one (column "CcyMnrUnts", SIX Financial Information, the standard's maintenance agency):
# nearly all currencies have two decimals; these are the others.
# fmt: off
_MINOR_UNITS = {
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0, "UGX": 0,
    "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
    "CLF": 4, "UYW": 4,
}
# Listed with "N.A.": metals, units of account, the codes for testing and for no currency. Nothing is paid in them.
_NO_MONEY = frozenset({
    "XAG", "XAU", "XBA", "XBB", "XBC", "XBD", "XDR", "XPD", "XPT", "XSU", "XTS", "XUA", "XXX",
})
# fmt: on

# Wide enough for any sum a network can hold; what does not fit raises decimal.Inexact instead of losing digits.
_EXACT = Context(prec=120, traps=[Inexact, InvalidOperation])
_ROUNDING = Context(prec=120, rounding=ROUND_HALF_UP)


class MoneyError(Refusal, ValueError):
    """An amount or currency that cannot be calculated with."""

    code = "money"


@cache
def minor_unit(currency: str) -> int:
    """How many decimals amounts of an ISO 4217 currency have: CNY 2, JPY 0, KWD 3.

    Raises MoneyError for a code that ISO 4217 does not list (codes are upper case) or that no one pays in.
    """
    if currency in _NO_MONEY or pycountry.currencies.get(alpha_3=currency) is None or not currency.isupper():
        raise MoneyError(
            _("“%(currency)s” is not a currency of ISO 4217."), code="currency", params={"currency": currency}
        )
    return _MINOR_UNITS.get(currency, 2)


def round_money(amount: Decimal, currency: str) -> Decimal:
    """`amount` rounded half up to the currency's minor unit: the only rounding of money in the product.

    Half up means away from zero, so that a refund of -0.005 undoes a charge of 0.005 exactly. Raises MoneyError for
    an unknown currency and for an amount that is not finite.
    """
    if not amount.is_finite():
        raise MoneyError(_("%(amount)s is not an amount of money."), code="amount", params={"amount": amount})
    rounded = amount.quantize(Decimal(1).scaleb(-minor_unit(currency)), context=_ROUNDING)
    return rounded if rounded else abs(rounded)  # no "-0.00"


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency (ISO 4217, for example "CNY"). The amount may be finer than the minor unit.

    Sums and comparisons need one currency; anything else raises MoneyError. So do unknown currencies and amounts that
    are not finite; a float raises TypeError, as it does not hold the digits that were written.
    """

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal):
            raise TypeError(f"the amount of money is a Decimal, not {type(self.amount).__name__}")
        if not self.amount.is_finite():
            raise MoneyError(_("%(amount)s is not an amount of money."), code="amount", params={"amount": self.amount})
        minor_unit(self.currency)

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Nothing, in this currency."""
        return cls(Decimal(0), currency)

    @classmethod
    def total(cls, parts: Iterable[Money], currency: str) -> Money:
        """The sum of the parts; nothing for no parts. Raises MoneyError for a part of another currency."""
        result = cls.zero(currency)
        for part in parts:
            result += part
        return result

    def __add__(self, other: Money) -> Money:
        return Money(_EXACT.add(self.amount, self._same(other)), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(_EXACT.subtract(self.amount, self._same(other)), self.currency)

    def __neg__(self) -> Money:
        return Money(_EXACT.minus(self.amount), self.currency)

    def __mul__(self, factor: Decimal | int) -> Money:
        """The exact product, not rounded: a price times a quantity."""
        if not isinstance(factor, Decimal | int):
            raise TypeError(f"money is multiplied by a Decimal or an int, not by {type(factor).__name__}")
        return Money(_EXACT.multiply(self.amount, Decimal(factor)), self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.amount >= self._same(other)

    @property
    def is_zero(self) -> bool:
        return self.amount == 0

    @property
    def is_rounded(self) -> bool:
        """True where the amount is a whole number of minor units, as everything that is paid must be."""
        return self.amount == round_money(self.amount, self.currency)

    def rounded(self) -> Money:
        """Rounded by `round_money`, with all decimals of the minor unit."""
        return Money(round_money(self.amount, self.currency), self.currency)

    def allocate(self, weights: Sequence[int | Decimal]) -> list[Money]:
        """Parts in proportion to the weights that add up to this very amount, each in whole minor units.

        What proportional shares leave over goes, one minor unit each, to the parts that lost the largest fractions,
        the first of equal ones first (method of the largest remainder, Hamilton). Raises MoneyError where the amount
        is not whole minor units, a weight is negative or the weights are all zero.
        """
        if not self.is_rounded:
            raise MoneyError(_("Only an amount in whole minor units can be divided."), code="not_rounded")
        whole = [Decimal(weight) for weight in weights]
        if not whole or any(not weight.is_finite() or weight < 0 for weight in whole) or not any(whole):
            raise MoneyError(
                _("An amount is divided by weights that are not negative and not all zero."), code="weights"
            )
        places = minor_unit(self.currency)
        sign = -1 if self.amount < 0 else 1
        units = _shares(int(abs(self.amount).scaleb(places, context=_EXACT)), whole)
        return [Money(Decimal(sign * unit).scaleb(-places, context=_EXACT), self.currency) for unit in units]

    def _same(self, other: Money) -> Decimal:
        if not isinstance(other, Money):
            raise TypeError(f"money goes with money, not with {type(other).__name__}")
        if other.currency != self.currency:
            raise MoneyError(
                _("%(one)s and %(other)s do not add up."),
                code="two_currencies",
                params={"one": self.currency, "other": other.currency},
            )
        return other.amount


def _shares(units: int, weights: Sequence[Decimal]) -> list[int]:
    """`units` divided by the weights in whole numbers (weights are scaled to integers, so nothing is lost)."""
    finest = max(0, *(-int(weight.as_tuple().exponent) for weight in weights))
    scaled = [int(weight.scaleb(finest, context=_EXACT)) for weight in weights]
    total = sum(scaled)
    shares = [units * weight // total for weight in scaled]
    by_remainder = sorted(range(len(scaled)), key=lambda index: (-(units * scaled[index] % total), index))
    for index in by_remainder[: units - sum(shares)]:
        shares[index] += 1
    return shares

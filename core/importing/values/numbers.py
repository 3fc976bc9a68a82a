"""Figures, with the decimal mark and the thousands separator that the file uses and no others."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from core.importing.errors import CellError, shown

_MAX_LENGTH = 60
_MINUS = str.maketrans({"−": "-", "‐": "-", "–": "-"})
_SPACES = " \u00a0\u2009\u202f"
_GROUPING = {"": "", ",": ",", ".": r"\.", " ": f"[{_SPACES}]", "'": "['’]"}
_PLAIN = re.compile(r"[+-]?\d{1,40}(\.\d{1,40})?", re.ASCII)


@dataclass(frozen=True)
class DecimalParser:
    """An exact decimal number.

    `thousands` is one of "", ",", ".", " " (any space) and "'" and must stand before every third digit or nowhere.
    `unit` is a text that may follow the number, such as "kWh" or "%". Bounds are included.
    """

    mark: str = "."
    thousands: str = ""
    places: int | None = None
    """Digits after the mark at most; more are refused, not rounded, unless they are zeros."""
    minimum: Decimal | int | None = None
    maximum: Decimal | int | None = None
    unit: str = ""
    _form: re.Pattern[str] = field(init=False, repr=False, compare=False)
    _group: re.Pattern[str] | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.mark not in (".", ",") or self.thousands not in _GROUPING or self.mark == self.thousands:
            raise ValueError(f"{self.mark!r} and {self.thousands!r} are no decimal mark and thousands separator")
        group = _GROUPING[self.thousands]
        whole = rf"\d{{1,3}}(?:{group}\d{{3}})+|\d*" if group else r"\d*"
        form = rf"([+-]?)(?=\d|\{self.mark}\d)({whole})(?:\{self.mark}(\d*))?(?:[eE]([+-]?\d{{1,3}}))?"
        object.__setattr__(self, "_form", re.compile(form, re.ASCII))
        object.__setattr__(self, "_group", re.compile(group) if group else None)

    def __call__(self, text: str, column: str = "") -> Decimal:
        # The usual spelling first: nearly every cell ends here.
        value = Decimal(text) if self.mark == "." and _PLAIN.fullmatch(text) else self._read(text, column)
        if self.places is not None and _has_more_places(value, self.places):
            raise CellError(
                column,
                text,
                _("%(value)s has more than %(places)d digits after the decimal mark.")
                % {"value": shown(text), "places": self.places},
            )
        if self.minimum is not None and value < self.minimum:
            raise CellError(
                column, text, _("%(value)s is less than %(limit)s.") % {"value": shown(text), "limit": self.minimum}
            )
        if self.maximum is not None and value > self.maximum:
            raise CellError(
                column, text, _("%(value)s is more than %(limit)s.") % {"value": shown(text), "limit": self.maximum}
            )
        return value

    def _read(self, text: str, column: str) -> Decimal:
        plain = unicodedata.normalize("NFKC", text).translate(_MINUS).strip()
        if self.unit and plain.lower().endswith(self.unit.lower()):
            plain = plain[: -len(self.unit)].rstrip()
        match = self._form.fullmatch(plain) if len(plain) <= _MAX_LENGTH else None
        if match is None:
            raise CellError(column, text, self._message(text, plain))
        sign, whole, fraction, exponent = match.groups()
        whole = self._group.sub("", whole) if self._group else whole
        return (
            Decimal(f"{sign}{whole or '0'}.{fraction or '0'}E{exponent or '0'}")
            if exponent
            else Decimal(f"{sign}{whole or '0'}" + (f".{fraction}" if fraction else ""))
        )

    def _message(self, text: str, plain: str) -> str:
        other = "," if self.mark == "." else "."
        if other in plain and re.fullmatch(r"[+-]?[\d.,]+", plain):
            return _(
                "%(value)s has a “%(other)s”, but the decimal mark is “%(mark)s”. Choose the mark of the file."
            ) % {
                "value": shown(text),
                "other": other,
                "mark": self.mark,
            }
        return _("%(value)s is not a number.") % {"value": shown(text)}


def _has_more_places(value: Decimal, places: int) -> bool:
    """Whether digits other than zero stand beyond `places` digits after the mark."""
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and -exponent > places and value != round(value, places)


@dataclass(frozen=True)
class IntegerParser:
    """A whole number; "12.0" is one, "12.5" is none. Bounds are included."""

    mark: str = "."
    thousands: str = ""
    minimum: int | None = None
    maximum: int | None = None
    unit: str = ""
    _decimal: DecimalParser = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        parser = DecimalParser(self.mark, self.thousands, None, self.minimum, self.maximum, self.unit)
        object.__setattr__(self, "_decimal", parser)

    def __call__(self, text: str, column: str = "") -> int:
        value = self._decimal(text, column)
        if value != value.to_integral_value():
            raise CellError(column, text, _("%(value)s is not a whole number.") % {"value": shown(text)})
        return int(value)

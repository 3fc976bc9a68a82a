"""Coordinates on the Earth: degrees, also with minutes and seconds."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal, NamedTuple

from django.utils.translation import gettext as _

from core.importing.errors import CellError, shown

Axis = Literal["latitude", "longitude"]

_LIMIT: dict[Axis, float] = {"latitude": 90.0, "longitude": 180.0}
_SIDES = {"N": 1, "S": -1, "E": 1, "O": 1, "W": -1, "北": 1, "南": -1, "东": 1, "西": -1}
_AXIS_OF = {"N": "latitude", "S": "latitude", "北": "latitude", "南": "latitude"}
_DEGREES = re.compile(r"([+-]?\d{1,3}(?:[.,]\d+)?)\s*°?")
_SEXAGESIMAL = re.compile(
    r"""([+-]?\d{1,3})\s*[°:\s]\s*(\d{1,2}(?:[.,]\d+)?)\s*['′:\s]?\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*(?:"|″|''|′′)?)?"""
)


class Place(NamedTuple):
    """A point, in degrees of the datum that the file uses."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class CoordinateParser:
    """One coordinate in degrees: 52.52, 52,52 (with `mark` ","), 52°31'12"N, N 52 31.2. South and west are negative."""

    axis: Axis
    mark: str = "."

    def __call__(self, text: str, column: str = "") -> float:
        plain = unicodedata.normalize("NFKC", text).replace("−", "-").replace("’", "'").strip().upper()
        side, plain = self._side(text, plain, column)
        value = self._degrees(plain)
        if value is None or (side and value < 0):
            raise CellError(column, text, _("%(value)s is not a coordinate in degrees.") % {"value": shown(text)})
        value = value * (side or 1)
        if abs(value) > _LIMIT[self.axis]:
            raise CellError(column, text, self._out_of_range(text, value))
        return value

    def _side(self, text: str, plain: str, column: str) -> tuple[int, str]:
        """The sign that a letter such as N or W stands for (0: no letter), and the text without it."""
        for letter, rest in ((plain[:1], plain[1:]), (plain[-1:], plain[:-1])):
            if letter in _SIDES and letter:
                if (_AXIS_OF.get(letter, "longitude")) != self.axis:
                    raise CellError(column, text, _("%(value)s belongs to the other axis.") % {"value": shown(text)})
                return _SIDES[letter], rest.strip(" 纬经")
        return 0, plain

    def _degrees(self, plain: str) -> float | None:
        if self.mark == "." and "," in plain:
            return None
        point = plain.replace(",", ".") if self.mark == "," else plain
        if self.mark == "," and "." in plain:
            return None
        if match := _DEGREES.fullmatch(point):
            return float(match[1])
        if match := _SEXAGESIMAL.fullmatch(point):
            minutes, seconds = float(match[2]), float(match[3] or 0)
            if minutes < 60 and seconds < 60:
                sign = -1.0 if match[1].startswith("-") else 1.0
                return sign * (abs(float(match[1])) + minutes / 60 + seconds / 3600)
        return None

    def _out_of_range(self, text: str, value: float) -> str:
        if self.axis == "latitude" and abs(value) <= _LIMIT["longitude"]:
            return _("%(value)s is no latitude (at most 90). Are latitude and longitude exchanged?") % {
                "value": shown(text)
            }
        return _("%(value)s is out of range.") % {"value": shown(text)}


@dataclass(frozen=True)
class PlaceParser:
    """Latitude and longitude in one cell: "52.52, 13.40", "52,52; 13,40", "52.52 13.40", or the other way round."""

    mark: str = "."
    longitude_first: bool = False

    def __call__(self, text: str, column: str = "") -> Place:
        parts = [
            part
            for part in re.split(r"[;|]|,\s+|\s+|,(?=\S)" if self.mark == "." else r"[;|]|\s+", text.strip("() "))
            if part
        ]
        if len(parts) != 2:
            raise CellError(column, text, _("%(value)s is not a pair of coordinates.") % {"value": shown(text)})
        first, second = reversed(parts) if self.longitude_first else parts
        return Place(
            CoordinateParser("latitude", self.mark)(first, column),
            CoordinateParser("longitude", self.mark)(second, column),
        )

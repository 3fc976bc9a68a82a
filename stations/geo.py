"""Places on the earth: WGS 84 coordinates in degrees, distances in metres, and the shifted systems of Chinese maps.

Everything is kept in WGS 84. Chinese maps and the files made from them use GCJ-02, some BD-09; both are converted on
the way in.

GCJ-02 is a secret transformation; what is used here is the approximation known since 2010, a shift by sums of sines
scaled on the Krasovsky 1940 ellipsoid. Source of its constants: "EvilTransform.cs" by an anonymous author (project
on4wp7 on CodePlex, changeset 21483), described and checked against map tiles in github.com/googollee/eviltransform
and in Wikipedia, "Restrictions on geographic data in China". Being an approximation it may be some metres off.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from core.errors import Refusal

# Mean radius of the earth in metres: R1 = (2a + b) / 3 of GRS 80 (H. Moritz, Journal of Geodesy 74, 2000, p. 131).
EARTH_RADIUS_M = 6_371_008.8

# Krasovsky 1940: semi-major axis in metres and first eccentricity squared, as the published formula has them.
_KRASOVSKY_A = 6_378_245.0
_KRASOVSKY_EE = 0.00669342162296594323
_BD_ANGLE = math.pi * 3000.0 / 180.0
# The inverses end when the image is this close to the point asked for (degrees; 1e-9° is a tenth of a millimetre).
_CLOSE_ENOUGH = 1e-9
_MOST_ROUNDS = 50


class PlaceError(Refusal, ValueError):
    """Coordinates that are none."""

    code = "place"


class CoordinateSystem(TextChoices):
    """In which system the coordinates of a file or a map are given."""

    WGS84 = "wgs84", _("WGS 84 (GPS, OpenStreetMap)")
    GCJ02 = "gcj02", _("GCJ-02 (Amap, Tencent, Chinese maps)")
    BD09 = "bd09", _("BD-09 (Baidu)")


class Place(NamedTuple):
    """A point by latitude and longitude in degrees, north and east positive. Made by `place`, which checks it."""

    latitude: float
    longitude: float


def place(latitude: float | Decimal | str, longitude: float | Decimal | str) -> Place:
    """The place with these WGS 84 coordinates. Raises PlaceError for what is no number or out of range (±90, ±180)."""
    return Place(_degrees(latitude, 90, "latitude"), _degrees(longitude, 180, "longitude"))


def _degrees(value: float | Decimal | str, most: int, field: str) -> float:
    try:
        degrees = float(value)
    except (TypeError, ValueError):
        degrees = math.nan
    if math.isfinite(degrees) and -most <= degrees <= most:
        return degrees
    text = _("“%(value)s” is not a latitude (-90 to 90 degrees).")
    if field == "longitude":
        text = _("“%(value)s” is not a longitude (-180 to 180 degrees).")
    raise PlaceError(text, field=field, params={"value": value})


def to_wgs84(point: Place, system: CoordinateSystem) -> Place:
    """The WGS 84 coordinates of a point that is given in `system`."""
    if system == CoordinateSystem.GCJ02:
        return wgs84_from_gcj02(point)
    if system == CoordinateSystem.BD09:
        return wgs84_from_gcj02(gcj02_from_bd09(point))
    return point


def outside_china(point: Place) -> bool:
    """True where the published rule leaves coordinates unshifted.

    The rule is a rectangle: it also takes in neighbours such as Nepal, Korea and Vietnam, where maps are not
    shifted. So a file is converted only when somebody has said that it is in GCJ-02, never by where it lies.
    """
    return not (72.004 <= point.longitude <= 137.8347 and 0.8293 <= point.latitude <= 55.8271)


def gcj02_from_wgs84(point: Place) -> Place:
    """Where a Chinese map shows a WGS 84 point: 100 to 700 m away in China, the same point outside."""
    return point if outside_china(point) else _shifted(point)


def wgs84_from_gcj02(point: Place) -> Place:
    """The WGS 84 point that a Chinese map shows at `point`; its image differs from `point` by less than 1e-6 degrees.

    The formula has no closed inverse; the shift changes so slowly that taking the remaining difference off a few
    times converges. Beside the rectangle's border, far from any city, image and point may differ by the whole shift.
    """
    return point if outside_china(point) else _inverse(_shifted, point)


def bd09_from_gcj02(point: Place) -> Place:
    """Where a Baidu map shows a GCJ-02 point, within some metres.

    The approximation published in 2013 (blog.csdn.net/coolypf/article/details/8569813), with the angle of 3000/180 pi
    that copies of it have lost (github.com/googollee/eviltransform, issue 43).
    """
    y, x = point
    distance = math.hypot(x, y) + 0.00002 * math.sin(y * _BD_ANGLE)
    angle = math.atan2(y, x) + 0.000003 * math.cos(x * _BD_ANGLE)
    return Place(distance * math.sin(angle) + 0.006, distance * math.cos(angle) + 0.0065)


def gcj02_from_bd09(point: Place) -> Place:
    """The GCJ-02 point that a Baidu map shows at `point`; its image differs by less than 1e-6 degrees."""
    return _inverse(bd09_from_gcj02, point)


def _inverse(forward: Callable[[Place], Place], image: Place) -> Place:
    guess = image
    for _round in range(_MOST_ROUNDS):
        there = forward(guess)
        north, east = there.latitude - image.latitude, there.longitude - image.longitude
        guess = Place(guess.latitude - north, guess.longitude - east)
        if max(abs(north), abs(east)) < _CLOSE_ENOUGH:
            break
    return guess


def _shifted(point: Place) -> Place:
    x, y = point.longitude - 105.0, point.latitude - 35.0
    sine = math.sin(math.radians(point.latitude))
    flattening = 1 - _KRASOVSKY_EE * sine * sine
    root = math.sqrt(flattening)
    # The shift in metres becomes degrees by the radii of curvature of the ellipsoid: meridian, then parallel.
    metres_per_radian_north = _KRASOVSKY_A * (1 - _KRASOVSKY_EE) / (flattening * root)
    metres_per_radian_east = _KRASOVSKY_A / root * math.cos(math.radians(point.latitude))
    return Place(
        point.latitude + math.degrees(_metres_north(x, y) / metres_per_radian_north),
        point.longitude + math.degrees(_metres_east(x, y) / metres_per_radian_east),
    )


def _metres_north(x: float, y: float) -> float:
    plane = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    return plane + (_ripple(x) + _waves(y, (20, 1), (40, 3), (160, 12), (320, 30))) * 2 / 3


def _metres_east(x: float, y: float) -> float:
    plane = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    return plane + (_ripple(x) + _waves(x, (20, 1), (40, 3), (150, 12), (300, 30))) * 2 / 3


def _ripple(x: float) -> float:
    return 20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)


def _waves(value: float, *waves: tuple[float, float]) -> float:
    """The sum of sines, each given by its height in metres and its half wave length in degrees."""
    return sum(height * math.sin(value * math.pi / length) for height, length in waves)


def distance_m(one: Place, other: Place) -> float:
    """Great-circle distance in metres on a sphere, within 0.6 % of the ellipsoid's.

    Haversine formula, which keeps its digits for near points (R. W. Sinnott, "Virtues of the Haversine", Sky and
    Telescope 68(2), 1984, p. 159).
    """
    lat1, lat2 = math.radians(one.latitude), math.radians(other.latitude)
    east = math.radians(other.longitude - one.longitude)
    h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(east / 2) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(h)))


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of coordinates in degrees, borders included; `west` > `east` where it crosses the date line."""

    south: float
    west: float
    north: float
    east: float

    def __post_init__(self) -> None:
        place(self.south, self.west)
        place(self.north, self.east)
        if self.north < self.south:
            raise PlaceError(_("The northern border lies south of the southern one."), code="box")

    @classmethod
    def of(cls, places: Iterable[Place]) -> Box | None:
        """The smallest box around the places that does not cross the date line; None for no places."""
        points = list(places)
        if not points:
            return None
        latitudes = [point.latitude for point in points]
        longitudes = [point.longitude for point in points]
        return cls(min(latitudes), min(longitudes), max(latitudes), max(longitudes))

    @classmethod
    def around(cls, middle: Place, metres: float) -> Box:
        """A box that holds every place within `metres` (not negative) of `middle`, and some more at its corners."""
        if metres < 0:
            raise PlaceError(_("A distance is not negative."), code="box")
        # Rounded up a little: the box may hold a neighbour more, never one less.
        angle = metres / EARTH_RADIUS_M * (1 + 1e-9) + 1e-12
        south = middle.latitude - math.degrees(angle)
        north = middle.latitude + math.degrees(angle)
        if south <= -90 or north >= 90 or angle >= math.pi / 2:
            return cls(max(south, -90.0), -180.0, min(north, 90.0), 180.0)
        # The widest parallel of the circle is nearer to the pole than its middle.
        wide = math.degrees(math.asin(min(1.0, math.sin(angle) / math.cos(math.radians(middle.latitude)))))
        return cls(south, _wrapped(middle.longitude - wide), north, _wrapped(middle.longitude + wide))

    def __contains__(self, point: object) -> bool:
        return isinstance(point, Place) and self.contains(point)

    def contains(self, point: Place) -> bool:
        """True for a place inside or on the border."""
        if not self.south <= point.latitude <= self.north:
            return False
        if self.west <= self.east:
            return self.west <= point.longitude <= self.east
        return point.longitude >= self.west or point.longitude <= self.east


def _wrapped(longitude: float) -> float:
    if longitude < -180:
        return longitude + 360
    return longitude - 360 if longitude > 180 else longitude

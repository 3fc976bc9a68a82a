import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stations.geo import (
    Box,
    CoordinateSystem,
    Place,
    PlaceError,
    bd09_from_gcj02,
    distance_m,
    gcj02_from_bd09,
    gcj02_from_wgs84,
    outside_china,
    place,
    to_wgs84,
    wgs84_from_gcj02,
)

places = st.builds(Place, st.floats(-90, 90), st.floats(-180, 180))
# Away from the border of the rule, where shifted and unshifted points lie side by side.
chinese = st.builds(Place, st.floats(0.9, 55.8), st.floats(72.1, 137.8))
LONDON, SHENZHEN, KATHMANDU = Place(51.5, -0.12), Place(22.543847, 113.912316), Place(27.7, 85.3)


def differ(one: Place, other: Place) -> float:
    return max(abs(one.latitude - other.latitude), abs(one.longitude - other.longitude))


@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [
        (Place(31.1774276, 121.5272106), Place(31.17530398364597, 121.531541859215)),
        (Place(22.543847, 113.912316), Place(22.540796131694766, 113.9171764808363)),
        (Place(39.911954, 116.377817), Place(39.91334545536069, 116.38404722455657)),
    ],
)
def test_points_of_three_cities_are_shifted_as_published(wgs84: Place, gcj02: Place) -> None:
    # The pairs are the test vectors of github.com/googollee/eviltransform.
    assert differ(gcj02_from_wgs84(wgs84), gcj02) < 1e-12
    assert differ(wgs84_from_gcj02(gcj02), wgs84) < 1e-9


@pytest.mark.parametrize(
    ("bd09", "gcj02", "metres"),
    [
        # Beijing railway station on both kinds of map, to five decimals (documentation of github.com/caijun/geoChina).
        (Place(39.90851, 116.43351), Place(39.90245, 116.42703), 2.0),
        # github.com/wandergis/coordtransform, issue 38; its inverse takes one step where ours repeats.
        (Place(38.879741, 115.475216), Place(38.87371978266757, 115.46872993578151), 0.5),
    ],
)
def test_baidu_points_are_found_as_published(bd09: Place, gcj02: Place, metres: float) -> None:
    assert distance_m(gcj02_from_bd09(bd09), gcj02) < metres


def test_a_baidu_file_is_converted_by_way_of_gcj02() -> None:
    baidu = bd09_from_gcj02(gcj02_from_wgs84(SHENZHEN))

    assert differ(to_wgs84(baidu, CoordinateSystem.BD09), SHENZHEN) < 1e-6


@given(chinese)
def test_the_inverse_of_gcj02_has_the_point_as_its_image(point: Place) -> None:
    assert differ(gcj02_from_wgs84(wgs84_from_gcj02(point)), point) < 1e-6


@given(chinese)
def test_a_point_comes_back_from_gcj02(point: Place) -> None:
    assert differ(wgs84_from_gcj02(gcj02_from_wgs84(point)), point) < 1e-6


@given(chinese)
def test_a_point_comes_back_from_bd09(point: Place) -> None:
    assert differ(gcj02_from_bd09(bd09_from_gcj02(point)), point) < 1e-6


@given(st.builds(Place, st.floats(18, 53), st.floats(74, 134)))
def test_the_shift_inside_china_is_some_hundred_metres(point: Place) -> None:
    assert 50 < distance_m(point, gcj02_from_wgs84(point)) < 1200


@pytest.mark.parametrize("point", [LONDON, Place(0, 0), Place(35.0, 140.0), Place(-33.9, 151.2)])
def test_points_outside_china_stay_where_they_are(point: Place) -> None:
    assert outside_china(point)
    assert gcj02_from_wgs84(point) == point
    assert wgs84_from_gcj02(point) == point


def test_the_rule_takes_in_neighbours_of_china() -> None:
    # Why a file is converted only when somebody says that it is in GCJ-02.
    assert not outside_china(KATHMANDU)


def test_wgs84_needs_no_conversion() -> None:
    assert to_wgs84(SHENZHEN, CoordinateSystem.WGS84) == SHENZHEN


def test_a_file_in_gcj02_is_converted() -> None:
    assert differ(to_wgs84(gcj02_from_wgs84(SHENZHEN), CoordinateSystem.GCJ02), SHENZHEN) < 1e-9


@pytest.mark.parametrize(("latitude", "longitude"), [("22.5", "113.9"), (Decimal("22.5"), 113.9), (" 22.5 ", 113.9)])
def test_coordinates_may_be_text_or_number(latitude: Decimal | str, longitude: float | str) -> None:
    assert place(latitude, longitude) == Place(22.5, 113.9)


@pytest.mark.parametrize("latitude", ["", "abc", "91", "-90.0001", "nan", "inf", float("nan"), "22,5"])
def test_what_is_no_latitude_is_refused(latitude: float | str) -> None:
    with pytest.raises(PlaceError, match="not a latitude") as refusal:
        place(latitude, 0)

    assert refusal.value.field == "latitude"


def test_what_is_no_longitude_is_refused() -> None:
    with pytest.raises(PlaceError, match="“181” is not a longitude") as refusal:
        place(0, 181)

    assert refusal.value.field == "longitude"


def test_a_degree_of_the_equator_has_111_km() -> None:
    assert distance_m(Place(0, 0), Place(0, 1)) == pytest.approx(2 * math.pi * 6_371_008.8 / 360)


def test_a_known_distance_is_right_within_a_percent() -> None:
    # Heathrow to Shenzhen airport, 9,600 km by the ellipsoid.
    assert distance_m(Place(51.4706, -0.461941), Place(22.6393, 113.811)) == pytest.approx(9_600_000, rel=0.01)


def test_the_farthest_two_places_are_half_the_earth_apart() -> None:
    assert distance_m(Place(0, 0), Place(0, 180)) == pytest.approx(math.pi * 6_371_008.8)
    assert distance_m(Place(90, 0), Place(-90, 77)) == pytest.approx(math.pi * 6_371_008.8)


def test_a_centimetre_is_still_measured() -> None:
    assert distance_m(SHENZHEN, Place(SHENZHEN.latitude + 1e-7, SHENZHEN.longitude)) == pytest.approx(0.01112, abs=1e-4)


@given(places, places)
def test_a_distance_is_the_same_both_ways(one: Place, other: Place) -> None:
    assert distance_m(one, other) == pytest.approx(distance_m(other, one), abs=1e-6)


@given(places, places, places)
def test_a_detour_is_never_shorter(one: Place, between: Place, other: Place) -> None:
    assert distance_m(one, other) <= distance_m(one, between) + distance_m(between, other) + 0.5


@given(st.lists(places, min_size=1))
def test_a_box_of_places_holds_them_all(points: list[Place]) -> None:
    box = Box.of(points)

    assert box is not None
    assert all(point in box for point in points)


def test_there_is_no_box_of_no_places() -> None:
    assert Box.of([]) is None


@given(places, st.floats(0, 3_000_000), st.floats(0, 2 * math.pi), st.floats(0, 1))
def test_a_box_around_a_place_holds_whatever_is_near(middle: Place, metres: float, course: float, share: float) -> None:
    assert travelled(middle, metres * share, course) in Box.around(middle, metres)


def travelled(start: Place, metres: float, course: float) -> Place:
    """Where one gets to from `start` on a great circle (spherical direct problem)."""
    angle, latitude = metres / 6_371_008.8, math.radians(start.latitude)
    sine = math.sin(latitude) * math.cos(angle) + math.cos(latitude) * math.sin(angle) * math.cos(course)
    east = math.atan2(
        math.sin(course) * math.sin(angle) * math.cos(latitude), math.cos(angle) - math.sin(latitude) * sine
    )
    longitude = (start.longitude + math.degrees(east) + 540) % 360 - 180
    return Place(math.degrees(math.asin(max(-1.0, min(1.0, sine)))), longitude)


def test_a_box_is_not_much_larger_than_its_circle() -> None:
    box = Box.around(SHENZHEN, 250)

    assert distance_m(SHENZHEN, Place(box.north, SHENZHEN.longitude)) == pytest.approx(250, rel=1e-6)
    assert distance_m(SHENZHEN, Place(SHENZHEN.latitude, box.east)) == pytest.approx(250, rel=1e-6)


@pytest.mark.parametrize("longitude", [179.9999, -179.9999])
def test_a_box_may_cross_the_date_line(longitude: float) -> None:
    box = Box.around(Place(-17.8, longitude), 1000)

    assert box.west > box.east
    assert [Place(-17.8, other) in box for other in (179.9999, -179.9999, 0)] == [True, True, False]


def test_a_box_at_a_pole_goes_all_round() -> None:
    assert Place(89.9999, -90) in Box.around(Place(89.9999, 90), 1000)


def test_what_is_outside_is_not_in_the_box() -> None:
    box = Box(south=22, west=113, north=23, east=115)

    assert [point in box for point in (Place(21.9, 114), Place(23.1, 114), Place(22.5, 112.9), Place(22.5, 115.1))] == [
        False
    ] * 4
    assert "Shenzhen" not in box


def test_a_box_has_its_north_above_its_south() -> None:
    with pytest.raises(PlaceError, match="south of the southern"):
        Box(south=23, west=113, north=22, east=115)


def test_a_box_of_no_coordinates_is_refused() -> None:
    with pytest.raises(PlaceError, match="not a longitude"):
        Box(south=22, west=113, north=23, east=215)


def test_there_is_no_box_of_a_negative_distance() -> None:
    with pytest.raises(PlaceError, match="not negative"):
        Box.around(SHENZHEN, -1)

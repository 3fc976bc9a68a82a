"""The drawing of where a site lies."""

from xml.etree import ElementTree as ET

import pytest

from stations.geo import Place
from stations.printing.locator import (
    HEIGHT,
    LARGEST_REACH_M,
    SMALLEST_REACH_M,
    WIDTH,
    Spot,
    locator_svg,
    reach_of,
    scale_length_m,
)

HERE = Place(56.46, -2.97)
SITE = Spot("A", HERE, "charging_station", "open")
SVG = "{http://www.w3.org/2000/svg}"


def spot(
    code: str, north: float = 0.0, east: float = 0.0, kind: str = "charging_station", status: str = "open"
) -> Spot:
    return Spot(code, Place(HERE.latitude + north, HERE.longitude + east), kind, status)


def draw(*others: Spot, outlines: list[dict[str, object]] | None = None) -> ET.Element:
    return ET.fromstring(locator_svg(SITE, others, outlines or [], title="Where <A> lies"))  # noqa: S314 (our own)


def test_the_drawing_is_titled_for_those_who_cannot_see_it() -> None:
    assert draw().findtext(f"{SVG}title") == "Where <A> lies"


def test_north_is_up_and_east_is_right() -> None:
    drawing = draw(spot("N", north=0.004), spot("E", east=0.009))
    north, east = drawing.findall(f"{SVG}circle")[:2]
    assert (float(north.get("cx", 0)), float(north.get("cy", 0)) < HEIGHT / 2) == (WIDTH / 2, True)
    assert (float(east.get("cx", 0)) > WIDTH / 2, float(east.get("cy", 0))) == (True, HEIGHT / 2)


def test_kinds_have_the_shapes_of_the_map() -> None:
    drawing = draw(spot("C", 0.003, kind="distribution_centre"), spot("M", -0.003, kind="member_store"))
    # the ground and the frame are rectangles, the arrow to the north is a polygon
    assert len(drawing.findall(f"{SVG}rect")) == 3
    assert len(drawing.findall(f"{SVG}polygon")) == 2


def test_what_is_planned_or_suspended_is_hollow_and_what_is_closed_is_grey() -> None:
    drawing = draw(
        *(spot(status, 0.002 * n, status=status) for n, status in enumerate(["open", "planned", "closed"], 1))
    )
    opened, planned, closed = drawing.findall(f"{SVG}circle")[:3]
    assert opened.get("fill") == opened.get("stroke")
    assert planned.get("fill") != planned.get("stroke")
    assert closed.get("stroke") != opened.get("stroke")


def test_codes_are_escaped_and_do_not_cover_each_other() -> None:
    drawing = draw(spot("<&>", 0.003), spot("SAME-PLACE", 0.003), spot("ELSEWHERE", -0.004))
    texts = [text.text for text in drawing.findall(f"{SVG}text")]
    assert texts[:2] == ["<&>", "ELSEWHERE"]


def test_a_district_is_drawn_where_it_touches_the_drawing() -> None:
    def square(east: float) -> dict[str, object]:
        west, south = HERE.longitude + east, HERE.latitude - 0.01
        corners = [
            [west, south],
            [west + 0.02, south],
            [west + 0.02, south + 0.02],
            [west, south + 0.02],
            [west, south],
        ]
        return {"type": "Polygon", "coordinates": [corners]}

    assert len(draw(outlines=[square(-0.01)]).findall(f"{SVG}path")) == 1
    assert len(draw(outlines=[square(5)]).findall(f"{SVG}path")) == 0


@pytest.mark.parametrize(
    ("others", "reach"),
    [
        ([], SMALLEST_REACH_M * 2),
        ([spot("X", north=0.0001)], SMALLEST_REACH_M),
        ([spot("X", north=3)], LARGEST_REACH_M),
    ],
)
def test_the_drawing_reaches_its_neighbours_within_bounds(others: list[Spot], reach: float) -> None:
    assert reach_of(HERE, others) == reach


@pytest.mark.parametrize(("reach", "length"), [(400, 200), (650, 500), (1300, 1000), (2500, 2000), (12_000, 5000)])
def test_the_scale_is_a_round_length(reach: float, length: int) -> None:
    assert scale_length_m(reach) == length

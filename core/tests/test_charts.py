"""Charts: one specification for page and paper, and what stands beside it for those who cannot see it."""

from datetime import date
from xml.etree import ElementTree

import pytest

from core.charts import (
    ChartError,
    bars_by_day,
    chart_svg,
    chart_svgs,
    chart_theme,
    donut,
    energy_scale,
    heat_of_week,
    lines_compared,
    stacked_bars,
    top_bars,
)
from core.charts.theme import for_paper
from core.palette import palette

DAYS = [(date(2018, 8, day), day * 10) for day in range(1, 32)]
SVG = "{http://www.w3.org/2000/svg}"
SPECS = {
    "bars": bars_by_day(DAYS, label="kWh"),
    "bars with before": bars_by_day(DAYS, label="kWh", now_label="August", before=[5] * 30, before_label="July"),
    "heat": heat_of_week({(0, 8): 5}, label="Sessions", hour_label="Hour"),
    "empty heat": heat_of_week({}, label="Sessions", hour_label="Hour"),
    "lines": lines_compared(
        [("1", 1), ("2", 2)], [("1", 2), ("2", None)], label="kWh", now_label="A", before_label="B"
    ),
    "top": top_bars([("A", 3), ("B", 2)], label="kWh"),
    "stacked": stacked_bars([("A", "x", 1), ("A", "y", 2), ("B", "x", 1)], label="Rows"),
    "lying": stacked_bars([("A", "x", 1), ("A", "y", 2)], label="Rows", lying=True),
    "ring": donut([("A", 1), ("B", 2)], label="Sessions"),
}


def drawn(spec, **options) -> ElementTree.Element:
    return ElementTree.fromstring(chart_svg(spec, title="T", **options))  # noqa: S314  our own drawing


@pytest.fixture(scope="module")
def drawings():
    return dict(zip(SPECS, chart_svgs([(spec, name, "What it says") for name, spec in SPECS.items()]), strict=True))


@pytest.mark.parametrize("name", SPECS)
def test_every_kind_of_chart_can_be_drawn(drawings, name):
    root = ElementTree.fromstring(drawings[name])  # noqa: S314
    assert len(list(root.iter(f"{SVG}path"))) > 1


@pytest.mark.parametrize("name", SPECS)
def test_a_drawing_has_no_name_of_a_token_left(drawings, name):
    assert "token:" not in drawings[name]


def test_a_drawing_says_what_it_is(drawings):
    root = ElementTree.fromstring(drawings["top"])  # noqa: S314
    assert (root.get("role"), root.get("aria-label")) == ("img", "top")
    assert (root[0].tag, root[0].text, root[1].tag, root[1].text) == (
        f"{SVG}title",
        "top",
        f"{SVG}desc",
        "What it says",
    )


def test_a_title_with_signs_of_markup_is_only_text():
    svg = chart_svg(SPECS["top"], title='<script>"&', width=300)
    assert ElementTree.fromstring(svg)[0].text == '<script>"&'  # noqa: S314


def test_the_drawing_has_the_width_that_was_asked_for():
    assert drawn(SPECS["bars"], width=500, height=120).get("width") == "500"
    assert drawn(SPECS["bars"], width=500, height=120).get("height") == "120"


def test_the_same_specification_gives_the_same_drawing():
    assert chart_svg(SPECS["heat"], title="T") == chart_svg(SPECS["heat"], title="T")


def test_a_name_in_the_figures_that_looks_like_a_token_is_only_a_name():
    assert "token:accent" in chart_svg(top_bars([("token:accent", 1), ("B", 2)], label="kWh"), title="T")


def test_a_specification_that_cannot_be_drawn_is_an_error():
    with pytest.raises(ChartError, match="cannot be drawn"):
        chart_svg({"mark": {"type": "no such mark"}, "data": {"values": []}, "encoding": 5}, title="T")


def test_no_charts_need_no_helper():
    assert chart_svgs([]) == []


def test_paper_has_the_colours_of_the_light_theme():
    assert chart_theme("paper")["bar"]["color"] == palette("light")["category-1"]
    assert chart_theme("dark")["bar"]["color"] == palette("dark")["category-1"]


def test_a_specification_carries_no_colour_of_its_own():
    assert "#" not in str({name: {k: v for k, v in spec.items() if k != "$schema"} for name, spec in SPECS.items()})


def test_paper_leaves_the_specification_of_the_page_as_it_was():
    before = str(SPECS["heat"])
    for_paper(SPECS["heat"])
    assert str(SPECS["heat"]) == before


def test_weekends_are_marked():
    values = SPECS["bars"]["data"]["values"]
    assert [value["day"] for value in values if value["weekend"]][:2] == ["2018-08-04", "2018-08-05"]


def test_every_hour_of_the_week_is_there_though_nothing_happened():
    assert len(SPECS["empty heat"]["data"]["values"]) == 168


def test_a_ring_of_many_parts_is_refused():
    with pytest.raises(ValueError, match="take bars"):
        donut([(str(number), 1) for number in range(6)], label="x")


@pytest.mark.parametrize(
    ("most", "scale"),
    [(0, ("kWh", 1000)), (9_999_999, ("kWh", 1000)), (10_000_000, ("MWh", 10**6)), (10**10, ("GWh", 10**9))],
)
def test_large_energies_are_shown_in_larger_units(most, scale):
    assert energy_scale(most) == scale

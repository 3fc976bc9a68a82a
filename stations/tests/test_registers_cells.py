from datetime import date, datetime
from decimal import Decimal

import pytest

from stations.geo import CoordinateSystem, Place
from stations.registers.cells import Cells, WrongRow


def problems(cells: Cells) -> list[tuple[str, str]]:
    with pytest.raises(WrongRow) as refusal:
        cells.check()
    return [(problem.column, problem.code) for problem in refusal.value.problems]


def test_a_text_loses_surplus_spaces_and_line_breaks() -> None:
    assert Cells({"a": " x \u00a0 y\nz "}).text("a") == "x y z"


def test_a_missing_column_reads_as_an_empty_cell() -> None:
    assert (Cells({}).text("a"), Cells({}).number("a"), Cells({}).whole("a")) == ("", None, None)


def test_a_row_without_problems_passes() -> None:
    cells = Cells({"a": "1"})
    cells.number("a", required=True)

    cells.check()

    assert cells.problems == []


def test_all_problems_of_a_row_are_told_at_once() -> None:
    cells = Cells({"kW": "x", "day": "31.02.2018", "count": "1.5"})
    cells.text("name", required=True)
    cells.number("kW", required=True)
    cells.day("day", "dd.mm.yyyy")
    cells.whole("count")

    assert problems(cells) == [
        ("name", "empty"),
        ("kW", "not_a_number"),
        ("day", "not_a_day"),
        ("count", "not_a_count"),
    ]


def test_a_problem_shows_the_column_and_the_text_of_the_cell() -> None:
    cells = Cells({"kW": " x\ny "})
    cells.number("kW")

    with pytest.raises(WrongRow, match="^kW: “x y” is not a number.$") as refusal:
        cells.check()

    assert refusal.value.problems[0].value == " x\ny "


@pytest.mark.parametrize(
    ("mark", "text"), [(".", "22.5"), (",", "22,5"), (",", "+22,50"), (".", " 22.5 "), (",", "22,5000000000000000")]
)
def test_a_number_is_read_by_the_decimal_mark_of_the_file(mark: str, text: str) -> None:
    assert Cells({"a": text}, decimal_mark=mark).number("a") == Decimal("22.5")


@pytest.mark.parametrize(
    ("mark", "text"),
    [(",", "22.5"), (".", "22,5"), (".", "1 000"), (",", "1.000,5"), (".", "1e5"), (".", "NaN"), (".", "٣")],
)
def test_what_is_no_number_in_this_file_is_a_problem(mark: str, text: str) -> None:
    cells = Cells({"a": text}, decimal_mark=mark)

    assert cells.number("a") is None
    assert problems(cells) == [("a", "not_a_number")]


@pytest.mark.parametrize(("text", "count"), [("5", 5), ("5.0", 5), ("0", 0)])
def test_a_count_may_be_written_with_decimals(text: str, count: int) -> None:
    assert Cells({"a": text}).whole("a", required=True) == count


@pytest.mark.parametrize("text", ["-1", "1.5"])
def test_what_cannot_be_counted_is_a_problem(text: str) -> None:
    cells = Cells({"a": text})
    cells.whole("a", required=True)

    assert problems(cells) == [("a", "not_a_count")]


def test_a_number_that_must_be_there_is_asked_for_once() -> None:
    cells = Cells({"a": " "})
    cells.whole("a", required=True, least=1)

    assert problems(cells) == [("a", "empty")]


def test_energy_is_read_in_watt_hours() -> None:
    cells = Cells({"a": "22.287", "b": "-1.5", "c": ""})

    assert [cells.energy_wh(column) for column in "abc"] == [22287, -1500, None]


def test_energy_finer_than_a_watt_hour_is_a_problem() -> None:
    cells = Cells({"a": "0.0001"})
    cells.energy_wh("a")

    assert problems(cells) == [("a", "not_whole_wh")]


def test_days_are_read_in_the_form_of_the_file() -> None:
    cells = Cells({"a": "14.04.2010", "b": "06/09/2018"})

    assert (cells.day("a", "dd.mm.yyyy"), cells.day("b", "dd/mm/yyyy")) == (date(2010, 4, 14), date(2018, 9, 6))


@pytest.mark.parametrize("text", ["6/9/2018", "2018-09-06", "06.09.2018", "31/02/2018", "00/01/2018", "06/09/18"])
def test_a_day_in_another_form_is_a_problem(text: str) -> None:
    cells = Cells({"a": text})
    cells.day("a", "dd/mm/yyyy")

    assert problems(cells) == [("a", "not_a_day")]


def test_a_wall_clock_has_no_zone() -> None:
    reading = Cells({"d": "28/10/2018", "t": "01:30"}).wall_clock("d", "t", "dd/mm/yyyy", required=True)

    assert (reading, reading.tzinfo) == (datetime(2018, 10, 28, 1, 30), None)  # noqa: DTZ001


def test_a_wall_clock_may_be_missing_altogether() -> None:
    assert Cells({"d": "", "t": ""}).wall_clock("d", "t", "dd/mm/yyyy") is None


@pytest.mark.parametrize(("day", "clock", "column"), [("06/09/2018", "", "t"), ("", "01:30", "d")])
def test_half_a_wall_clock_is_a_problem(day: str, clock: str, column: str) -> None:
    cells = Cells({"d": day, "t": clock})
    cells.wall_clock("d", "t", "dd/mm/yyyy")

    assert problems(cells) == [(column, "empty")]


@pytest.mark.parametrize("clock", ["24:00", "1:30", "01:60", "noon"])
def test_what_no_clock_shows_is_a_problem(clock: str) -> None:
    cells = Cells({"d": "06/09/2018", "t": clock})
    cells.wall_clock("d", "t", "dd/mm/yyyy")

    assert problems(cells) == [("t", "not_a_time")]


def test_a_place_is_converted_to_wgs84() -> None:
    found = Cells({"la": "22.540796131694766", "lo": "113.9171764808363"}).place("la", "lo", CoordinateSystem.GCJ02)

    assert found == pytest.approx(Place(22.543847, 113.912316), abs=1e-9)


@pytest.mark.parametrize(("latitude", "longitude", "column"), [("91", "0", "la"), ("0", "181", "lo")])
def test_a_place_off_the_earth_is_a_problem_of_one_cell(latitude: str, longitude: str, column: str) -> None:
    cells = Cells({"la": latitude, "lo": longitude})
    cells.place("la", "lo")

    assert problems(cells) == [(column, "place")]


def test_a_remark_does_not_stop_the_row() -> None:
    cells = Cells({"a": "x"})
    cells.remark("a", "odd", "An odd %(thing)s.", thing="cell")

    cells.check()

    assert [str(remark) for remark in cells.remarks] == ["a: An odd cell."]

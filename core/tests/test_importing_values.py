"""Cells as values: figures, words, days, times and places."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import moments_of
from core.importing.errors import CellError
from core.importing.values import (
    BooleanParser,
    ChoiceParser,
    CoordinateParser,
    DateParser,
    DateTimeParser,
    DecimalParser,
    IntegerParser,
    Place,
    PlaceParser,
    TextParser,
    TimeParser,
    local_moment,
)

LONDON = ZoneInfo("Europe/London")


def wall(text: str) -> datetime:
    """A reading of a wall clock."""
    return datetime.fromisoformat(text)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("parser", "text", "value"),
    [
        (DecimalParser(), "22.287", "22.287"),
        (DecimalParser(), " -0.5 ", "-0.5"),
        (DecimalParser(), "−3", "-3"),
        (DecimalParser(), "+.5", "0.5"),
        (DecimalParser(), "5.", "5"),
        (DecimalParser(), "1E+3", "1000"),
        (DecimalParser(), "１２．５", "12.5"),
        (DecimalParser(mark=","), "8,468098", "8.468098"),
        (DecimalParser(mark=",", thousands="."), "1.234.567,89", "1234567.89"),
        (DecimalParser(mark=".", thousands=","), "1,234", "1234"),
        (DecimalParser(mark=",", thousands=" "), "1\u202f234,5", "1234.5"),
        (DecimalParser(thousands="'"), "1’234.5", "1234.5"),
        (DecimalParser(unit="kWh"), "22.5 kWh", "22.5"),
        (DecimalParser(places=2), "1.500", "1.500"),
    ],
)
def test_a_number_is_read_exactly(parser: DecimalParser, text: str, value: str) -> None:
    assert parser(text) == Decimal(value)


@pytest.mark.parametrize(
    ("parser", "text", "message"),
    [
        (DecimalParser(), "n/a", "“n/a” is not a number."),
        (DecimalParser(), "", "is not a number."),
        (DecimalParser(), "-", "is not a number."),
        (DecimalParser(), "NaN", "is not a number."),
        (DecimalParser(), "Infinity", "is not a number."),
        (DecimalParser(), "1 234", "is not a number."),
        (DecimalParser(), "9" * 70, "is not a number."),
        (DecimalParser(), "8,46", "has a “,”, but the decimal mark is “.”"),
        (DecimalParser(mark=","), "8.46", "has a “.”, but the decimal mark is “,”"),
        (DecimalParser(mark=".", thousands=","), "12,34", "is not a number|has a “,”"),
        (DecimalParser(places=2), "1.505", "has more than 2 digits after the decimal mark"),
        (DecimalParser(minimum=0), "-1", "is less than 0"),
        (DecimalParser(maximum=Decimal("99.5")), "99.6", "is more than 99.5"),
        (IntegerParser(), "12.5", "is not a whole number"),
        (IntegerParser(minimum=1), "0", "is less than 1"),
    ],
)
def test_what_is_no_acceptable_number_is_refused(parser: DecimalParser, text: str, message: str) -> None:
    with pytest.raises(CellError, match=message) as refusal:
        parser(text, "kWh")
    assert (refusal.value.column, refusal.value.value) == ("kWh", text)


def test_a_whole_number_may_have_zeros_behind_the_mark() -> None:
    assert IntegerParser(mark=",")("12,00") == 12


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12))
def test_every_number_is_read_back_in_every_way_of_writing(value: Decimal) -> None:
    english, german = f"{value:,f}", f"{value:,f}".translate(str.maketrans(",.", ".,"))
    assert DecimalParser(thousands=",")(english) == DecimalParser(mark=",", thousands=".")(german) == value
    assert DecimalParser()(f"{value:f}") == value


def test_marks_that_exclude_each_other_are_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="no decimal mark and thousands separator"):
        DecimalParser(mark=",", thousands=",")


@pytest.mark.parametrize(("text", "value"), [("Yes", True), ("是", True), ("x", True), ("NO", False), ("-", False)])
def test_yes_and_no_have_many_words(text: str, value: bool) -> None:
    assert BooleanParser()(text) is value


def test_a_word_that_means_neither_yes_nor_no_is_refused() -> None:
    with pytest.raises(CellError, match="means neither yes nor no"):
        BooleanParser()("maybe")


KINDS = ChoiceParser({"ac": ["slow", "Normalladeeinrichtung", "慢充"], "dc": ["fast", "Schnell-Lade_einrichtung"]})


@pytest.mark.parametrize(
    ("text", "value"),
    [("AC", "ac"), (" Slow ", "ac"), ("慢充", "ac"), ("schnell lade einrichtung", "dc"), ("ＦＡＳＴ", "dc")],
)
def test_a_choice_is_recognised_by_its_synonyms(text: str, value: str) -> None:
    assert KINDS(text) == value


def test_an_unknown_choice_is_refused_with_those_that_exist() -> None:
    with pytest.raises(CellError, match="“warp” is not known here. Known are: ac, dc."):
        KINDS("warp")


def test_a_synonym_of_two_choices_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="stands for both"):
        ChoiceParser({"a": ["same"], "b": ["Same"]})


def test_a_text_is_trimmed_and_can_be_put_on_one_line() -> None:
    assert TextParser(one_line=True, upper=True)("  ab\n cd ") == "AB CD"


@pytest.mark.parametrize(
    ("parser", "text"), [(TextParser(3), "abcd"), (TextParser(pattern="[A-Z]+", hint="Letters."), "a1")]
)
def test_a_text_that_is_too_long_or_of_another_form_is_refused(parser: TextParser, text: str) -> None:
    with pytest.raises(CellError, match="at most 3 are kept|Letters."):
        parser(text)


@pytest.mark.parametrize(
    ("formats", "text"),
    [
        (("YYYY-MM-DD",), "2018-09-06"),
        (("YYYY-MM-DD",), "2018-09-06T00:00:00"),
        (("DD/MM/YYYY",), "06/09/2018"),
        (("DD.MM.YYYY",), "6.9.2018"),
        (("MM/DD/YYYY",), "09/06/2018"),
        (("YYYYMMDD",), "20180906"),
        (("YYYY年M月D日",), "2018年9月6日"),
        (("DD.MM.YY", "DD.MM.YYYY"), "06.09.18"),
    ],
)
def test_a_day_is_read_in_the_way_that_was_chosen(formats: tuple[str, ...], text: str) -> None:
    assert DateParser(formats)(text) == date(2018, 9, 6)


@pytest.mark.parametrize(
    ("formats", "text", "message"),
    [
        (("DD/MM/YYYY",), "31/02/2018", "“31/02/2018” is not a day of the calendar"),
        (("DD/MM/YYYY",), "2018-09-06", "is not a day written as DD/MM/YYYY"),
        (("DD/MM/YYYY", "MM/DD/YYYY"), "06/09/2018", "can be several days: 2018-06-09, 2018-09-06"),
    ],
)
def test_a_day_that_is_none_or_several_is_refused(formats: tuple[str, ...], text: str, message: str) -> None:
    with pytest.raises(CellError, match=message):
        DateParser(formats)(text)


def test_a_day_that_only_one_of_two_formats_can_mean_is_read() -> None:
    assert DateParser(("DD/MM/YYYY", "MM/DD/YYYY"))("25/12/2018") == date(2018, 12, 25)


@given(st.dates(date(1900, 1, 1), date(9999, 12, 31)), st.sampled_from(["DD/MM/YYYY", "YYYY-MM-DD", "DD.MM.YYYY"]))
def test_every_day_is_read_back(day: date, form: str) -> None:
    text = form.replace("YYYY", f"{day.year:04}").replace("MM", f"{day.month:02}").replace("DD", f"{day.day:02}")
    assert DateParser((form,))(text) == day


@pytest.mark.parametrize(
    ("formats", "text", "value"),
    [
        ((), "7:03", time(7, 3)),
        ((), "23:55:10", time(23, 55, 10)),
        ((), "23:55:10.25", time(23, 55, 10, 250_000)),
        (("h:MM AM",), "12:05 am", time(0, 5)),
        (("h:MM AM",), "1:05 P.M.", time(13, 5)),
        (("HHMM",), "2355", time(23, 55)),
    ],
)
def test_a_time_of_day_is_read(formats: tuple[str, ...], text: str, value: time) -> None:
    assert (TimeParser(formats) if formats else TimeParser())(text) == value


@pytest.mark.parametrize("text", ["24:00", "7", "12:60", "25:00:00", "noon"])
def test_a_time_that_no_clock_shows_is_refused(text: str) -> None:
    with pytest.raises(CellError, match="is not a time of day written as HH:MM, HH:MM:SS"):
        TimeParser()(text)


def test_a_wall_clock_reading_is_one_moment_as_a_rule() -> None:
    moment = local_moment(wall("2018-09-06T23:55"), LONDON)
    assert (moment.kind, moment.candidates) == ("certain", (utc("2018-09-06T22:55"),))


def test_a_reading_of_the_doubled_hour_is_two_moments() -> None:
    moment = local_moment(wall("2017-10-29T01:30"), LONDON)
    assert (moment.kind, moment.candidates) == ("twice", (utc("2017-10-29T00:30"), utc("2017-10-29T01:30")))


def test_a_reading_that_the_clocks_skipped_is_told_with_both_ways_to_understand_it() -> None:
    moment = local_moment(wall("2018-03-25T01:30"), LONDON)
    assert (moment.kind, moment.candidates) == ("missing", (utc("2018-03-25T00:30"), utc("2018-03-25T01:30")))


def test_a_moment_is_no_reading() -> None:
    with pytest.raises(ValueError, match="is a moment"):
        local_moment(utc("2018-03-25T01:30"), LONDON)


@given(
    st.datetimes(datetime(1975, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001 (readings have no zone)
    st.sampled_from(["Europe/London", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe", "Africa/Casablanca"]),
)
def test_readings_agree_with_the_clock_of_the_product(reading: datetime, zone: str) -> None:
    moment = local_moment(reading, ZoneInfo(zone))
    known = moments_of(reading, ZoneInfo(zone))
    assert {"certain": 1, "twice": 2, "missing": 0}[moment.kind] == len(known)
    assert known in ((), moment.candidates)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("06/09/2018 23:55", "2018-09-06T22:55"),
        ("06/09/2018, 23:55:00", "2018-09-06T22:55"),
        ("06/09/2018T23:55Z", "2018-09-06T23:55"),
        ("06/09/2018 23:55 +08:00", "2018-09-06T15:55"),
        ("06/09/2018 23:55-0530", "2018-09-07T05:25"),
    ],
)
def test_a_day_and_time_are_a_moment_in_the_zone_or_by_their_own_offset(text: str, moment: str) -> None:
    assert DateTimeParser(LONDON, ("DD/MM/YYYY",))(text).moment == utc(moment)


@pytest.mark.parametrize("text", ["06/09/2018", "06/09/2018 25:00", "99/09/2018 10:00", "06/09/2018 10:00+99:00"])
def test_what_is_no_day_and_time_is_refused_with_the_whole_cell(text: str) -> None:
    with pytest.raises(CellError) as refusal:
        DateTimeParser(LONDON, ("DD/MM/YYYY",))(text, "Start")
    assert (refusal.value.column, refusal.value.value) == ("Start", text)


@pytest.mark.parametrize(
    ("parser", "text", "degrees"),
    [
        (CoordinateParser("latitude"), "22.716272", 22.716272),
        (CoordinateParser("longitude", ","), "8,468098", 8.468098),
        (CoordinateParser("latitude"), "52°31'12\"N", 52.52),
        (CoordinateParser("latitude"), "S 33 51 36", -33.86),
        (CoordinateParser("longitude"), "70.5° W", -70.5),
        (CoordinateParser("longitude"), "-0.127", -0.127),
        (CoordinateParser("latitude", ","), "52°31,5'N", 52.525),
    ],
)
def test_a_coordinate_is_read(parser: CoordinateParser, text: str, degrees: float) -> None:
    assert parser(text) == pytest.approx(degrees, abs=1e-9)


@pytest.mark.parametrize(
    ("axis", "text", "message"),
    [
        ("latitude", "113.8", "is no latitude .* Are latitude and longitude exchanged"),
        ("longitude", "181", "out of range"),
        ("latitude", "8,46", "is not a coordinate"),
        ("latitude", "12 E", "belongs to the other axis"),
        ("latitude", "52°61'", "is not a coordinate"),
        ("latitude", "-5 S", "is not a coordinate"),
        ("latitude", "north", "is not a coordinate"),
    ],
)
def test_what_is_no_coordinate_is_refused(axis: str, text: str, message: str) -> None:
    with pytest.raises(CellError, match=message):
        CoordinateParser(axis)(text)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("parser", "text"),
    [
        (PlaceParser(), "52.5, 13.25"),
        (PlaceParser(), "(52.5 13.25)"),
        (PlaceParser(","), "52,5; 13,25"),
        (PlaceParser(longitude_first=True), "13.25,52.5"),
    ],
)
def test_two_coordinates_in_a_cell_are_a_place(parser: PlaceParser, text: str) -> None:
    assert parser(text) == Place(52.5, 13.25)


def test_one_coordinate_is_no_place() -> None:
    with pytest.raises(CellError, match="not a pair"):
        PlaceParser()("52.5")

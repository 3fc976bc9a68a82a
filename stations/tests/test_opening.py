"""Opening hours: what people write, what is kept, what people read."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from stations.opening import (
    DAY_MINUTES,
    OpeningError,
    Span,
    check_week,
    day_text,
    opening_text,
    parse_day,
    span_between,
    validate_week,
    week_from_json,
    week_lines,
    week_to_json,
)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("08:00-18:00", [(480, 1080)]),
        ("8-12, 13:30–18", [(480, 720), (810, 1080)]),
        ("8.30 - 12.00；14h15~16", [(510, 720), (855, 960)]),
        ("13-18, 8-12", [(480, 720), (780, 1080)]),
        ("00:00-24:00", [(0, 1440)]),
        ("00:00-00:00", None),
        ("18:00-02:00", [(1080, 1560)]),
        ("", []),
        ("  Closed ", []),
        ("–", []),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, spans: list[tuple[int, int]] | None) -> None:
    if spans is None:
        with pytest.raises(OpeningError):
            parse_day(text)
    else:
        assert [(span.start, span.until) for span in parse_day(text)] == spans


@pytest.mark.parametrize(
    "text",
    ["eight to ten", "8", "25-26", "08:61-09:00", "8-12-14", "08:00-08:00", "24:00-08:00", "8-12,,13-14", "8--9"],
)
def test_what_is_no_span_of_time_is_refused(text: str) -> None:
    with pytest.raises(OpeningError):
        parse_day(text)


def test_a_day_has_at_most_six_spans() -> None:
    with pytest.raises(OpeningError, match="at most 6"):
        parse_day(", ".join(f"{hour}:00-{hour}:30" for hour in range(7)))


def test_the_chinese_word_for_closed_is_understood_in_chinese() -> None:
    with translation.override("zh-hans"):
        assert parse_day("") == ()


def week(**days: str) -> tuple[tuple[Span, ...], ...]:
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    return tuple(parse_day(days.get(name, "")) for name in names)


@pytest.mark.parametrize(
    "overlapping",
    [
        week(mon="8-12, 11-14"),
        week(fri="18:00-03:00", sat="02:00-04:00"),
        week(sun="22:00-06:00", mon="05:00-07:00"),
        week(wed="00:00-24:00, 10-11"),
    ],
)
def test_hours_that_overlap_are_refused(overlapping: tuple[tuple[Span, ...], ...]) -> None:
    with pytest.raises(OpeningError, match="overlap") as caught:
        check_week(overlapping)
    assert caught.value.code == "overlap"


def test_hours_may_touch() -> None:
    check_week(week(fri="18:00-03:00", sat="03:00-04:00, 04:00-24:00", sun="00:00-24:00", mon="00:00-05:00"))


def test_a_week_is_kept_by_days_that_are_open() -> None:
    kept = week_to_json(week(mon="8-12, 13-18", sat="18-2", sun="0-24"))
    assert kept == {"0": [["08:00", "12:00"], ["13:00", "18:00"]], "5": [["18:00", "02:00"]], "6": [["00:00", "24:00"]]}


times = st.integers(min_value=0, max_value=DAY_MINUTES - 1)
spans = st.builds(span_between, times, st.integers(min_value=1, max_value=DAY_MINUTES)).filter(
    lambda span: span.until - span.start < DAY_MINUTES or span.start == 0
)


@given(st.lists(spans, min_size=1, max_size=1), st.integers(0, 6))
def test_what_was_written_and_kept_is_read_again(hours: list[Span], day: int) -> None:
    made = tuple(tuple(hours) if number == day else () for number in range(7))
    assert week_from_json(week_to_json(made)) == made
    assert parse_day(day_text(hours)) == tuple(hours)


@pytest.mark.parametrize(
    "value",
    [None, [], "mon", {"7": []}, {"0": "8-9"}, {"0": [["8", "9"]]}, {"0": [["08:00"]]}, {"0": [[8, 9]]}, {"x": []}],
)
def test_a_week_kept_in_another_form_is_refused(value: object) -> None:
    with pytest.raises(OpeningError):
        week_from_json(value)
    with pytest.raises(ValidationError):
        validate_week(value)


def test_neighbouring_days_with_equal_hours_stand_in_one_line() -> None:
    lines = week_lines(week(mon="8-18", tue="8-18", wed="8-18", thu="8-12", sat="9-13"))
    assert lines == [
        ("Mon–Wed", "08:00–18:00"),
        ("Thu", "08:00–12:00"),
        ("Fri", "closed"),
        ("Sat", "09:00–13:00"),
        ("Sun", "closed"),
    ]


def test_a_week_without_hours_says_nothing() -> None:
    assert week_lines(week()) == []
    assert opening_text(always_open=False, week={}) == ""
    assert opening_text(always_open=False, week="broken") == ""


def test_opening_hours_in_one_line() -> None:
    assert opening_text(always_open=True, week={}) == "Open day and night"
    kept = week_to_json(week(mon="8-18", sat="18-2"))
    assert opening_text(always_open=False, week=kept) == "Mon 08:00–18:00; Tue–Fri closed; Sat 18:00–02:00; Sun closed"

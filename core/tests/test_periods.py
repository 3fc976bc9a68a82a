from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.periods import Period, PeriodError

NAIVE = datetime(2018, 3, 25, 12)  # noqa: DTZ001
NOON = datetime(2018, 3, 25, 12, tzinfo=UTC)


def hours(count: float) -> datetime:
    return NOON + timedelta(hours=count)


moments = st.builds(lambda hour, zone: hours(hour).astimezone(zone), st.floats(-(10**5), 10**5), st.timezones())
periods = st.tuples(moments, moments).map(lambda pair: Period(*sorted(pair, key=lambda moment: moment.astimezone(UTC))))
# Few different bounds, so that periods often touch, meet or are empty.
close_periods = st.tuples(st.integers(0, 6), st.integers(0, 6)).map(lambda pair: Period(*map(hours, sorted(pair))))


def test_bounds_are_kept_in_utc() -> None:
    start = datetime(2018, 3, 25, 20, tzinfo=ZoneInfo("Asia/Shanghai"))

    period = Period(start, start + timedelta(hours=1))

    assert period.start.tzinfo is UTC
    assert period.start == NOON


def test_equal_periods_of_different_zones_are_one_key() -> None:
    here = Period(hours(0), hours(1))
    there = Period(here.start.astimezone(ZoneInfo("Asia/Kathmandu")), here.end.astimezone(ZoneInfo("Europe/London")))

    assert {here, there} == {here}


@pytest.mark.parametrize("bounds", [(NAIVE, NOON), (NOON, NAIVE)])
def test_a_naive_bound_is_refused(bounds: tuple[datetime, datetime]) -> None:
    with pytest.raises(PeriodError, match="has no time zone") as refusal:
        Period(*bounds)

    assert refusal.value.code == "naive_moment"


def test_reversed_bounds_are_refused() -> None:
    with pytest.raises(PeriodError, match="is before the start") as refusal:
        Period(hours(1), hours(0))

    assert refusal.value.code == "end_before_start"


def test_an_error_of_a_period_is_also_a_value_error() -> None:
    with pytest.raises(ValueError, match="is before the start"):
        Period(hours(1), hours(0))


def test_the_start_is_inside_and_the_end_is_not() -> None:
    period = Period(hours(0), hours(1))

    assert [moment in period for moment in (hours(-0.1), hours(0), hours(0.9), hours(1))] == [False, True, True, False]


def test_asking_for_a_naive_moment_is_refused() -> None:
    with pytest.raises(PeriodError, match="has no time zone"):
        Period(hours(0), hours(1)).contains(NAIVE)


def test_what_is_no_moment_is_not_inside() -> None:
    assert "2018-03-25" not in Period(hours(0), hours(1))


def test_neighbours_that_touch_do_not_overlap() -> None:
    assert not Period(hours(0), hours(1)).overlaps(Period(hours(1), hours(2)))


def test_an_empty_period_inside_another_overlaps_nothing() -> None:
    assert not Period(hours(0), hours(2)).overlaps(Period(hours(1), hours(1)))


def test_an_empty_period_is_covered_by_every_period() -> None:
    assert Period(hours(0), hours(1)).covers(Period(hours(5), hours(5)))


def test_a_period_covers_itself_but_nothing_longer() -> None:
    period = Period(hours(0), hours(2))

    assert period.covers(period)
    assert not period.covers(Period(hours(1), hours(3)))


def test_duration_counts_elapsed_time_across_a_clock_change() -> None:
    london = ZoneInfo("Europe/London")

    day = Period(datetime(2018, 3, 25, tzinfo=london), datetime(2018, 3, 26, tzinfo=london))

    assert day.duration == timedelta(hours=23)
    assert day.hours == 23.0


def test_split_gives_the_pieces_between_the_borders_in_order() -> None:
    pieces = Period(hours(0), hours(4)).split([hours(3), hours(1), hours(1), hours(0), hours(4), hours(9)])

    assert pieces == [Period(hours(0), hours(1)), Period(hours(1), hours(3)), Period(hours(3), hours(4))]


def test_an_empty_period_has_no_pieces() -> None:
    assert Period(hours(0), hours(0)).split([hours(0)]) == []


def test_periods_sort_by_start_then_end() -> None:
    late, early, earliest = Period(hours(1), hours(2)), Period(hours(0), hours(9)), Period(hours(0), hours(1))

    assert sorted([late, early, earliest]) == [earliest, early, late]


@given(periods, moments)
def test_a_moment_is_inside_when_it_is_not_before_the_start_and_before_the_end(
    period: Period, moment: datetime
) -> None:
    assert (moment in period) == (period.start <= moment < period.end)


@given(close_periods, close_periods)
def test_periods_overlap_when_their_intersection_has_a_duration(one: Period, other: Period) -> None:
    common = one.intersection(other)

    assert one.overlaps(other) == (common is not None and common.duration > timedelta(0))


@given(close_periods, close_periods)
def test_the_order_of_two_periods_does_not_matter(one: Period, other: Period) -> None:
    assert one.overlaps(other) == other.overlaps(one)
    assert one.intersection(other) == other.intersection(one)


@given(close_periods, close_periods, st.floats(-1, 7))
def test_a_moment_is_in_the_intersection_when_it_is_in_both(one: Period, other: Period, at: float) -> None:
    common = one.intersection(other)

    assert (common is not None and hours(at) in common) == (hours(at) in one and hours(at) in other)


@given(close_periods, st.lists(st.floats(-1, 7).map(hours)))
def test_the_pieces_of_a_split_are_the_period(period: Period, borders: list[datetime]) -> None:
    pieces = period.split(borders)

    assert sum((piece.duration for piece in pieces), timedelta(0)) == period.duration
    assert all(left.end == right.start for left, right in zip(pieces, pieces[1:], strict=False))
    assert not any(piece.is_empty for piece in pieces)
    if pieces:
        assert (pieces[0].start, pieces[-1].end) == (period.start, period.end)


@given(close_periods, st.lists(st.floats(-1, 7).map(hours)))
def test_no_border_lies_inside_a_piece(period: Period, borders: list[datetime]) -> None:
    inside = [
        (piece, border) for piece in period.split(borders) for border in borders if piece.start < border < piece.end
    ]

    assert inside == []

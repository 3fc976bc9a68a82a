from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import clock
from core.clock import Month, day_of, day_period, days_of, moments_of, month_of, month_period
from core.periods import Period, PeriodError


@dataclass(frozen=True)
class City:
    time_zone: str
    day_starts_at: time = time(0)


LONDON, SHENZHEN, KATHMANDU = City("Europe/London"), City("Asia/Shanghai"), City("Asia/Kathmandu")
LONDON_AT_FOUR = City("Europe/London", time(4))

# Zones whose clocks change by an hour at night or at midnight, by half an hour, by a day, or never; and old oddities.
cities = st.builds(
    City,
    st.sampled_from(
        [
            "Europe/London",
            "Asia/Shanghai",
            "Asia/Kathmandu",
            "America/Sao_Paulo",
            "Asia/Beirut",
            "Australia/Lord_Howe",
            "Pacific/Apia",
            "America/New_York",
            "Africa/Casablanca",
            "UTC",
        ]
    ),
    st.times().map(lambda start: start.replace(microsecond=0)),
)
moments = st.timedeltas(timedelta(0), timedelta(days=87 * 365)).map(datetime(1950, 1, 1, tzinfo=UTC).__add__)
days = st.dates(date(1950, 1, 1), date(2037, 1, 1))


def wall(*parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, fold=fold)  # noqa: DTZ001  (a reading of a wall clock)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def test_now_is_an_aware_moment_in_utc() -> None:
    before, present, after = datetime.now(UTC), clock.now(), datetime.now(UTC)

    assert before <= present <= after
    assert present.tzinfo is UTC


def test_the_zone_is_the_networks() -> None:
    assert clock.zone_of(KATHMANDU) == ZoneInfo("Asia/Kathmandu")


def test_an_unknown_zone_is_an_error() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        clock.zone_of(City("Europe/Atlantis"))


@pytest.mark.parametrize(
    ("city", "moment", "day"),
    [
        (LONDON, utc(2018, 7, 1, 22, 59), date(2018, 7, 1)),
        (LONDON, utc(2018, 7, 1, 23, 0), date(2018, 7, 2)),
        (LONDON, utc(2018, 1, 1, 23, 59), date(2018, 1, 1)),
        (SHENZHEN, utc(2018, 7, 1, 15, 59), date(2018, 7, 1)),
        (SHENZHEN, utc(2018, 7, 1, 16, 0), date(2018, 7, 2)),
        (KATHMANDU, utc(2018, 7, 1, 18, 14), date(2018, 7, 1)),
        (KATHMANDU, utc(2018, 7, 1, 18, 15), date(2018, 7, 2)),
        (LONDON_AT_FOUR, utc(2018, 7, 1, 2, 59), date(2018, 6, 30)),
        (LONDON_AT_FOUR, utc(2018, 7, 1, 3, 0), date(2018, 7, 1)),
    ],
)
def test_a_moment_falls_into_the_business_day_of_its_city(city: City, moment: datetime, day: date) -> None:
    assert day_of(moment, city) == day


def test_a_naive_moment_has_no_day() -> None:
    with pytest.raises(PeriodError, match="has no time zone"):
        day_of(wall(2018, 7, 1, 12), LONDON)


@pytest.mark.parametrize(("day", "length"), [(date(2018, 3, 25), 23), (date(2018, 10, 28), 25), (date(2018, 6, 1), 24)])
def test_a_day_has_23_or_25_hours_when_the_clocks_change(day: date, length: int) -> None:
    assert day_period(day, LONDON).duration == timedelta(hours=length)


def test_a_late_start_moves_the_clock_change_into_the_day_before() -> None:
    # The clocks change at 01:00 on Sunday the 25th, which is still Saturday's business day until 04:00.
    assert day_period(date(2018, 3, 24), LONDON_AT_FOUR).duration == timedelta(hours=23)
    assert day_period(date(2018, 3, 25), LONDON_AT_FOUR).duration == timedelta(hours=24)


def test_a_start_that_the_clocks_skip_is_the_moment_of_the_change() -> None:
    city = City("Europe/London", time(1, 30))

    assert day_period(date(2018, 3, 25), city).start == utc(2018, 3, 25, 1)


def test_a_start_that_the_clocks_show_twice_is_the_first_one() -> None:
    city = City("Europe/London", time(1, 30))

    assert day_period(date(2018, 10, 28), city).start == utc(2018, 10, 28, 0, 30)


def test_the_day_goes_on_when_the_clock_falls_back_behind_its_start() -> None:
    city = City("Europe/London", time(1, 30))

    # 01:15 for the second time: 45 minutes after the day began at the first 01:30.
    assert day_of(utc(2018, 10, 28, 1, 15), city) == date(2018, 10, 28)


def test_midnight_that_does_not_exist_starts_the_day_at_one() -> None:
    # São Paulo, 2018-11-04: the clocks went from 23:59:59 to 01:00.
    period = day_period(date(2018, 11, 4), City("America/Sao_Paulo"))

    assert period == Period(utc(2018, 11, 4, 3), utc(2018, 11, 5, 2))


def test_a_day_that_a_country_left_out_is_empty() -> None:
    # Samoa went over the date line and had no 2011-12-30.
    assert day_period(date(2011, 12, 30), City("Pacific/Apia")).is_empty


def test_the_month_runs_from_its_first_business_day_to_the_next_months() -> None:
    assert month_period(2018, 3, LONDON_AT_FOUR) == Period(utc(2018, 3, 1, 4), utc(2018, 4, 1, 3))


def test_december_ends_with_the_new_year() -> None:
    assert month_period(2017, 12, SHENZHEN) == Period(utc(2017, 11, 30, 16), utc(2017, 12, 31, 16))


def test_the_month_of_a_moment_is_its_business_days() -> None:
    assert month_of(utc(2018, 4, 1, 2, 59), LONDON_AT_FOUR) == Month(2018, 3)
    assert month_of(utc(2018, 4, 1, 3), LONDON_AT_FOUR) == Month(2018, 4)


def test_days_of_a_period_are_those_it_touches() -> None:
    period = Period(utc(2018, 6, 1, 12), utc(2018, 6, 3, 23))

    assert list(days_of(period, LONDON)) == [date(2018, 6, 1), date(2018, 6, 2), date(2018, 6, 3)]


def test_an_empty_period_touches_no_day() -> None:
    assert list(days_of(Period(utc(2018, 6, 1), utc(2018, 6, 1)), LONDON)) == []


def test_days_run_up_to_and_including_the_last() -> None:
    assert list(clock.days(date(2018, 2, 27), date(2018, 3, 1))) == [
        date(2018, 2, 27),
        date(2018, 2, 28),
        date(2018, 3, 1),
    ]


def test_there_are_no_days_backwards() -> None:
    assert list(clock.days(date(2018, 3, 1), date(2018, 2, 27))) == []


def test_months_run_over_the_new_year() -> None:
    found = list(clock.months(Month(2017, 11), Month(2018, 2)))

    assert [str(month) for month in found] == ["2017-11", "2017-12", "2018-01", "2018-02"]


@given(cities, moments)
def test_every_moment_lies_in_the_period_of_its_day(city: City, moment: datetime) -> None:
    assert moment in day_period(day_of(moment, city), city)


@given(cities, days)
def test_days_follow_each_other_without_gap_or_overlap(city: City, day: date) -> None:
    assert day_period(day, city).end == day_period(day + timedelta(days=1), city).start


@given(cities, moments)
def test_the_months_days_make_up_the_month(city: City, moment: datetime) -> None:
    month = month_of(moment, city)
    lengths = [day_period(day, city).duration for day in month.days()]

    assert sum(lengths, timedelta(0)) == month.period(city).duration
    assert moment in month.period(city)


@given(cities, moments)
def test_a_moment_is_among_the_moments_of_its_reading(city: City, moment: datetime) -> None:
    zone = ZoneInfo(city.time_zone)

    assert moment in moments_of(moment.astimezone(zone).replace(tzinfo=None), zone)


@given(cities, moments)
def test_the_first_moment_at_a_reading_is_never_after_it(city: City, moment: datetime) -> None:
    zone = ZoneInfo(city.time_zone)
    reading = moment.astimezone(zone).replace(tzinfo=None)

    assert clock.first_moment_at(reading, zone) <= moment


def test_an_ordinary_reading_is_one_moment() -> None:
    assert moments_of(wall(2018, 7, 1, 12), ZoneInfo("Europe/London")) == (utc(2018, 7, 1, 11),)


def test_a_reading_in_the_skipped_hour_is_no_moment() -> None:
    assert moments_of(wall(2018, 3, 25, 1, 30), ZoneInfo("Europe/London")) == ()


def test_a_reading_in_the_doubled_hour_is_two_moments() -> None:
    found = moments_of(wall(2018, 10, 28, 1, 30), ZoneInfo("Europe/London"))

    assert found == (utc(2018, 10, 28, 0, 30), utc(2018, 10, 28, 1, 30))


def test_the_second_reading_of_a_doubled_hour_is_the_same_reading() -> None:
    second = wall(2018, 10, 28, 1, 30, fold=1)

    assert len(moments_of(second, ZoneInfo("Europe/London"))) == 2


def test_a_moment_is_not_a_reading() -> None:
    with pytest.raises(ValueError, match="not a reading of a wall clock"):
        moments_of(utc(2018, 7, 1), ZoneInfo("Europe/London"))


@pytest.mark.parametrize(
    "text", ["2018-3", "2018-13", "2018-00", "18-03", "2018-03-01", "", "2018/03", "２０１８-０３"]
)
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a month"):
        Month.parse(text)


def test_a_month_reads_what_it_writes() -> None:
    assert Month.parse(" 2018-03 ") == Month(2018, 3)
    assert str(Month(2018, 3)) == "2018-03"


@given(st.integers(3, 9997), st.integers(1, 12))
def test_the_month_before_the_next_is_the_month(year: int, month: int) -> None:
    this = Month(year, month)

    assert this.next().previous() == this
    assert this.previous() < this < this.next()
    assert Month.parse(str(this)) == this


@given(st.dates(date(3, 1, 1), date(9997, 12, 31)))
def test_a_day_is_one_of_its_months_days(day: date) -> None:
    month = Month.of(day)

    assert month.first_day <= day <= month.last_day
    assert day in list(month.days())
    assert (month.last_day + timedelta(days=1)).day == 1


def test_the_calendar_ends() -> None:
    with pytest.raises(ValueError, match="not a month"):
        Month(clock.LAST_YEAR, 12).next()


@pytest.mark.parametrize("city", [LONDON_AT_FOUR, SHENZHEN, City("Pacific/Apia", time(23, 59))])
@pytest.mark.parametrize("month", [Month(clock.FIRST_YEAR, 1), Month(clock.LAST_YEAR, 12)])
def test_the_first_and_last_month_have_a_period(city: City, month: Month) -> None:
    assert month.period(city).duration > timedelta(days=30)

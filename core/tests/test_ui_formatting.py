"""Values as people read them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from core import formatting

MOMENT = datetime(2024, 5, 21, 22, 30, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "decimals", "written"),
    [
        (1234567, None, "1,234,567"),
        (0, None, "0"),
        (1000, 0, "1,000"),
        (Decimal("12.50"), None, "12.5"),
        (2.5, 0, "3"),
        (0.1 + 0.2, None, "0.3"),
        (Decimal("1234.5"), 2, "1,234.50"),
        (-42, None, "\u221242"),
        (Decimal("-0.001"), 2, "0.00"),
    ],
)
def test_a_number_is_grouped_and_rounded_half_up(value: formatting.Number, decimals: int | None, written: str) -> None:
    assert formatting.number(value, decimals) == written


def test_chinese_numbers_are_grouped_in_threes_too() -> None:
    with translation.override("zh-hans"):
        assert formatting.number(1234567) == "1,234,567"


def test_the_decimal_mark_is_that_of_the_reader() -> None:
    with translation.override("de"):
        assert formatting.number(Decimal("1234.5")) == "1.234,5"


@given(st.integers(-(10**12), 10**12), st.integers(0, 3))
def test_energy_is_rounded_like_any_number(watt_hours: int, decimals: int) -> None:
    assert formatting.energy(watt_hours, decimals) == formatting.number(Decimal(watt_hours) / 1000, decimals)


def test_energy_is_written_in_kilowatt_hours() -> None:
    assert formatting.energy(12_480_449) == "12,480.4"


@pytest.mark.parametrize(
    ("watt_hours", "headline"),
    [
        (0, ("0", "kWh")),
        (9_999_499, ("9,999", "kWh")),
        (10_000_000, ("10.0", "MWh")),
        (18_420_300, ("18.4", "MWh")),
        (12_000_000_000, ("12.0", "GWh")),
        (-12_000_000, ("\u221212.0", "MWh")),
    ],
)
def test_a_headline_of_energy_chooses_its_unit(watt_hours: int, headline: tuple[str, str]) -> None:
    assert formatting.scaled_energy(watt_hours) == headline


def test_a_ratio_becomes_a_percentage() -> None:
    assert formatting.percent(0.1845) == "18.5"


@pytest.mark.parametrize(("currency", "written"), [("GBP", "4,318.50"), ("JPY", "4,319"), ("KWD", "4,318.500")])
def test_money_has_the_digits_of_its_currency(currency: str, written: str) -> None:
    assert formatting.money(Decimal("4318.5"), currency) == written


@pytest.mark.parametrize(
    ("length", "written"),
    [
        (timedelta(seconds=42), "42 s"),
        (60, "1 min"),
        (timedelta(hours=2, minutes=5), "2 h 05 min"),
        (timedelta(days=2), "48 h 00 min"),
        (-90, "\u22121 min"),
    ],
)
def test_a_duration_is_written_in_hours_and_minutes(length: timedelta | int, written: str) -> None:
    assert formatting.duration(length).replace(formatting.NO_BREAK, " ") == written


def test_a_moment_is_written_in_the_zone_in_force() -> None:
    with timezone.override(ZoneInfo("Asia/Shanghai")):
        assert formatting.moment(MOMENT) == "2024-05-22 06:30"


def test_the_day_of_a_moment_is_that_of_the_zone_in_force() -> None:
    with timezone.override(ZoneInfo("Asia/Shanghai")):
        assert formatting.day(MOMENT) == "2024-05-22"


def test_a_day_needs_no_zone() -> None:
    assert formatting.day(date(2024, 5, 21)) == "2024-05-21"


@pytest.mark.parametrize(
    ("before", "written"),
    [
        (timedelta(seconds=30), "just now"),
        (timedelta(minutes=5), "5 min ago"),
        (timedelta(hours=3), "3 h ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=12), "12 days ago"),
        (timedelta(days=60), "2024-03-22"),
        (timedelta(minutes=-5), "2024-05-21 22:35"),
    ],
)
def test_what_is_past_is_written_in_its_largest_unit(before: timedelta, written: str) -> None:
    assert formatting.ago(MOMENT - before, MOMENT) == written


def test_a_time_element_carries_the_exact_moment() -> None:
    with timezone.override(ZoneInfo("Europe/London")):
        drawn = formatting.time_element(MOMENT, "today")
    assert drawn == '<time datetime="2024-05-21T22:30:15Z" title="2024-05-21 23:30:15 Europe/London">today</time>'


def test_zero_and_false_are_values() -> None:
    assert [formatting.is_nothing(value) for value in (None, "", 0, False)] == [True, True, False, False]

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.energy import MOST_KWH, EnergyError, average_kw, kwh_from_wh, wh_at, wh_from_kwh, wh_from_kwh_rounded

whole_wh = st.integers(-(10**12), 10**12)


@pytest.mark.parametrize(
    ("kwh", "wh"),
    [
        ("22.287", 22287),
        ("0", 0),
        ("-3.5", -3500),
        (" 7 ", 7000),
        (".5", 500),
        ("1.43017E3", 1430170),
        ("7.0800", 7080),
    ],
)
def test_kilowatt_hours_of_a_file_become_whole_watt_hours(kwh: str, wh: int) -> None:
    assert wh_from_kwh(kwh) == wh


def test_a_decimal_is_read_like_its_text() -> None:
    assert wh_from_kwh(Decimal("22.287")) == 22287


@pytest.mark.parametrize("kwh", ["7.0805", "1E-9", Decimal("0.0001")])
def test_a_part_of_a_watt_hour_is_refused(kwh: Decimal | str) -> None:
    with pytest.raises(EnergyError, match="not a whole number of Wh") as refusal:
        wh_from_kwh(kwh)

    assert refusal.value.code == "not_whole_wh"


@pytest.mark.parametrize(("kwh", "wh"), [("7.0805", 7081), ("7.08049", 7080), ("-7.0805", -7081), ("7", 7000)])
def test_a_part_of_a_watt_hour_is_rounded_half_up_when_asked(kwh: str, wh: int) -> None:
    assert wh_from_kwh_rounded(kwh) == wh


@pytest.mark.parametrize(
    "text", ["", "abc", "1,5", "1 000", "NaN", "Infinity", "1_000", "٣", "1e999999999", "--1", "1e", "1000000000.001"]
)
def test_what_is_no_energy_is_refused(text: str) -> None:
    for read in (wh_from_kwh, wh_from_kwh_rounded):
        with pytest.raises(EnergyError, match="not an energy in kWh") as refusal:
            read(text)
        assert refusal.value.code == "not_energy"


@pytest.mark.parametrize("number", [Decimal("NaN"), Decimal("Infinity"), MOST_KWH + 1, Decimal("0." + "1" * 61)])
def test_a_decimal_that_is_no_energy_is_refused(number: Decimal) -> None:
    with pytest.raises(EnergyError, match="not an energy in kWh"):
        wh_from_kwh_rounded(number)


def test_a_float_is_no_energy() -> None:
    with pytest.raises(TypeError, match="not float"):
        wh_from_kwh(7.08)  # type: ignore[arg-type]


def test_kilowatt_hours_have_three_decimals() -> None:
    assert [str(kwh_from_wh(wh)) for wh in (22287, 7000, 0, -5)] == ["22.287", "7.000", "0.000", "-0.005"]


@given(whole_wh)
def test_energy_survives_the_way_to_kilowatt_hours_and_back(wh: int) -> None:
    assert wh_from_kwh(kwh_from_wh(wh)) == wh
    assert wh_from_kwh(str(kwh_from_wh(wh))) == wh
    assert wh_from_kwh_rounded(kwh_from_wh(wh)) == wh


@given(st.decimals(-(10**6), 10**6, places=7))
def test_rounding_moves_energy_by_half_a_watt_hour_at_most(kwh: Decimal) -> None:
    assert abs(kwh_from_wh(wh_from_kwh_rounded(kwh)) - kwh) <= Decimal("0.0005")


def test_power_times_time_is_energy() -> None:
    assert wh_at(Decimal(22), timedelta(minutes=30)) == 11000
    assert wh_at(Decimal("3.7"), timedelta(hours=24)) == 88800
    assert wh_at(Decimal(1), timedelta(seconds=1.8)) == 1


def test_energy_by_time_is_power() -> None:
    assert average_kw(11000, timedelta(minutes=30)) == Decimal("22.000")
    assert average_kw(-500, timedelta(hours=3)) == Decimal("-0.167")


@pytest.mark.parametrize("duration", [timedelta(0), timedelta(seconds=-1)])
def test_there_is_no_mean_power_of_no_time(duration: timedelta) -> None:
    with pytest.raises(EnergyError, match="duration above zero") as refusal:
        average_kw(1000, duration)

    assert refusal.value.code == "no_duration"


@given(st.decimals(0, 1000, places=3), st.timedeltas(timedelta(hours=1), timedelta(days=60)))
def test_the_mean_power_of_an_energy_is_the_power_that_gave_it(kw: Decimal, duration: timedelta) -> None:
    assert abs(average_kw(wh_at(kw, duration), duration) - kw) <= Decimal("0.001")

"""The workbook of Shenzhen's battery swap stations, row by row."""

from collections import Counter

import pytest

from stations.registers.cells import WrongRow
from stations.registers.shenzhen_swap import NotAStation, SwapStation
from stations.registers.shenzhen_swap import parse as parse_swap
from tests.shared_data import swap_rows

SWAP = {"ID": "1", "District": "Baoan", "Station Name": "Baohui", "Total Units": "16"}


@pytest.mark.parametrize(
    ("row", "column"), [(SWAP | {"Total Units": "many"}, "Total Units"), (SWAP | {"ID": "0"}, "ID")]
)
def test_a_wrong_cell_is_named(row: dict[str, str], column: str) -> None:
    with pytest.raises(WrongRow) as refusal:
        parse_swap(row)

    assert [problem.column for problem in refusal.value.problems] == [column]


def test_a_swap_station_has_a_name_and_a_capacity() -> None:
    assert parse_swap(SWAP, "Baoan") == SwapStation(1, "Baoan", "Baohui", 16)


def test_a_swap_station_is_known_by_district_and_number() -> None:
    station = parse_swap(SWAP)

    assert isinstance(station, SwapStation)
    assert station.key == ("Baoan", 1)


@pytest.mark.parametrize("text", ["Ave:~11", "Ave: ~12"])
def test_a_note_below_the_table_is_no_station(text: str) -> None:
    found = parse_swap({"Total Units": text})

    assert isinstance(found, NotAStation)
    assert (found.code, str(found.reason)) == ("note", "A note below the table.")


def test_an_empty_row_is_no_station() -> None:
    found = parse_swap(dict.fromkeys(SWAP, " "))

    assert isinstance(found, NotAStation)
    assert found.code == "blank"


def test_a_bare_number_below_the_table_is_not_taken_for_a_note() -> None:
    with pytest.raises(WrongRow):
        parse_swap({"Total Units": "11"})


def test_a_station_on_another_districts_sheet_is_remarked() -> None:
    station = parse_swap(SWAP, "Futian")

    assert isinstance(station, SwapStation)
    assert [remark.code for remark in station.remarks] == ["other_sheet"]


@pytest.mark.shared_data
def test_every_swap_station_is_read_and_notes_are_skipped_with_their_reason() -> None:
    found = [parse_swap(row, sheet) for sheet, row in swap_rows()]
    stations = [item for item in found if isinstance(item, SwapStation)]

    count = Counter(station.district for station in stations)
    capacity = Counter({district: 0 for district in count})
    for station in stations:
        capacity[station.district] += station.capacity
    assert {district: (count[district], capacity[district]) for district in count} == {
        "Baoan": (14, 149),
        "Futian": (9, 111),
        "Guangming": (3, 31),
        "Longhua": (7, 71),
        "Longgang": (15, 148),
        "Yantian": (2, 18),
        "Pingshan": (1, 12),
        "Luohu": (5, 55),
        "Nanshan": (13, 158),
    }
    assert (len(stations), sum(capacity.values())) == (69, 753)
    assert Counter(item.code for item in found if isinstance(item, NotAStation)) == {"blank": 9, "note": 9}
    assert not any(station.remarks for station in stations)
    assert len({station.key for station in stations}) == 69

from collections import Counter

import pytest

from stations.geo import Box, CoordinateSystem, Place, gcj02_from_wgs84
from stations.registers.cells import WrongRow
from stations.registers.shenzhen import parse_stevcdp, parse_urbanev, parse_zone
from stations.registers.shenzhen_swap import NotAStation, SwapStation
from stations.registers.shenzhen_swap import parse as parse_swap
from tests.shared_data import SHENZHEN_STEVCDP, SHENZHEN_URBANEV, SHENZHEN_ZONES, rows, swap_rows

URBANEV = {
    "station_id": "1001",
    "longitude": "113.784724",
    "latitude": "22.714121",
    "charge_count": "20",
    "TAZID": "559",
    "area": "5726523.056",
    "perimeter": "9624.5755",
}
STEVCDP = {
    "station_id": "1",
    "latitude": "22.716272",
    "longitude": "113.826349",
    "fast": "5",
    "slow": "6",
    "count": "11",
}
ZONE = {
    "num": "1",
    "grid": "102",
    "count": "30",
    "fast_count": "3",
    "slow_count": "27",
    "area": "0.71",
    "lon": "114.103",
    "la": "22.54041",
    "CBD": "0",
    "dynamic_pricing": "1",
}
SWAP = {"ID": "1", "District": "Baoan", "Station Name": "Baohui", "Total Units": "16"}
# Shenzhen with its coast, in WGS 84.
CITY = Box(south=22.4, west=113.7, north=22.9, east=114.7)


def test_a_station_of_the_first_source_is_placed_in_wgs84() -> None:
    station = parse_urbanev(URBANEV)

    assert (station.id, station.piles, station.zone) == ("1001", 20, "559")
    assert gcj02_from_wgs84(station.place) == pytest.approx(Place(22.714121, 113.784724), abs=1e-6)


def test_coordinates_can_be_taken_as_they_are() -> None:
    assert parse_urbanev(URBANEV, system=CoordinateSystem.WGS84).place == Place(22.714121, 113.784724)


def test_a_station_of_the_second_source_has_fast_and_slow_piles() -> None:
    station = parse_stevcdp(STEVCDP)

    assert (station.id, station.fast, station.slow, station.piles, station.remarks) == ("1", 5, 6, 11, ())


def test_piles_that_do_not_add_up_are_remarked() -> None:
    station = parse_stevcdp(STEVCDP | {"count": "12"})

    assert [remark.code for remark in station.remarks] == ["pile_count"]


def test_a_station_without_piles_is_remarked() -> None:
    station = parse_stevcdp(STEVCDP | {"fast": "0", "slow": "0", "count": "0"})

    assert [remark.code for remark in station.remarks] == ["no_piles"]


def test_a_zone_has_its_middle_and_its_piles() -> None:
    zone = parse_zone(ZONE)

    assert (zone.number, zone.grid, zone.fast, zone.slow, zone.piles) == ("1", "102", 3, 27, 30)
    assert (zone.is_central, zone.has_dynamic_pricing) == (False, True)
    assert zone.place in CITY


@pytest.mark.parametrize(
    ("parser", "row", "column"),
    [
        (parse_urbanev, URBANEV | {"charge_count": "-1"}, "charge_count"),
        (parse_urbanev, URBANEV | {"station_id": ""}, "station_id"),
        (parse_stevcdp, STEVCDP | {"latitude": "north"}, "latitude"),
        (parse_stevcdp, STEVCDP | {"fast": "1.5"}, "fast"),
        (parse_zone, ZONE | {"la": "122"}, "la"),
        (parse_swap, SWAP | {"Total Units": "many"}, "Total Units"),
        (parse_swap, SWAP | {"ID": "0"}, "ID"),
    ],
)
def test_a_wrong_cell_is_named(parser, row: dict[str, str], column: str) -> None:
    with pytest.raises(WrongRow) as refusal:
        parser(row)

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
def test_every_station_of_the_first_source_is_read() -> None:
    stations = [parse_urbanev(row) for row in rows(SHENZHEN_URBANEV)]

    assert len(stations) == 1_587
    assert sum(station.piles for station in stations) == 23_441
    assert len({station.zone for station in stations}) == 275
    assert len({station.id for station in stations}) == 1_587
    assert all(station.place in CITY for station in stations)


@pytest.mark.shared_data
def test_stations_of_the_first_source_share_places() -> None:
    places = {parse_urbanev(row).place for row in rows(SHENZHEN_URBANEV)}

    assert 1_587 - len(places) == 130


@pytest.mark.shared_data
def test_every_station_of_the_second_source_is_read() -> None:
    stations = [parse_stevcdp(row) for row in rows(SHENZHEN_STEVCDP)]

    assert len(stations) == 1_706
    assert (sum(station.fast for station in stations), sum(station.slow for station in stations)) == (2_693, 20_179)
    assert len(stations) - len({station.place for station in stations}) == 109
    assert all(station.place in CITY for station in stations)


@pytest.mark.shared_data
def test_stations_without_piles_are_the_only_oddity_of_the_second_source() -> None:
    remarks = Counter(remark.code for row in rows(SHENZHEN_STEVCDP) for remark in parse_stevcdp(row).remarks)

    assert remarks == {"no_piles": 62}


@pytest.mark.shared_data
def test_every_zone_of_the_second_source_is_read() -> None:
    zones = [parse_zone(row) for row in rows(SHENZHEN_ZONES)]

    assert len(zones) == len({zone.number for zone in zones}) == 247
    assert all(zone.place in CITY for zone in zones)


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

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from stations.geo import Place
from stations.registers import germany
from stations.registers.cells import WrongRow
from stations.registers.germany import ChargingPoint, Connector, GermanStation, connectors, numbered, parse
from stations.vocabulary import ConnectorStandard, Current
from tests.shared_data import germany_rows

TYPE_2_SOCKET = Connector(ConnectorStandard.TYPE_2, Current.AC_3_PHASE)
SCHUKO = Connector(ConnectorStandard.SCHUKO, Current.AC_1_PHASE)


def row(**changes: str) -> dict[str, str]:
    cells = dict.fromkeys(germany.COLUMNS, "")
    cells |= {
        germany.OPERATOR: "MVV Energie AG",
        germany.ADDRESS: "Luisenring 49",
        germany.POSTCODE_TOWN: "68159 Mannheim",
        germany.STATE: "Baden-Württemberg",
        germany.LONGITUDE: "8,468098",
        germany.LATITUDE: "49,494409",
        germany.COMMISSIONED: "14.04.2010",
        germany.CONNECTED_KW: "22",
        germany.KIND: "Normalladeeinrichtung",
        germany.POINTS: "2",
        "Steckertypen1": "AC Steckdose Typ 2",
        "P1 [kW]": "22",
        "Steckertypen2": "AC Schuko",
        "P2 [kW]": "3,7",
    }
    return cells | {getattr(germany, name, name): value for name, value in changes.items()}


def codes(station: GermanStation) -> list[tuple[str, str]]:
    return [(remark.column, remark.code) for remark in station.remarks]


def test_a_row_becomes_a_station() -> None:
    station = parse(row())

    assert (station.operator, station.address) == ("MVV Energie AG", "Luisenring 49")
    assert (station.postcode, station.town, station.state) == ("68159", "Mannheim", "Baden-Württemberg")
    assert station.place == Place(49.494409, 8.468098)
    assert (station.commissioned_on, station.connected_kw) == (date(2010, 4, 14), Decimal(22))
    assert station.is_fast is False
    assert station.points == (
        ChargingPoint(1, (TYPE_2_SOCKET,), Decimal(22)),
        ChargingPoint(2, (SCHUKO,), Decimal("3.7")),
    )
    assert station.remarks == ()


def test_a_row_out_of_a_workbook_has_a_decimal_point() -> None:
    station = parse(row(LONGITUDE="8.468098", LATITUDE="49.494409") | {"P2 [kW]": "3.7"}, decimal_mark=".")

    assert (station.place.longitude, station.points[1].kw) == (8.468098, Decimal("3.7"))


def test_a_fast_facility_is_told_apart() -> None:
    assert parse(row(KIND="Schnellladeeinrichtung")).is_fast is True


def test_an_unknown_kind_is_remarked() -> None:
    station = parse(row(KIND="Megalader"))

    assert (station.is_fast, codes(station)) == (None, [(germany.KIND, "unknown_kind")])


@pytest.mark.parametrize(
    ("cell", "kw", "found"),
    [
        ("AC Steckdose Typ 2, AC Schuko", "22", (TYPE_2_SOCKET, SCHUKO)),
        ("AC Steckdose Typ 2", "3.7", (Connector(ConnectorStandard.TYPE_2, Current.AC_1_PHASE),)),
        ("AC Kupplung Typ 2", "43", (Connector(ConnectorStandard.TYPE_2, Current.AC_3_PHASE, fixed_cable=True),)),
        (
            "DC Kupplung Combo,\nDC CHAdeMO",
            "50",
            (
                Connector(ConnectorStandard.CCS2, Current.DC, fixed_cable=True),
                Connector(ConnectorStandard.CHADEMO, Current.DC, fixed_cable=True),
            ),
        ),
        ("AC CEE 5 polig", "22", (Connector(ConnectorStandard.CEE_5, Current.AC_3_PHASE),)),
        ("AC CEE 3 polig", "3.7", (Connector(ConnectorStandard.CEE_3, Current.AC_1_PHASE),)),
        ("Steckdose Typ 1", "7.2", (Connector(ConnectorStandard.TYPE_1, Current.AC_1_PHASE),)),
        ("", "22", ()),
    ],
)
def test_a_cell_names_several_connectors(cell: str, kw: str, found: tuple[Connector, ...]) -> None:
    assert connectors(cell, Decimal(kw)) == (found, ())


def test_the_phases_of_an_outlet_without_power_are_unknown() -> None:
    assert connectors("AC Steckdose Typ 2", None)[0][0].current == Current.UNKNOWN


def test_a_word_that_is_no_connector_is_remarked_and_the_others_are_kept() -> None:
    station = parse(row() | {"Steckertypen1": "AC Steckdose Typ 2, 0"})

    assert station.points[0].connectors == (TYPE_2_SOCKET,)
    assert codes(station) == [("Steckertypen1", "unknown_connector")]


def test_a_point_of_which_no_connector_is_known_is_kept() -> None:
    station = parse(row() | {"Steckertypen2": "Wunderstecker"})

    assert station.points[1].connectors == (Connector(ConnectorStandard.UNKNOWN, Current.UNKNOWN),)


def test_a_power_without_connector_is_remarked() -> None:
    assert codes(parse(row() | {"P3 [kW]": "22"})) == [("P3 [kW]", "kw_without_connector")]


def test_a_zero_without_connector_says_nothing() -> None:
    assert codes(parse(row() | {"P3 [kW]": "0"})) == []


def test_a_connector_without_power_is_remarked() -> None:
    station = parse(row() | {"P2 [kW]": ""})

    assert (station.points[1].kw, codes(station)) == (None, [("P2 [kW]", "connector_without_kw")])


def test_a_wrong_number_of_points_is_remarked() -> None:
    assert codes(parse(row(POINTS="3"))) == [(germany.POINTS, "point_count")]


@pytest.mark.parametrize(
    ("cell", "postcode", "town"),
    [("4474 Vilshofen an der Donau", "4474", "Vilshofen an der Donau"), ("970080 Würzburg", "970080", "Würzburg")],
)
def test_a_postcode_of_four_or_six_digits_is_flagged_and_not_mended(cell: str, postcode: str, town: str) -> None:
    station = parse(row(POSTCODE_TOWN=cell))

    assert (station.postcode, station.town) == (postcode, town)
    assert codes(station) == [(germany.POSTCODE_TOWN, "postcode_length")]


def test_any_space_parts_postcode_and_town() -> None:
    station = parse(row(POSTCODE_TOWN="64319 \u00a0Pfungstadt"))

    assert (station.postcode, station.town, codes(station)) == ("64319", "Pfungstadt", [])


def test_a_town_without_postcode_is_kept_and_flagged() -> None:
    station = parse(row(POSTCODE_TOWN="Mannheim"))

    assert (station.postcode, station.town) == ("", "Mannheim")
    assert codes(station) == [(germany.POSTCODE_TOWN, "no_postcode")]


def test_a_place_in_another_country_is_remarked() -> None:
    assert codes(parse(row(LONGITUDE="15,592092", LATITUDE="50,681519"))) == [(germany.LONGITUDE, "outside_germany")]


def test_a_place_in_whole_degrees_is_remarked() -> None:
    assert codes(parse(row(LONGITUDE="10"))) == [(germany.LONGITUDE, "coarse_place")]


def test_all_wrong_cells_of_a_row_are_named() -> None:
    wrong = row(OPERATOR=" ", LATITUDE="x", COMMISSIONED="2010", CONNECTED_KW="", POINTS="two")

    with pytest.raises(WrongRow) as refusal:
        parse(wrong)

    assert {problem.column for problem in refusal.value.problems} == {
        germany.OPERATOR,
        germany.LATITUDE,
        germany.COMMISSIONED,
        germany.CONNECTED_KW,
        germany.POINTS,
    }


def test_equal_rows_have_one_fingerprint_and_are_numbered() -> None:
    names = [parse(row()).fingerprint, parse(row(ADDRESS="N2 14")).fingerprint, parse(row()).fingerprint]

    assert [number for _name, number in numbered(names)] == [1, 1, 2]
    assert names[0] == names[2] != names[1]


def test_one_operator_at_one_address_is_one_site() -> None:
    one, other = parse(row()), parse(row(OPERATOR="mvv energie ag ", POINTS="2"))

    assert one.site_key == other.site_key


@pytest.mark.shared_data
def test_every_row_of_the_register_is_read() -> None:
    stations = [parse(row) for row in germany_rows()]

    assert len(stations) == 9_690
    assert sum(len(station.points) for station in stations) == 19_029
    assert sum(station.connected_kw for station in stations) == Decimal("470812.57")
    assert len({station.operator for station in stations}) == 1_229


@pytest.mark.shared_data
def test_equal_rows_of_the_register_are_told_by_their_fingerprint() -> None:
    names = [germany.fingerprint(row) for row in germany_rows()]

    assert len(set(names)) == 9_047
    assert sum(number > 1 for _name, number in numbered(names)) == 643
    assert len(set(numbered(names))) == 9_690


@pytest.mark.shared_data
def test_the_states_of_the_register_have_their_rows() -> None:
    states = Counter(parse(row).state for row in germany_rows())

    assert len(states) == 16
    assert states.most_common(3) == [("Bayern", 1_992), ("Nordrhein-Westfalen", 1_740), ("Baden-Württemberg", 1_439)]
    assert states["Berlin"] == 469


@pytest.mark.shared_data
def test_the_oddities_of_the_register_are_remarked() -> None:
    remarks = Counter(remark.code for row in germany_rows() for remark in parse(row).remarks)

    assert remarks == {
        "postcode_length": 5,
        "coarse_place": 7,
        "outside_germany": 1,
        "unknown_connector": 2,
        "kw_without_connector": 2,
    }


@pytest.mark.shared_data
def test_the_register_has_the_connectors_that_its_cells_name() -> None:
    found = Counter(
        connector.standard for row in germany_rows() for point in parse(row).points for connector in point.connectors
    )

    assert found == {
        ConnectorStandard.TYPE_2: 16_239 + 1_156,
        ConnectorStandard.SCHUKO: 3_397,
        ConnectorStandard.CCS2: 1_404,
        ConnectorStandard.CHADEMO: 1_043,
        ConnectorStandard.CEE_5: 35,
        ConnectorStandard.CEE_3: 12,
        ConnectorStandard.TYPE_1: 1,
    }

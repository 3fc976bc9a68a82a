from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from core.clock import moments_of
from stations.geo import Place
from stations.registers.cells import WrongRow
from stations.registers.dundee import (
    ModelGuess,
    guess_model,
    is_test_site,
    parse_place,
    site_name,
)
from stations.tests.dundee_reading import DundeeSession, parse_session
from stations.vocabulary import ChargingMethod
from tests.shared_data import DUNDEE_PLACES, dundee_rows, rows

OLD_LAYOUT = {
    "Charging event": "4256786",
    "CP ID": "51356",
    "Connector": "1",
    "Start Date": "02/03/2018",
    "Start Time": "23:50",
    "End Date": "03/03/2018",
    "End Time": "14:16",
    "Total kWh": "19.99",
    "Cost": "0",
    "Site": "Gellatly Street Car Park, Dundee",
    "Group": "APT Controls; CYC; ChargePlace Scotland; Dundee City Council",
    "Model": "APT 7kW Dual Outlet",
}
NEW_LAYOUT = OLD_LAYOUT | {"User ID": "601838", "column 14": "", "column 15": "", "column 16": "Nissan LEAF"}


def wall(*parts: int) -> datetime:
    return datetime(*parts)  # noqa: DTZ001  (a reading of a wall clock)


def test_a_row_becomes_a_session() -> None:
    assert parse_session(OLD_LAYOUT) == DundeeSession(
        id="4256786",
        charge_point="51356",
        connector=1,
        started=wall(2018, 3, 2, 23, 50),
        ended=wall(2018, 3, 3, 14, 16),
        wh=19_990,
        cost=Decimal(0),
        site="Gellatly Street Car Park, Dundee",
        groups=("APT Controls", "CYC", "ChargePlace Scotland", "Dundee City Council"),
        model="APT 7kW Dual Outlet",
    )


def test_the_second_layout_names_the_user_and_the_car() -> None:
    session = parse_session(NEW_LAYOUT)

    assert (session.user, session.vehicle) == ("601838", "Nissan LEAF")


def test_the_column_of_the_car_may_have_another_name() -> None:
    assert parse_session(OLD_LAYOUT | {"Car": "Renault ZOE"}, vehicle_column="Car").vehicle == "Renault ZOE"


def test_a_session_without_end_is_open() -> None:
    session = parse_session(OLD_LAYOUT | {"End Date": "", "End Time": "", "Total kWh": "", "Cost": ""})

    assert session.is_open
    assert (session.ended, session.wh, session.cost) == (None, None, None)


def test_doubtful_figures_are_read_as_they_stand() -> None:
    session = parse_session(OLD_LAYOUT | {"Total kWh": "-30.1", "End Date": "01/03/2018"})

    assert (session.wh, session.ended) == (-30_100, wall(2018, 3, 1, 14, 16))


def test_a_row_without_charge_point_is_kept_and_remarked() -> None:
    session = parse_session(OLD_LAYOUT | {"CP ID": ""})

    assert [remark.code for remark in session.remarks] == ["no_charge_point"]


def test_all_wrong_cells_of_a_row_are_named() -> None:
    wrong = {"Charging event": "", "Connector": "0", "Start Time": "24:10", "End Time": "", "Total kWh": "1.23456"}

    with pytest.raises(WrongRow) as refusal:
        parse_session(OLD_LAYOUT | wrong)

    assert {problem.column for problem in refusal.value.problems} == set(wrong)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Trades Lane, Dundee", "Trades Lane"),
        ("Trades Lane", "Trades Lane"),
        ("Queen Street Car Park, Broughty Ferry, Dundee", "Queen Street Car Park, Broughty Ferry"),
        ("Public Works Dept, Clepington Rd. Dundee", "Public Works Dept, Clepington Rd"),
        ("Dundee House, Dundee", "Dundee House"),
        ("University of Dundee", "University of Dundee"),
        (" South  Tay Street ,dundee ", "South Tay Street"),
        ("Dundee", "Dundee"),
        ("", ""),
    ],
)
def test_a_site_has_one_name(name: str, short: str) -> None:
    assert site_name(name) == short


def test_the_test_site_is_recognised() -> None:
    assert is_test_site("***TEST SITE*** Charge Your Car HQ")
    assert parse_session(OLD_LAYOUT | {"Site": "***TEST SITE*** Charge Your Car HQ"}).is_test


def test_a_site_is_not_a_test_site_by_its_name_alone() -> None:
    assert not is_test_site("Test Site Road, Dundee")


@pytest.mark.parametrize(
    ("text", "guess"),
    [
        ("APT 22kW Dual Outlet", ModelGuess("APT", "22kW Dual Outlet", Decimal(22), True, ChargingMethod.AC, 2)),
        ("APT 7kW Dual Outlet", ModelGuess("APT", "7kW Dual Outlet", Decimal(7), True, ChargingMethod.AC, 2)),
        ("APT 7kW Single Outlet", ModelGuess("APT", "7kW Single Outlet", Decimal(7), True, ChargingMethod.AC, 1)),
        ("APT 50kW Raption", ModelGuess("APT", "50kW Raption", Decimal(50), True, ChargingMethod.DC, 3)),
        ("APT Dual Rapid Charger", ModelGuess("APT", "Dual Rapid Charger", Decimal(50), False, ChargingMethod.DC, 2)),
        (
            "APT Triple Rapid Charger",
            ModelGuess("APT", "Triple Rapid Charger", Decimal(50), False, ChargingMethod.DC, 3),
        ),
        ("Acme 7.4 kW post", ModelGuess("Acme", "7.4 kW post", Decimal("7.4"), True, None, None)),
        ("Acme", ModelGuess("Acme", "", None, False, None, None)),
        ("", ModelGuess("", "", None, False, None, None)),
    ],
)
def test_a_model_tells_vendor_power_and_method(text: str, guess: ModelGuess) -> None:
    assert guess_model(text) == guess


def test_a_place_joins_a_site_to_its_coordinates() -> None:
    found = parse_place(
        {"Site": "Dock Street, Dundee", "ocm_id": "46906", "ocm_postcode": "DD1 3DP"}
        | {"latitude": "56.46037703", "longitude": "-2.966619757"}
    )

    assert (found.site, found.place) == ("Dock Street, Dundee", Place(56.46037703, -2.966619757))
    assert (found.postcode, found.open_charge_map_id) == ("DD1 3DP", "46906")


def test_a_site_may_have_no_known_place() -> None:
    assert parse_place({"Site": "Sinclair Street", "latitude": "", "longitude": ""}).place is None


def test_half_a_place_is_a_problem() -> None:
    with pytest.raises(WrongRow):
        parse_place({"Site": "Sinclair Street", "latitude": "56.4", "longitude": ""})


@cache
def sessions() -> list[DundeeSession]:
    return [parse_session(row) for row in dundee_rows()]


def tally(key: Callable[[DundeeSession], str]) -> dict[str, tuple[int, Decimal]]:
    """Sessions and kWh of all rows by a key; an open session counts with no energy."""
    count: Counter[str] = Counter()
    wh: defaultdict[str, int] = defaultdict(int)
    for session in sessions():
        count[key(session)] += 1
        wh[key(session)] += session.wh or 0
    return {name: (count[name], Decimal(wh[name]) / 1000) for name in count}


@pytest.mark.shared_data
def test_every_session_is_read_and_their_energy_adds_up() -> None:
    assert tally(lambda session: "all") == {"all": (67_112, Decimal("582310.034"))}


@pytest.mark.shared_data
def test_every_session_has_its_own_id() -> None:
    assert len({session.id for session in sessions()}) == 67_112


@pytest.mark.shared_data
def test_each_month_of_start_has_its_sessions_and_energy() -> None:
    assert tally(lambda session: f"{session.started:%Y-%m}") == {
        "2017-09": (4969, Decimal("38144.903")),
        "2017-10": (5078, Decimal("39291.270")),
        "2017-11": (5384, Decimal("43632.789")),
        "2017-12": (5346, Decimal("46465.693")),
        "2018-01": (5489, Decimal("45857.476")),
        "2018-02": (4660, Decimal("38314.792")),
        "2018-03": (4695, Decimal("38786.224")),
        "2018-04": (5571, Decimal("48364.967")),
        "2018-05": (5889, Decimal("51477.170")),
        "2018-06": (5746, Decimal("51340.968")),
        "2018-07": (5815, Decimal("54513.663")),
        "2018-08": (7088, Decimal("71809.479")),
        "2018-09": (1382, Decimal("14310.640")),
    }


@pytest.mark.shared_data
def test_the_busiest_sites_have_their_sessions_and_energy() -> None:
    sites = tally(lambda session: site_name(session.site))

    assert sites["Lochee Charging Hub"] == (11_425, Decimal("127832.453"))
    assert sites["Queen Street Car Park, Broughty Ferry"] == (9_447, Decimal("71465.655"))
    assert sites["Public Works Dept, Clepington Rd"] == (7_776, Decimal("52675.474"))


@pytest.mark.shared_data
def test_sites_under_two_names_are_one() -> None:
    names = {session.site for session in sessions() if session.site}

    assert len(names) == 34
    assert len({site_name(name) for name in names}) == 31


@pytest.mark.shared_data
def test_the_test_site_has_its_sessions_and_energy() -> None:
    assert tally(lambda session: str(session.is_test))["True"] == (464, Decimal("4820.857"))


@pytest.mark.shared_data
def test_the_busiest_charge_point_is_known() -> None:
    points = Counter(session.charge_point for session in sessions() if session.charge_point)

    assert points.most_common(1) == [("50911", 8_081)]
    assert len(points) == 67


@pytest.mark.shared_data
def test_open_negative_and_reversed_sessions_are_all_there() -> None:
    negative = [session.wh for session in sessions() if session.wh is not None and session.wh < 0]
    spans = [session.ended - session.started for session in sessions() if session.ended is not None]

    assert sum(session.is_open for session in sessions()) == 329
    assert (len(negative), sum(negative)) == (29, -890_790)
    assert sum(span < timedelta(0) for span in spans) == 6
    assert sum(span > timedelta(hours=24) for span in spans) == 2_343
    assert max(session.wh or 0 for session in sessions()) == 1_430_170
    assert sum(not session.charge_point for session in sessions()) == 2


@pytest.mark.shared_data
def test_thirteen_sessions_start_in_the_doubled_hour_and_none_in_the_skipped_one() -> None:
    starts = Counter(len(moments_of(session.started, ZoneInfo("Europe/London"))) for session in sessions())

    assert starts == {1: 67_099, 2: 13}


@pytest.mark.shared_data
def test_every_model_of_the_files_tells_a_power_and_a_method() -> None:
    guesses = {session.model: guess_model(session.model) for session in sessions()}

    assert len(guesses) == 6
    assert all(guess.vendor == "APT" and guess.kw and guess.method and guess.outlets for guess in guesses.values())


@pytest.mark.shared_data
def test_every_site_of_the_files_stands_in_the_file_of_places() -> None:
    places = {found.site: found.place for found in map(parse_place, rows(DUNDEE_PLACES))}

    assert {session.site for session in sessions() if session.site} == set(places)
    assert sum(place is not None for place in places.values()) == 18

"""The shared reads give the sums that they say, of the rows that the reader may see."""

from datetime import UTC, date, datetime

import pytest

from core.periods import Period
from services.charging import queries
from services.charging.models import ChargingDay, ChargingHour, ChargingSession
from services.charging.tests.making import make_connector, make_session
from stations.models import Connector
from tests.cast import Cast

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


@pytest.fixture
def told(scoped: Cast) -> Cast:
    """Three accepted sessions at A, one at B, two set aside, one rejected, one in April."""
    first, second = make_connector(scoped.site, "CP-1"), make_connector(scoped.second_site, "CP-2")
    make_session(first, at(2, 8), 60, energy_wh=5_000)
    make_session(first, at(2, 10), 30, energy_wh=3_000)
    make_session(first, at(9, 8), 60, energy_wh=2_000)
    make_session(second, at(3, 23), 120, energy_wh=9_000)
    make_session(first, at(2, 8), 60, state="aside", doubt="too_long", energy_wh=100)
    make_session(first, at(4, 8), 60, state="aside", doubt="open", energy_wh=None, ended_at=None)
    make_session(first, at(4, 8), 60, state="rejected", doubt="overlap", energy_wh=70)
    make_session(first, datetime(2026, 4, 1, 8, tzinfo=UTC))
    return scoped


def test_sums_by_day(told: Cast) -> None:
    rows = queries.day_sums(ChargingDay.objects.all(), FIRST, LAST)
    assert [(row["day"].day, row["sessions"], row["energy_wh"], row["occupied_s"]) for row in rows] == [
        (2, 2, 8_000, 5_400),
        (3, 1, 9_000, 3_600),
        (4, 0, 0, 3_600),
        (9, 1, 2_000, 3_600),
    ]


def test_the_states_together_are_all_sessions_with_doubts_in_the_order_in_which_they_are_judged(told: Cast) -> None:
    rows = queries.told_sums(ChargingDay.objects.all(), FIRST, LAST)
    assert [(row["state"], row["doubt"], row["sessions"], row["energy_wh"]) for row in rows] == [
        ("accepted", "", 4, 19_000),
        ("aside", "open", 1, 0),
        ("aside", "too_long", 1, 100),
        ("rejected", "overlap", 1, 70),
    ]


def test_a_doubt_that_was_decided_upon_waits_no_more(told: Cast) -> None:
    ChargingSession.objects.filter(doubt="open").update(state="rejected")
    assert [row["doubt"] for row in queries.doubts_waiting(ChargingDay.objects.all())] == ["too_long"]


def test_sums_by_hour_and_by_weekday(told: Cast) -> None:
    hours = ChargingHour.objects.all()
    by_hour = queries.hour_sums(hours, FIRST, LAST)
    assert [(row["hour"], row["sessions"]) for row in by_hour] == [(8, 2), (10, 1), (23, 1)]
    by_weekday = queries.weekday_hour_sums(hours, FIRST, LAST)
    assert [(row["weekday"], row["hour"], row["sessions"]) for row in by_weekday] == [(1, 8, 2), (1, 10, 1), (2, 23, 1)]


def test_the_busiest_site_comes_first(told: Cast) -> None:
    rows = queries.busiest_sites(ChargingDay.objects.all(), FIRST, LAST)
    assert [(row["site__code"], row["sessions"], row["energy_wh"]) for row in rows] == [
        ("A", 3, 10_000),
        ("B", 1, 9_000),
    ]


def test_sums_by_charger_of_a_site(told: Cast) -> None:
    period = Period(at(1, 0), at(31, 0))
    rows = list(queries.charger_sums(ChargingSession.objects.all(), told.site.pk, period))
    assert [(row["charger__code"], row["sessions"], row["energy_wh"], row["duration_s"]) for row in rows] == [
        ("CP-1", 3, 10_000, 9_000)
    ]


def test_the_days_with_sessions(told: Cast, scoped: Cast) -> None:
    assert queries.days_told(ChargingDay.objects.all()) == (date(2026, 3, 2), date(2026, 4, 1))
    assert queries.days_told(ChargingDay.objects.none()) == (None, None)


def test_an_operator_reads_the_sums_of_the_own_site_alone(told: Cast) -> None:
    days = ChargingDay.objects.visible_to(told.operator, "charging.view_session")
    assert [row["site__code"] for row in queries.busiest_sites(days, FIRST, LAST)] == ["A"]
    assert sum(row["energy_wh"] for row in queries.day_sums(days, FIRST, LAST)) == 10_000


def test_somebody_without_the_right_reads_nothing(told: Cast) -> None:
    days = ChargingDay.objects.visible_to(told.stranger, "charging.view_session")
    assert list(queries.day_sums(days, FIRST, LAST)) == []


@pytest.mark.parametrize(
    ("start", "end", "held"),
    [
        (at(2, 7), at(2, 8), False),  # ends as the other begins
        (at(2, 7), at(2, 12), True),
        (at(2, 9), at(2, 10), False),  # between two
        (at(2, 8), at(2, 8), False),  # no time at all
        (at(2, 8), at(2, 9), True),
    ],
)
def test_who_holds_a_connector(told: Cast, start: datetime, end: datetime, held: bool) -> None:
    connector = Connector.objects.get(charger__code="CP-1")
    assert (queries.holder_of_connector(connector, Period(start, end)) is not None) is held


def test_a_session_does_not_stand_in_its_own_way(told: Cast) -> None:
    session = ChargingSession.objects.get(started_at=at(9, 8))
    period = Period(session.started_at, session.ended_at)
    assert queries.holder_of_connector(session.connector, period, besides=session.pk) is None

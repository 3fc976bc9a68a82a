"""The rollups equal the facts, whatever is done to sessions, and the days are those of the network's clock."""

import threading
from datetime import UTC, date, datetime, time, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.clock import day_of, day_period, first_moment_at
from core.signals import network_clock_changed
from core.tenancy.scope import network_scope
from security.models import Network
from services.charging.models import ChargingDay, ChargingHour, ChargingSession, Doubt, SessionState
from services.charging.rollups import rebuild_rollups, rollup_differences
from services.charging.tests.making import NOON, make_connector, make_session
from tests.cast import Cast, make_network, make_site

ZONES = [
    "Europe/London",
    "Asia/Shanghai",
    "America/New_York",
    "Africa/Cairo",  # changes at midnight
    "America/Havana",
    "Australia/Lord_Howe",  # changes by half an hour
    "Asia/Kathmandu",
    "Pacific/Apia",
]
STARTS = [time(0, 0), time(0, 30), time(1, 30), time(2, 30), time(4, 0), time(23, 45)]
# Around the changes of the clocks of 2025 in America, Europe and Australia.
CHANGES = [datetime(2025, 3, 9, tzinfo=UTC), datetime(2025, 3, 30, tzinfo=UTC), datetime(2025, 10, 26, tzinfo=UTC)]
CHANGES += [datetime(2025, 4, 5, tzinfo=UTC)]
MOMENTS = st.builds(
    datetime.__add__, st.sampled_from(CHANGES), st.timedeltas(timedelta(hours=-12), timedelta(hours=36))
)
LENGTHS = st.one_of(
    st.timedeltas(timedelta(0), timedelta(hours=3)),
    st.timedeltas(timedelta(0), timedelta(days=4)),
    st.just(timedelta(0)),
)
QUICK = settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def sums(model: Any, *names: str) -> list[tuple[Any, ...]]:
    return list(model.objects.order_by("day", "state" if model is ChargingDay else "hour").values_list(*names))


@pytest.mark.parametrize("zone", ZONES)
def test_a_day_begins_in_the_database_when_it_begins_by_our_clock(db: None, zone: str) -> None:
    network = Network(slug="x", time_zone=zone)
    wanted, got = [], []
    with connection.cursor() as cursor:
        for starts in STARTS:
            first = date(2024, 1, 1)
            cursor.execute(
                "SELECT charging_day_start(day::date, %s, %s) FROM generate_series(%s::date, %s, interval '1 day') day",
                [starts, zone, first, date(2026, 12, 31)],
            )
            got += [moment for (moment,) in cursor.fetchall()]
            wanted += [
                first_moment_at(datetime.combine(first + timedelta(days=number), starts), network.zone)
                for number in range(1096)
            ]
    assert got == wanted


def test_a_session_over_the_start_of_the_day_counts_on_the_day_it_began_and_occupies_both(scoped: Cast) -> None:
    connector = make_connector(scoped.site)
    make_session(connector, datetime(2026, 3, 2, 23, 0, tzinfo=UTC), minutes=90, energy_wh=9_000)
    assert sums(ChargingDay, "day", "sessions", "energy_wh", "duration_s", "occupied_s") == [
        (date(2026, 3, 2), 1, 9_000, 5_400, 3_600),
        (date(2026, 3, 3), 0, 0, 0, 1_800),
    ]


def test_hours_are_those_of_the_wall_clock(scoped: Cast) -> None:
    make_session(make_connector(scoped.site), datetime(2026, 7, 1, 12, 30, tzinfo=UTC))
    assert sums(ChargingHour, "day", "hour", "sessions", "energy_wh") == [(date(2026, 7, 1), 13, 1, 7_000)]


def test_doubtful_sessions_count_under_their_doubt_and_in_no_hour(scoped: Cast) -> None:
    make_session(make_connector(scoped.site), state="aside", doubt="too_long", energy_wh=500)
    assert sums(ChargingDay, "state", "doubt", "sessions", "energy_wh", "occupied_s") == [
        ("aside", "too_long", 1, 500, 0)
    ]
    assert not ChargingHour.objects.exists()


def test_a_session_without_energy_or_site_is_counted(scoped: Cast) -> None:
    make_session(None, state="aside", doubt="unknown_charger", energy_wh=None, ended_at=None)
    assert sums(ChargingDay, "site", "state", "doubt", "sessions", "energy_wh") == [
        (None, "aside", "unknown_charger", 1, 0)
    ]


def test_nothing_is_left_of_a_deleted_session(scoped: Cast) -> None:
    make_session(make_connector(scoped.site)).delete()
    assert rollup_differences() == []
    assert not ChargingDay.objects.exists()
    assert not ChargingHour.objects.exists()


def test_the_two_hours_of_a_doubled_hour_belong_to_one_day_when_the_day_began_in_it(db: None) -> None:
    network = make_network("late", day_starts_at=time(1, 30))
    second_reading = datetime(2025, 10, 26, 1, 10, tzinfo=UTC)  # clocks in London show 01:10 again
    with network_scope(network):
        make_session(make_connector(make_site("L")), second_reading, minutes=5)
        assert sums(ChargingDay, "day", "occupied_s") == [(date(2025, 10, 26), 300)]
        assert day_of(second_reading, network) == date(2025, 10, 26)


@QUICK
@given(data=st.data())
def test_the_rollups_equal_the_facts_after_whatever_happens(cast: Cast, data: st.DataObject) -> None:
    with transaction.atomic():
        for network in (cast.network, cast.other):
            network.time_zone = data.draw(st.sampled_from(ZONES))
            network.day_starts_at = data.draw(st.sampled_from(STARTS))
            network.save()
        for _ in range(data.draw(st.integers(1, 8))):
            network, site = data.draw(st.sampled_from([(cast.network, cast.site), (cast.other, cast.other_site)]))
            with network_scope(network):
                _do_something(data, site)
        for network in (cast.network, cast.other):
            with network_scope(network):
                assert rollup_differences() == []
                assert _held(ChargingDay) == _expected_days(network)
        transaction.set_rollback(True)


def _do_something(data: st.DataObject, site: Any) -> None:
    rows = list(ChargingSession.objects.order_by("pk"))
    deed = data.draw(st.sampled_from(["add", "add many", "change", "delete", "set aside", "reject"]))
    if deed == "add" or not rows:
        _add(data, site)
    elif deed == "add many":
        many = [_add(data, site) for _ in range(3)]
        energy = data.draw(st.integers(0, 90_000))
        ChargingSession.objects.filter(pk__in=[row.pk for row in many]).update(energy_wh=energy)
    elif deed == "delete":
        data.draw(st.sampled_from(rows)).delete()
    else:
        row = data.draw(st.sampled_from(rows))
        if deed == "change":
            row.started_at = data.draw(MOMENTS)
            row.ended_at = row.started_at + data.draw(LENGTHS)
            row.energy_wh = data.draw(st.integers(0, 90_000))
        else:
            row.state = SessionState.SET_ASIDE if deed == "set aside" else SessionState.REJECTED
            row.doubt = data.draw(st.sampled_from(Doubt.values))
        row.save()


def _add(data: st.DataObject, site: Any) -> Any:
    start = data.draw(MOMENTS)
    # Every session at a connector of its own: whether two overlap is not the matter here.
    connector = make_connector(site, code=f"CP-{ChargingSession.objects.count()}-{data.draw(st.integers(0, 10**9))}")
    return make_session(connector, start, ended_at=start + data.draw(LENGTHS))


def _held(model: Any) -> dict[tuple[Any, ...], tuple[int, ...]]:
    rows = model.objects.values_list(
        "day", "site_id", "state", "doubt", "sessions", "energy_wh", "duration_s", "occupied_s"
    )
    return {row[:4]: row[4:] for row in rows if any(row[4:])}


def _expected_days(network: Network) -> dict[tuple[Any, ...], tuple[int, ...]]:
    """The day sums by `core.clock`, one session at a time."""
    found: dict[tuple[Any, ...], list[int]] = {}

    def add(key: tuple[Any, ...], *values: int) -> None:
        held = found.setdefault(key, [0, 0, 0, 0])
        found[key] = [a + b for a, b in zip(held, values, strict=True)]

    for row in ChargingSession.objects.all():
        accepted = row.state == SessionState.ACCEPTED
        day = day_of(row.started_at, network)
        key = (row.site_id, row.state, "" if accepted else row.doubt)
        length = _cut(row.ended_at) - _cut(row.started_at)
        add((day, *key), 1, row.energy_wh or 0, length if accepted else 0, 0)
        while accepted:
            period = day_period(day, network)
            start, end = max(row.started_at, period.start), min(row.ended_at, period.end)
            add((day, *key), 0, 0, 0, max(0, _cut(end) - _cut(start)))
            if row.ended_at <= period.end:
                break
            day += timedelta(days=1)
    return {key: tuple(values) for key, values in found.items() if any(values)}


def _cut(moment: datetime) -> int:
    return int(moment.timestamp() // 1)


def test_a_difference_is_found_and_named(scoped: Cast) -> None:
    make_session(make_connector(scoped.site))
    ChargingDay.objects.update(energy_wh=6_999)
    (difference,) = rollup_differences()
    assert difference.held["energy_wh"] == 6_999
    assert difference.facts["energy_wh"] == 7_000
    assert "energy_wh 6999 instead of 7000" in str(difference)


def test_a_row_too_many_is_found(scoped: Cast) -> None:
    ChargingHour(site=scoped.site, day=date(2026, 1, 1), hour=3, sessions=1, energy_wh=5).save()
    (difference,) = rollup_differences()
    assert (difference.held["sessions"], difference.facts["sessions"]) == (1, 0)


def test_rebuilding_makes_them_equal_again(scoped: Cast) -> None:
    make_session(make_connector(scoped.site))
    ChargingDay.objects.all().delete()
    assert rollup_differences() != []
    assert rebuild_rollups() == 2
    assert rollup_differences() == []


def test_rebuilding_one_network_leaves_the_other_alone(cast: Cast) -> None:
    with network_scope(cast.other):
        make_session(make_connector(cast.other_site))
        ChargingDay.objects.update(energy_wh=1)
    with network_scope(cast.network):
        rebuild_rollups()
        assert rollup_differences() == []
    with network_scope(cast.other):
        assert len(rollup_differences()) == 1


def test_days_are_computed_anew_when_the_network_gets_another_clock(scoped: Cast) -> None:
    make_session(make_connector(scoped.site), datetime(2026, 3, 2, 23, 0, tzinfo=UTC), minutes=30)
    scoped.network.time_zone = "Asia/Shanghai"
    scoped.network.save()
    network_clock_changed.send(sender=Network, network=scoped.network)
    assert sums(ChargingDay, "day", "occupied_s") == [(date(2026, 3, 3), 1_800)]
    assert rollup_differences() == []


def test_the_command_says_that_all_is_well(scoped: Cast) -> None:
    make_session(make_connector(scoped.site))
    out = StringIO()
    call_command("check_rollups", network=[scoped.network.slug], stdout=out)
    assert out.getvalue() == "harbour: the rollups equal the sessions.\n"


def test_the_command_fails_when_they_differ_and_repairs_when_asked(scoped: Cast) -> None:
    make_session(make_connector(scoped.site))
    ChargingDay.objects.update(energy_wh=1)
    out = StringIO()
    with pytest.raises(CommandError, match="1 difference"):
        call_command("check_rollups", network=[scoped.network.slug], stdout=out)
    call_command("check_rollups", network=[scoped.network.slug], repair=True, stdout=out)
    assert "computed anew" in out.getvalue()
    assert rollup_differences() == []


@pytest.mark.django_db(transaction=True)
def test_sessions_that_come_during_a_rebuild_are_not_lost(cast: Cast) -> None:
    with network_scope(cast.network):
        connector = make_connector(cast.site)
    came = threading.Thread(target=_add_elsewhere, args=(cast.network, connector))
    with network_scope(cast.network):
        with transaction.atomic():
            rebuild_rollups()
            came.start()
            came.join(timeout=0.5)
            assert came.is_alive()  # it waits for the rebuild
        came.join(timeout=10)
        assert [row.sessions for row in ChargingDay.objects.all()] == [1]
        assert rollup_differences() == []


def _add_elsewhere(network: Network, connector: Any) -> None:
    with network_scope(network):
        make_session(connector, NOON)
    connections.close_all()

"""Eight at once: one decision, and never two sessions at one connector at the same time.

Each race has its control, in which the protection is off and the race must go wrong; otherwise it would prove nothing.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections

from core.clock import now
from core.db.roles import as_owner
from core.errors import Refusal
from core.tenancy.scope import network_scope
from services.charging.actions import (
    SessionTold,
    accept_session,
    deciding,
    record_session,
    recording,
    refusals,
)
from services.charging.models import ChargingSession, SessionDecision
from services.charging.rollups import rollup_differences
from services.charging.tests.making import NOON, make_connector, make_session
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8


def at_once(cast: Cast, work: Callable[[int], Any]) -> list[BaseException]:
    """Run `work(0)` … `work(7)` at the same moment, each over a connection of its own; returns what was raised."""
    ready, raised = threading.Barrier(THREADS), []

    def run(number: int) -> None:
        try:
            with network_scope(cast.network):
                connection.ensure_connection()
                ready.wait(timeout=10)
                work(number)
        except BaseException as error:
            raised.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return raised


@contextmanager
def without_constraint() -> Iterator[None]:
    """The exclusion of overlaps off, as if nobody had thought of it."""
    table, name = "charging_chargingsession", refusals.CONNECTOR_CONSTRAINT
    with as_owner() as owner, owner.cursor() as cursor:
        cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name])
        definition = cursor.fetchone()[0]
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    try:
        yield
    finally:
        with as_owner() as owner, owner.cursor() as cursor:
            cursor.execute(f"TRUNCATE {table} CASCADE")  # what got in would forbid the constraint
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def doubles(cast: Cast) -> int:
    """Accepted sessions that share time with another one at their connector."""
    with network_scope(cast.network):
        spans = sorted(ChargingSession.objects.filter(state="accepted").values_list("started_at", "ended_at"))
    return sum(before[1] > after[0] for before, after in zip(spans, spans[1:], strict=False))


@pytest.fixture
def overlapping(cast: Cast) -> list[Any]:
    """Eight doubtful sessions at one connector, each overlapping all others."""
    with network_scope(cast.network):
        connector = make_connector(cast.site)
        return [
            make_session(connector, NOON + timedelta(minutes=number), state="aside", doubt="above_rated_power")
            for number in range(THREADS)
        ]


def accept(cast: Cast, session: Any) -> None:
    accept_session(session=session, reason="Seen by all", actor=cast.director, now=now())


def no_lock(*_: Any) -> None:
    """Stands in for the lock of a connector where the lock is off."""


def test_eight_who_accept_one_session_make_one_decision(cast: Cast, overlapping: list[Any]) -> None:
    assert at_once(cast, lambda number: accept(cast, overlapping[0])) == []
    with network_scope(cast.network):
        assert SessionDecision.objects.count() == 1
        assert rollup_differences() == []


def test_without_the_lock_on_the_session_they_make_several(
    cast: Cast, overlapping: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = threading.Barrier(THREADS)

    def read(queryset: Any) -> list[Any]:
        rows = list(queryset)
        slow.wait(timeout=10)
        return rows

    monkeypatch.setattr(deciding, "lock", read)
    at_once(cast, lambda number: accept(cast, overlapping[0]))
    with network_scope(cast.network):
        assert SessionDecision.objects.count() > 1


def test_of_eight_overlapping_sessions_one_is_accepted(cast: Cast, overlapping: list[Any]) -> None:
    raised = at_once(cast, lambda number: accept(cast, overlapping[number]))
    assert [type(error).__name__ for error in raised] == ["OverlapRefused"] * (THREADS - 1)
    assert doubles(cast) == 0
    with network_scope(cast.network):
        assert ChargingSession.objects.filter(state="accepted").count() == 1
        assert rollup_differences() == []


def test_the_constraint_alone_lets_one_in(cast: Cast, overlapping: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deciding, "lock_connector", no_lock)
    raised = at_once(cast, lambda number: accept(cast, overlapping[number]))
    assert all(isinstance(error, Refusal) for error in raised)
    assert (len(raised), doubles(cast)) == (THREADS - 1, 0)


def test_the_lock_alone_lets_one_in(cast: Cast, overlapping: list[Any]) -> None:
    with without_constraint():
        at_once(cast, lambda number: accept(cast, overlapping[number]))
        assert doubles(cast) == 0


def test_without_lock_and_constraint_several_get_in(
    cast: Cast, overlapping: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = threading.Barrier(THREADS)

    def look(*_: Any, **__: Any) -> None:
        looked.wait(timeout=10)  # all have looked before the first saves

    monkeypatch.setattr(deciding, "lock_connector", no_lock)
    monkeypatch.setattr(deciding, "refuse_overlap", look)
    with without_constraint():
        at_once(cast, lambda number: accept(cast, overlapping[number]))
        assert doubles(cast) > 0


@pytest.fixture
def told(cast: Cast) -> SessionTold:
    with network_scope(cast.network):
        connector = make_connector(cast.site)
    return SessionTold(
        source_name="counter",
        external_id="1",
        connector=connector,
        started_at=NOON,
        ended_at=NOON + timedelta(hours=1),
        energy_wh=7_000,
    )


def test_eight_who_tell_one_session_make_one(cast: Cast, told: SessionTold) -> None:
    assert at_once(cast, lambda number: record_session(told=told, actor=None, now=now())) == []
    with network_scope(cast.network):
        assert ChargingSession.objects.count() == 1


def test_without_the_lock_on_the_number_most_of_them_fail(
    cast: Cast, told: SessionTold, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = threading.Barrier(THREADS)
    monkeypatch.setattr(recording, "lock_names", lambda *_: None)
    monkeypatch.setattr(recording, "lock_connector", lambda *_: looked.wait(timeout=10))
    raised = at_once(cast, lambda number: record_session(told=told, actor=None, now=now()))
    assert raised != []


def test_eight_who_tell_overlapping_sessions_get_one_in_and_seven_set_aside(cast: Cast, told: SessionTold) -> None:
    def tell(number: int) -> None:
        another = SessionTold(**{**vars(told), "external_id": f"{number}"})
        record_session(told=another, actor=None, now=now())

    assert at_once(cast, tell) == []
    with network_scope(cast.network):
        states = list(ChargingSession.objects.order_by("state").values_list("state", "doubt"))
        assert states == [("accepted", ""), *[("aside", "overlap")] * (THREADS - 1)]
        assert rollup_differences() == []

"""What people and chargers do with sessions, and what they are refused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.clock import now
from core.tenancy.scope import ScopeError, network_scope
from security.models import WorkRecord
from services.charging.actions import (
    OverlapRefused,
    SessionRefused,
    SessionTold,
    TellingRefused,
    accept_session,
    correct_session,
    decide_many,
    record_session,
    reject_session,
)
from services.charging.models import ChargingDay, ChargingSession, SessionDecision, SessionState, Verdict
from services.charging.rollups import rollup_differences
from services.charging.tests.making import NOON, make_connector, make_session
from tests.cast import Cast, make_site

HOUR = timedelta(hours=1)


@pytest.fixture
def connector(scoped: Cast) -> Any:
    return make_connector(scoped.site)


@pytest.fixture
def doubtful(connector: Any) -> Any:
    return make_session(connector, minutes=30 * 60, state="aside", doubt="too_long")


def says(cast: Cast, reason: str = "Asked the driver") -> dict[str, Any]:
    return {"reason": reason, "actor": cast.director, "now": now()}


def correction(session: Any, **changed: Any) -> dict[str, Any]:
    names = ("connector", "started_at", "ended_at", "energy_wh")
    return {name: getattr(session, name) for name in names} | changed


# -- deciding ---------------------------------------------------------------------------------------------------------


def test_an_accepted_session_counts(scoped: Cast, doubtful: Any) -> None:
    session = accept_session(session=doubtful, **says(scoped))
    assert (session.state, session.doubt) == (SessionState.ACCEPTED, "too_long")
    assert sum(day.energy_wh for day in ChargingDay.objects.filter(state="accepted")) == 7_000
    assert rollup_differences() == []


def test_a_rejected_session_never_counts(scoped: Cast, doubtful: Any) -> None:
    assert reject_session(session=doubtful, **says(scoped)).state == SessionState.REJECTED
    assert [day.state for day in ChargingDay.objects.all()] == ["rejected"]


def test_a_decision_keeps_who_why_and_what_changed(scoped: Cast, doubtful: Any) -> None:
    accept_session(session=doubtful, **says(scoped, "The car stood there for two days"))
    (decision,) = SessionDecision.objects.all()
    assert (decision.account, decision.verdict) == (scoped.director, Verdict.ACCEPTED)
    assert decision.reason == "The car stood there for two days"
    assert (decision.before, decision.after) == ({"state": "aside"}, {"state": "accepted"})


def test_a_decision_leaves_a_work_record(scoped: Cast, doubtful: Any) -> None:
    reject_session(session=doubtful, **says(scoped, "A test of ours"))
    line = WorkRecord.objects.get(verb="session.rejected")
    assert (line.account, line.target_id) == (scoped.director, doubtful.pk)
    assert line.summary == "A, 7.000 kWh: A test of ours"


@pytest.mark.parametrize("deed", [accept_session, reject_session])
def test_deciding_again_changes_nothing(scoped: Cast, doubtful: Any, deed: Callable[..., Any]) -> None:
    deed(session=doubtful, **says(scoped))
    deed(session=doubtful, **says(scoped, "Once more"))
    assert SessionDecision.objects.count() == 1


def test_a_decision_can_be_turned_around(scoped: Cast, doubtful: Any) -> None:
    accept_session(session=doubtful, **says(scoped))
    reject_session(session=doubtful, **says(scoped))
    assert accept_session(session=doubtful, **says(scoped)).state == SessionState.ACCEPTED
    verdicts = SessionDecision.objects.order_by("pk").values_list("verdict", flat=True)
    assert list(verdicts) == ["accepted", "rejected", "accepted"]


@pytest.mark.parametrize("deed", [accept_session, reject_session])
def test_nobody_decides_without_a_reason(scoped: Cast, doubtful: Any, deed: Callable[..., Any]) -> None:
    with pytest.raises(SessionRefused) as refused:
        deed(session=doubtful, **says(scoped, "  "))
    assert (refused.value.code, refused.value.field) == ("no-reason", "reason")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"connector": None, "charger": None}, "no-connector"),
        ({"ended_at": None}, "no-end"),
        ({"energy_wh": None}, "no-energy"),
        ({"energy_wh": -1}, "negative-energy"),
        ({"ended_at": NOON - HOUR}, "ends-before-start"),
        ({"ended_at": NOON + timedelta(days=367)}, "too-long"),
    ],
)
def test_what_no_session_can_be_is_not_accepted(scoped: Cast, doubtful: Any, fields: Any, code: str) -> None:
    for name, value in fields.items():
        setattr(doubtful, name, value)
    doubtful.save()
    with pytest.raises(SessionRefused) as refused:
        accept_session(session=doubtful, **says(scoped))
    assert refused.value.code == code
    assert not SessionDecision.objects.exists()


def test_a_refusal_names_the_session_in_the_way(scoped: Cast, connector: Any, doubtful: Any) -> None:
    other = make_session(connector, NOON + HOUR)
    with pytest.raises(OverlapRefused) as refused:
        accept_session(session=doubtful, **says(scoped))
    assert refused.value.other == other
    assert f"Session {other.number} was charging at this connector from 2026-03-02 13:00" in str(refused.value)


def test_rejecting_the_one_in_the_way_lets_the_other_in(scoped: Cast, connector: Any, doubtful: Any) -> None:
    reject_session(session=make_session(connector, NOON + HOUR), **says(scoped))
    assert accept_session(session=doubtful, **says(scoped)).state == SessionState.ACCEPTED


# -- correcting -------------------------------------------------------------------------------------------------------


def test_a_session_without_doubt_after_its_correction_counts(scoped: Cast, doubtful: Any) -> None:
    values = correction(doubtful, ended_at=NOON + HOUR, energy_wh=8_000)
    session = correct_session(session=doubtful, **values, **says(scoped))
    assert (session.state, session.doubts, session.doubt) == (SessionState.ACCEPTED, [], "")
    decision = SessionDecision.objects.get()
    assert decision.before["energy_wh"] == 7_000
    assert decision.after["energy_wh"] == 8_000
    assert rollup_differences() == []


def test_a_session_that_is_still_doubtful_stays_set_aside(scoped: Cast, doubtful: Any) -> None:
    session = correct_session(session=doubtful, **correction(doubtful, energy_wh=2_000_000), **says(scoped))
    assert session.state == SessionState.SET_ASIDE
    assert session.doubts == ["impossible_energy", "above_rated_power", "too_long"]


def test_a_correction_to_another_connector_takes_its_charger_and_site(scoped: Cast, doubtful: Any) -> None:
    elsewhere = make_connector(scoped.second_site, "CP-2")
    values = correction(doubtful, connector=elsewhere, ended_at=NOON + HOUR)
    session = correct_session(session=doubtful, **values, **says(scoped))
    assert (session.connector, session.charger, session.site) == (elsewhere, elsewhere.charger, scoped.second_site)


def test_a_correction_is_judged_by_the_rated_power_of_the_new_connector(scoped: Cast, doubtful: Any) -> None:
    weak = make_connector(scoped.site, "CP-2", kw="3")
    values = correction(doubtful, connector=weak, ended_at=NOON + HOUR)
    assert correct_session(session=doubtful, **values, **says(scoped)).doubts == ["above_rated_power"]


def test_a_correction_into_the_time_of_another_is_refused(scoped: Cast, connector: Any, doubtful: Any) -> None:
    other = make_session(connector, NOON - HOUR)
    values = correction(doubtful, started_at=NOON - HOUR / 2, ended_at=NOON + HOUR)
    with pytest.raises(OverlapRefused) as refused:
        correct_session(session=doubtful, **values, **says(scoped))
    assert refused.value.other == other


def test_a_correction_that_says_what_is_there_changes_nothing(scoped: Cast, doubtful: Any) -> None:
    correct_session(session=doubtful, **correction(doubtful, ended_at=NOON + HOUR), **says(scoped))
    doubtful.refresh_from_db()
    correct_session(session=doubtful, **correction(doubtful), **says(scoped))
    assert SessionDecision.objects.count() == 1


def test_a_session_at_a_test_site_stays_one_whatever_is_corrected(scoped: Cast) -> None:
    connector = make_connector(make_site("T", is_test=True))
    session = make_session(connector, state="aside", doubt="test_site")
    corrected = correct_session(session=session, **correction(session, energy_wh=1), **says(scoped))
    assert (corrected.state, corrected.doubts) == (SessionState.SET_ASIDE, ["test_site"])


# -- many -------------------------------------------------------------------------------------------------------------


def test_many_are_decided_and_those_refused_are_named(scoped: Cast, connector: Any, doubtful: Any) -> None:
    first = make_session(connector, NOON - 3 * HOUR, state="aside", doubt="above_rated_power")
    open_one = make_session(connector, state="aside", doubt="open", ended_at=None)
    sessions = [first, doubtful, open_one]
    outcome = decide_many(sessions=sessions, verdict=Verdict.ACCEPTED, **says(scoped))
    assert (outcome.decided, outcome.refused) == (2, 1)
    assert outcome.refusals == [(open_one.number, "Say when it ended.")]
    assert ChargingSession.objects.filter(state="accepted").count() == 2


def test_deciding_many_again_changes_nothing(scoped: Cast, doubtful: Any) -> None:
    for _ in range(2):
        decide_many(sessions=[doubtful], verdict=Verdict.REJECTED, **says(scoped))
    assert SessionDecision.objects.count() == 1


# -- recording --------------------------------------------------------------------------------------------------------


@pytest.fixture
def told(connector: Any) -> SessionTold:
    return SessionTold(
        source_name="counter",
        external_id="17",
        connector=connector,
        started_at=NOON,
        ended_at=NOON + HOUR,
        energy_wh=7_000,
        price_told=Decimal("2.10"),
    )


def test_a_plain_session_counts_at_once(scoped: Cast, told: SessionTold) -> None:
    session = record_session(told=told, actor=scoped.director, now=now())
    assert (session.state, session.site, session.charger_told) == (SessionState.ACCEPTED, scoped.site, "CP-1")
    assert rollup_differences() == []


def test_a_session_that_somebody_records_leaves_a_work_record(scoped: Cast, told: SessionTold) -> None:
    session = record_session(told=told, actor=scoped.director, now=now())
    assert WorkRecord.objects.get(verb="session.recorded").target_id == session.pk


def test_the_same_telling_again_is_the_same_session(scoped: Cast, told: SessionTold) -> None:
    first = record_session(told=told, actor=None, now=now())
    assert record_session(told=told, actor=None, now=now()) == first
    assert ChargingSession.objects.count() == 1


def test_another_session_under_the_same_number_is_refused(scoped: Cast, told: SessionTold) -> None:
    record_session(told=told, actor=None, now=now())
    for other in (replace(told, started_at=NOON - HOUR), replace(told, energy_wh=1), replace(told, connector=None)):
        with pytest.raises(TellingRefused):
            record_session(told=other, actor=None, now=now())


def test_a_session_that_goes_on_waits_and_counts_when_it_ends(scoped: Cast, told: SessionTold) -> None:
    going_on = record_session(told=replace(told, ended_at=None, energy_wh=None), actor=None, now=now())
    assert (going_on.state, going_on.doubts) == (SessionState.SET_ASIDE, ["open"])
    ended = record_session(told=told, actor=None, now=now())
    assert (ended.pk, ended.state, ended.doubts) == (going_on.pk, SessionState.ACCEPTED, [])


def test_a_session_that_somebody_decided_about_is_not_told_anew(scoped: Cast, told: SessionTold) -> None:
    going_on = record_session(told=replace(told, ended_at=None, energy_wh=None), actor=None, now=now())
    reject_session(session=going_on, **says(scoped))
    with pytest.raises(TellingRefused):
        record_session(told=told, actor=None, now=now())


def test_a_session_in_the_time_of_another_is_set_aside(scoped: Cast, told: SessionTold, connector: Any) -> None:
    make_session(connector, NOON - HOUR / 2)
    session = record_session(told=told, actor=None, now=now())
    assert (session.state, session.doubts) == (SessionState.SET_ASIDE, ["overlap"])


def test_a_session_at_an_unknown_charger_is_kept_as_told(scoped: Cast, told: SessionTold) -> None:
    session = record_session(told=replace(told, connector=None, charger_told="DE*X*E9"), actor=None, now=now())
    assert (session.doubts, session.charger_told, session.told["charger"]) == (
        ["unknown_charger"],
        "DE*X*E9",
        "DE*X*E9",
    )


def test_a_session_without_a_number_is_refused(scoped: Cast, told: SessionTold) -> None:
    with pytest.raises(SessionRefused):
        record_session(told=replace(told, external_id=""), actor=None, now=now())


# -- two networks -----------------------------------------------------------------------------------------------------


def test_a_session_of_another_network_cannot_be_decided_upon(cast: Cast) -> None:
    with network_scope(cast.other):
        session = make_session(make_connector(cast.other_site), state="aside", doubt="too_long")
    with network_scope(cast.network):
        with pytest.raises(SessionRefused) as refused:
            accept_session(session=session, **says(cast))
        assert refused.value.code == "gone"
    with pytest.raises(ScopeError):
        accept_session(session=session, **says(cast))


def test_both_networks_may_use_the_same_number(cast: Cast) -> None:
    for network, site in ((cast.network, cast.site), (cast.other, cast.other_site)):
        with network_scope(network):
            told = SessionTold(source_name="x", external_id="1", connector=make_connector(site), started_at=NOON)
            record_session(told=told, actor=None, now=now())
            assert ChargingSession.objects.count() == 1

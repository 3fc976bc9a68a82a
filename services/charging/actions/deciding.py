"""What a person decides about a session: to accept, correct or reject it, each with a reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.energy import kwh_from_wh
from core.events import publish
from core.locking import lock
from core.records import record
from services.charging.actions.refusals import (
    SessionRefused,
    lock_connector,
    refuse_impossible,
    refuse_overlap,
    save_or_give_way,
)
from services.charging.doubts import Telling, certain, doubts_of
from services.charging.models import ChargingSession, SessionDecision, SessionState, Verdict
from stations.models import Connector

WATCHED = ("state", "doubt", "doubts", "connector_id", "charger_id", "site_id", "started_at", "ended_at", "energy_wh")


@transaction.atomic
def accept_session(*, session: ChargingSession, reason: str, actor: Any, now: datetime) -> ChargingSession:
    """Let a session count as it stands. Safe to repeat: one that counts already is returned as it is.

    Raises:
        SessionRefused: without a reason; without connector, end or energy; with an end before the start.
        OverlapRefused: another session holds the connector at that time.
    """
    session = _locked(session, reason)
    if session.state == SessionState.ACCEPTED:
        return session
    refuse_impossible(
        connector=session.connector,
        started_at=session.started_at,
        ended_at=session.ended_at,
        energy_wh=session.energy_wh,
    )
    _take_connector(session)
    before = _values(session)
    session.state = SessionState.ACCEPTED
    return _decided(session, Verdict.ACCEPTED, reason, before, actor, now)


@transaction.atomic
def correct_session(
    *,
    session: ChargingSession,
    connector: Connector | None,
    started_at: datetime,
    ended_at: datetime | None,
    energy_wh: int | None,
    reason: str,
    actor: Any,
    now: datetime,
) -> ChargingSession:
    """Replace the connector, times and energy of a session and judge it anew.

    Without a doubt left it counts; with one it stays set aside, and can then be accepted as it stands. Safe to repeat.

    Raises:
        SessionRefused: without a reason; with values that no session has.
        OverlapRefused: another session holds the connector at that time.
    """
    session = _locked(session, reason)
    refuse_impossible(connector=connector, started_at=started_at, ended_at=ended_at, energy_wh=energy_wh)
    before = _values(session)
    session.started_at, session.ended_at, session.energy_wh = started_at, ended_at, energy_wh
    if connector is not None and connector.pk != session.connector_id:
        session.connector, session.charger, session.site = connector, connector.charger, connector.charger.site
    _take_connector(session)
    doubts = doubts_of(
        Telling(
            known=True,
            at_test_site=session.site is not None and session.site.is_test,
            started=certain(started_at),
            ended=certain(ended_at) if ended_at else None,
            energy_wh=energy_wh,
            rated_kw=rated_kw_of(session.connector),
        )
    )
    session.doubts = [doubt.value for doubt in doubts]
    session.doubt = session.doubts[0] if doubts else ""
    session.state = SessionState.SET_ASIDE if doubts else SessionState.ACCEPTED
    if _values(session) == before:
        return session
    return _decided(session, Verdict.CORRECTED, reason, before, actor, now)


@transaction.atomic
def reject_session(*, session: ChargingSession, reason: str, actor: Any, now: datetime) -> ChargingSession:
    """Let a session never count, and let its connector go. Safe to repeat.

    Raises:
        SessionRefused: without a reason.
    """
    session = _locked(session, reason)
    if session.state == SessionState.REJECTED:
        return session
    before = _values(session)
    session.state = SessionState.REJECTED
    return _decided(session, Verdict.REJECTED, reason, before, actor, now)


def rated_kw_of(connector: Connector | None) -> Any:
    """The rated power in kW that a session at the connector is judged by: its own, else the charger's, else None."""
    if connector is None:
        return None
    return connector.rated_kw if connector.rated_kw is not None else connector.charger.rated_kw


def _locked(session: ChargingSession, reason: str) -> ChargingSession:
    """The session as it is now, locked until the transaction ends."""
    if not reason.strip():
        raise SessionRefused(_("Say why."), field="reason", code="no-reason")
    related = ("connector__charger__site", "charger", "site")
    found: list[ChargingSession] = lock(ChargingSession.objects.filter(pk=session.pk).select_related(*related))
    if not found:
        raise SessionRefused(_("This session is no longer here: its import was undone."), code="gone")
    return found[0]


def _take_connector(session: ChargingSession) -> None:
    lock_connector(session.connector)
    if session.connector is not None and session.ended_at is not None:
        refuse_overlap(session.connector, session.started_at, session.ended_at, besides=session)


def _values(session: ChargingSession) -> dict[str, Any]:
    return {name: getattr(session, name) for name in WATCHED}


def _decided(
    session: ChargingSession, verdict: Verdict, reason: str, before: dict[str, Any], actor: Any, now: datetime
) -> ChargingSession:
    """Save the session and keep what was decided, by whom and why."""
    after = _values(session)
    changed = [name for name in WATCHED if before[name] != after[name]]
    if not save_or_give_way(session, changed):
        _take_connector(session)  # names the other session
        raise SessionRefused(_("Another session took the connector just now. Try again."), code="overlap")
    was, became = ({name: values[name] for name in changed} for values in (before, after))
    reason = reason.strip()[:300]
    SessionDecision(
        session=session, decided_at=now, account=actor, verdict=verdict, reason=reason, before=was, after=became
    ).save()
    energy = "–" if session.energy_wh is None else f"{kwh_from_wh(session.energy_wh)} kWh"
    place = session.site.code if session.site is not None else session.site_told
    record(
        f"session.{verdict}",
        target=session,
        actor=actor,
        summary=f"{place}, {energy}: {reason}",
        before={name: str(value) for name, value in was.items()},
        after={name: str(value) for name, value in became.items()},
    )
    publish("sessions")
    return session

"""Taking a session in that a counter, a charger or another program tells, one at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.events import publish
from core.locking import lock_names
from core.periods import Period, require_aware
from core.records import record
from services.base.models import Source
from services.charging.actions.deciding import rated_kw_of
from services.charging.actions.refusals import SessionRefused, lock_connector, save_or_give_way
from services.charging.doubts import Telling, certain, doubts_of
from services.charging.models import ChargingSession, Doubt, SessionDecision, SessionState
from services.charging.queries import holder_of_connector
from stations.models import Connector, Site


class TellingRefused(SessionRefused):
    """What is told contradicts what was told before under the same number."""

    code = "told-differently"
    default_field = "external_id"


@dataclass(frozen=True, kw_only=True)
class SessionTold:
    """One session as its source tells it. Without an end it is still going on; energy and meter readings are in Wh."""

    source_name: str
    external_id: str
    connector: Connector | None
    started_at: datetime
    ended_at: datetime | None = None
    energy_wh: int | None = None
    source: Source = Source.COUNTER
    site: Site | None = None
    charger_told: str = ""
    site_told: str = ""
    token: str = ""
    meter_start_wh: int | None = None
    meter_stop_wh: int | None = None
    price_told: Decimal | None = None
    stop_reason: str = ""


@transaction.atomic
def record_session(*, told: SessionTold, actor: Any, now: datetime) -> ChargingSession:
    """Keep a session; a doubtful one is set aside with its doubts.

    Idempotent by `source_name` and `external_id`: the same telling again gives the session that is there, however many
    tell it at once. A session that was going on may be told again with its end and is judged anew then, unless a person
    has decided about it.

    Raises:
        SessionRefused: it has no number.
        TellingRefused: another session was told under this number.
    """
    if not told.external_id:
        raise SessionRefused(_("A session needs a number, so that it is never counted twice."), field="external_id")
    lock_names("session-number", [f"{told.source_name}:{told.external_id}"])
    number = {"source_name": told.source_name, "external_id": told.external_id}
    present: ChargingSession | None = ChargingSession.objects.filter(**number).first()
    if present is not None and not _goes_on(present, told):
        return present
    session = ChargingSession(**number, recorded_at=now) if present is None else present
    _fill(session, told)
    lock_connector(told.connector)
    _judge(session, told)
    if not save_or_give_way(session):
        _set_aside(session, told, [*session.doubts, Doubt.OVERLAP.value])
        session.save()
    if actor is not None:
        record("session.recorded", target=session, actor=actor, summary=f"{told.source_name} {told.external_id}")
    publish("sessions")
    return session


def _goes_on(present: ChargingSession, told: SessionTold) -> bool:
    """Whether `told` is news about a session that was going on; False when it only repeats what is known."""
    same_start = present.started_at == require_aware(told.started_at) and present.connector_id == _key(told.connector)
    if same_start and (present.ended_at, present.energy_wh) == (told.ended_at, told.energy_wh):
        return False
    decided = SessionDecision.objects.filter(session=present).exists()
    if not same_start or present.ended_at is not None or decided:
        raise TellingRefused(
            _("Session %(number)s was told otherwise before: it began at %(start)s."),
            params={"number": told.external_id, "start": f"{present.started_at:%Y-%m-%d %H:%M} UTC"},
        )
    return True


def _key(row: Any) -> int | None:
    return None if row is None else row.pk


def _fill(session: ChargingSession, told: SessionTold) -> None:
    connector = told.connector
    session.source = told.source
    session.connector = connector
    session.charger = connector.charger if connector is not None else None
    session.site = told.site or (connector.charger.site if connector is not None else None)
    session.charger_told = told.charger_told or (connector.charger.code if connector is not None else "")
    session.site_told = told.site_told
    session.token = told.token
    session.started_at = require_aware(told.started_at)
    session.ended_at = None if told.ended_at is None else require_aware(told.ended_at)
    session.energy_wh = told.energy_wh
    session.meter_start_wh, session.meter_stop_wh = told.meter_start_wh, told.meter_stop_wh
    session.price_told, session.stop_reason = told.price_told, told.stop_reason


def _judge(session: ChargingSession, told: SessionTold) -> None:
    doubts = doubts_of(
        Telling(
            known=session.connector is not None,
            at_test_site=session.site is not None and session.site.is_test,
            started=certain(session.started_at),
            ended=certain(session.ended_at) if session.ended_at else None,
            energy_wh=session.energy_wh,
            rated_kw=rated_kw_of(session.connector),
        )
    )
    if session.connector is not None and session.ended_at is not None and session.ended_at > session.started_at:
        period = Period(session.started_at, session.ended_at)
        if holder_of_connector(session.connector, period, besides=session.pk) is not None:
            doubts.append(Doubt.OVERLAP)
    _set_aside(session, told, [doubt.value for doubt in doubts])


def _set_aside(session: ChargingSession, told: SessionTold, doubts: list[str]) -> None:
    """Set the session aside for its doubts; without any it is accepted."""
    session.doubts, session.doubt = doubts, doubts[0] if doubts else ""
    session.state = SessionState.SET_ASIDE if doubts else SessionState.ACCEPTED
    session.told = {}
    if doubts:
        session.told = {
            "started_at": told.started_at.isoformat(),
            "ended_at": told.ended_at.isoformat() if told.ended_at else "",
            "energy_wh": told.energy_wh,
            "charger": told.charger_told,
            "site": told.site_told,
        }

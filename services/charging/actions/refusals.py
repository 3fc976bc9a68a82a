"""Why an action on a session is refused, and the checks that several actions share."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from core.errors import Refusal
from core.locking import lock_names
from core.periods import Period
from services.charging.models import ChargingSession
from services.charging.queries import holder_of_connector
from stations.models import Connector

CONNECTOR_CONSTRAINT = "one_session_per_connector_at_a_time"
# Nobody charges for longer; the end of such a session is a mistake and wants to be corrected.
LONGEST_ACCEPTED = timedelta(days=366)


class SessionRefused(Refusal):
    """Something cannot be done with a session."""

    code = "session"


class OverlapRefused(SessionRefused):
    """Another session holds the connector at that time; `other` is that session."""

    code = "overlap"

    def __init__(self, other: ChargingSession) -> None:
        self.other = other
        text = _("Session %(number)s was charging at this connector from %(start)s to %(end)s. Correct or reject one.")
        super().__init__(
            text,
            params={
                "number": other.number,
                "start": f"{localtime(other.started_at):%Y-%m-%d %H:%M}",
                "end": f"{localtime(other.ended_at):%Y-%m-%d %H:%M}" if other.ended_at else "…",
            },
            field="connector",
        )


def lock_connector(connector: Connector | None) -> None:
    """Let one transaction at a time decide who holds a connector; locked after the sessions themselves."""
    if connector is not None:
        lock_names("connector", [connector.pk])


def refuse_impossible(
    *, connector: Connector | None, started_at: datetime, ended_at: datetime | None, energy_wh: int | None
) -> None:
    """Refuse what no session can be, doubtful or not.

    Raises:
        SessionRefused: naming the field that is wrong.
    """
    if connector is None:
        raise SessionRefused(_("Say at which connector it was."), field="connector", code="no-connector")
    if ended_at is None:
        raise SessionRefused(_("Say when it ended."), field="ended_at", code="no-end")
    if energy_wh is None:
        raise SessionRefused(_("Say how much energy it gave."), field="energy_wh", code="no-energy")
    if ended_at < started_at:
        raise SessionRefused(_("It cannot end before it starts."), field="ended_at", code="ends-before-start")
    if energy_wh < 0:
        raise SessionRefused(_("Its energy cannot be negative."), field="energy_wh", code="negative-energy")
    if ended_at - started_at > LONGEST_ACCEPTED:
        raise SessionRefused(_("It cannot last longer than a year."), field="ended_at", code="too-long")


def refuse_overlap(
    connector: Connector, started_at: datetime, ended_at: datetime, besides: ChargingSession | None = None
) -> None:
    """Refuse a session at a time when another holds the connector. Lock the connector before.

    Raises:
        OverlapRefused: with the other session.
    """
    other = holder_of_connector(connector, Period(started_at, ended_at), besides=besides.pk if besides else None)
    if other is not None:
        raise OverlapRefused(other)


def save_or_give_way(session: ChargingSession, fields: list[str] | None = None) -> bool:
    """Save a session; False when one that came in another way (an import) took the connector in the meantime.

    The exclusion constraint of the database has the last word on who holds a connector.
    """
    try:
        with transaction.atomic():
            session.save(update_fields=fields)
    except IntegrityError as error:
        diagnostics = getattr(error.__cause__, "diag", None)
        if getattr(diagnostics, "constraint_name", "") != CONNECTOR_CONSTRAINT:
            raise
        return False
    return True

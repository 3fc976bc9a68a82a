"""What the tests of this app make: equipment and sessions of the network in scope."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from core.clock import now
from services.base.models import Source
from services.charging.models import ChargingSession, SessionState
from stations.models import Charger, Connector, Site

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def make_connector(site: Site, code: str = "CP-1", number: int = 1, kw: str | None = "22") -> Connector:
    """A connector, with its charger when that is not there yet."""
    rated = None if kw is None else Decimal(kw)
    charger = Charger.objects.filter(code=code).first()
    if charger is None:
        charger = Charger(site=site, code=code, rated_kw=rated)
        charger.save()
    connector = Connector(charger=charger, number=number, rated_kw=rated)
    connector.save()
    return connector


def make_session(connector: Connector | None, start: datetime = NOON, minutes: int = 60, **fields: Any) -> Any:
    """A session as the database keeps it, accepted unless said otherwise; no action has judged it."""
    values: dict[str, Any] = {
        "connector": connector,
        "charger": connector.charger if connector else None,
        "site": connector.charger.site if connector else None,
        "source": Source.IMPORT,
        "source_name": "test",
        "external_id": f"{ChargingSession.objects.count() + 1}",
        "recorded_at": now(),
        "started_at": start,
        "ended_at": start + timedelta(minutes=minutes),
        "energy_wh": 7_000,
        "state": SessionState.ACCEPTED,
    }
    session = ChargingSession(**(values | fields))
    if session.state == SessionState.SET_ASIDE and not session.doubts:
        session.doubts = [session.doubt]
    session.save()
    return session

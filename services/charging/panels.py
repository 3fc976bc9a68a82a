"""What this app shows on the pages of sites and chargers."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.parts import Cell, Column, Related, Row, State
from core.urls import network_url
from services.charging.models import ChargingSession
from stations.models import Charger, Site
from stations.panels import register_panel

SHOWN = 5
COLUMNS = (
    Column("started_at", _("Start"), "datetime"),
    Column("duration", _("Duration"), "duration"),
    Column("energy_wh", _("Energy"), "energy"),
    Column("state", _("State"), "state"),
)


def _latest(sessions: Any, list_query: str) -> Related:
    """The newest sessions, with the way to all of them."""
    rows = []
    for session in sessions.order_by("-started_at", "-id")[:SHOWN]:
        state = State("session", session.state, session.get_state_display())
        values = (session.started_at, session.duration, session.energy_wh, state)
        cells = [Cell(column, value) for column, value in zip(COLUMNS, values, strict=True)]
        rows.append(Row(cells, url=network_url("charging:session-detail", session.pk)))
    url = f"{network_url('charging:session-list')}?{list_query}" if rows else ""
    return Related(_("Latest sessions"), COLUMNS, rows, url=url)


def latest_at_site(site: Site, account: Any) -> Related | None:
    """The newest sessions at a site; nothing at one where nobody ever charged."""
    rows = ChargingSession.objects.visible_to(account, "charging.view_session").filter(site=site)
    related = _latest(rows, f"site={site.code}")
    return related if related.rows else None


def latest_at_charger(charger: Charger, account: Any) -> Related | None:
    """The newest sessions at a charger; nothing at one where nobody ever charged."""
    rows = ChargingSession.objects.visible_to(account, "charging.view_session").filter(charger=charger)
    related = _latest(rows, f"charger={charger.code}")
    return related if related.rows else None


register_panel(Site, name="latest-sessions", permission="charging.view_session", build=latest_at_site)
register_panel(Charger, name="latest-sessions", permission="charging.view_session", build=latest_at_charger)

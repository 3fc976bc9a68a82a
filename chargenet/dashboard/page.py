"""The parts of the dashboard's page: charts, tables and what waits for somebody."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chargenet.dashboard.figures import DAYS, WEEKS, Dashboard, dashboard_for
from core.charts import bars_by_day, energy_scale, heat_of_week
from core.clock import now
from core.parts import Entry, State
from core.rights import may
from core.urls import network_url
from security.queries import approvals_to_decide
from security.supervision.queries import alerts_for
from stations.models import Connector

MOST_ALERTS = 5


def page_context(account: Any) -> dict[str, Any]:
    """Everything the template needs, for `account` in the network in scope."""
    board = dashboard_for(account)
    return {
        "board": board,
        "title": _("Dashboard"),
        "charts": charts(board),
        "busiest": _busiest(board),
        "attention": _attention(board, account),
        "site_rows": _site_table(board),
        "latest": _latest(board),
        "days": DAYS,
        "weeks": WEEKS,
    }


def charts(board: Dashboard) -> dict[str, Any]:
    """Specifications and the sentences that stand for them."""
    unit, size = energy_scale(max((figure.energy_wh for figure in board.days), default=0))
    most = max(board.days, key=lambda figure: figure.sessions)
    hottest = max(board.heat, key=lambda place: board.heat[place], default=None)
    return {
        "sessions": bars_by_day([(f.day, f.sessions) for f in board.days], label=_("Sessions")),
        "sessions_text": _("Most sessions on %(day)s: %(count)d.") % {"day": most.day, "count": most.sessions},
        "energy": bars_by_day([(f.day, f.energy_wh / size) for f in board.days], label=_("Energy, %s") % unit),
        "energy_text": _("Energy of the last %(days)d days, weekends lighter.") % {"days": DAYS},
        "heat": heat_of_week(board.heat, label=_("Sessions"), hour_label=_("Hour")),
        "heat_text": _heat_text(board, hottest),
    }


def _heat_text(board: Dashboard, hottest: tuple[int, int] | None) -> str:
    if hottest is None:
        return _("No sessions in the last weeks.")
    return _("Busiest at %(hour)d o'clock: %(count)d sessions an hour.") % {
        "hour": hottest[1],
        "count": board.heat[hottest],
    }


def _busiest(board: Dashboard) -> list[dict[str, Any]]:
    return [
        {
            "name": site["site__name"],
            "url": network_url("stations:site-detail", site["site__code"]),
            "sessions": site["sessions"],
            "energy_wh": site["energy_wh"],
        }
        for site in board.busiest
    ]


def _site_table(board: Dashboard) -> list[dict[str, Any]]:
    """One line for each kind of site: its words, how many, and the states they are in."""
    kinds: dict[str, dict[str, Any]] = {}
    for row in board.sites:
        kind = kinds.setdefault(
            row["kind"],
            {
                "state": State("site-kind", row["kind"].replace("_", "-"), row["kind_words"]),
                "count": 0,
                "states": [],
                "url": f"{network_url('stations:site-list')}?kind={row['kind']}",
            },
        )
        kind["count"] += row["sites"]
        kind["states"].append((State("site-status", row["status"], row["status_words"]), row["sites"]))
    return list(kinds.values())


def _attention(board: Dashboard, account: Any) -> list[dict[str, Any]]:
    """What waits for somebody, the most urgent first; each with where it is dealt with."""
    items = [_fault(connector) for connector in board.faulted]
    if board.waiting and may(account, "charging.review_session"):
        words = ngettext(
            "%(count)d doubtful session waits for a decision",
            "%(count)d doubtful sessions wait for a decision",
            board.waiting,
        )
        reasons = ", ".join(f"{name}: {count}" for _reason, name, count in board.doubts[:3])
        url = network_url("charging:doubt-list")
        items.append(
            {
                "tone": "warning",
                "icon": "circle-question-mark",
                "text": words % {"count": board.waiting},
                "note": reasons,
                "url": url,
            }
        )
    if may(account, "security.decide_approval") and (waiting := approvals_to_decide(account, now())):
        words = ngettext("%(count)d approval waits for you", "%(count)d approvals wait for you", waiting)
        items.append(
            {
                "tone": "warning",
                "icon": "shield-check",
                "text": words % {"count": waiting},
                "note": "",
                "url": f"{network_url('people:approval-list')}?state=asked",
            }
        )
    items += _alerts(account)
    for job in board.jobs:
        if job.state == "failed":
            note = job.error.splitlines()[0] if job.error else ""
            url = network_url("core:job-detail", job.pk)
            items.append(
                {
                    "tone": "danger",
                    "icon": "octagon-alert",
                    "text": _("Failed: %s") % job.title,
                    "note": note,
                    "url": url,
                }
            )
    return items


def _alerts(account: Any) -> list[dict[str, Any]]:
    """The alerts that wait for this account; to those who may see alerts also what others left overdue."""
    if not may(account, "security.view_alert"):
        return []
    moment = now()
    return [
        {
            "tone": "danger" if alert.due_at < moment else "warning",
            "icon": "siren",
            "text": alert.text,
            "note": _("Overdue alert %s") % alert.number if alert.due_at < moment else _("Alert %s") % alert.number,
            "since": alert.raised_at,
            "url": network_url("supervision:alert-detail", alert.number),
        }
        for alert in alerts_for(account, moment)[:MOST_ALERTS]
    ]


def _fault(connector: Connector) -> dict[str, Any]:
    where = {"charger": connector.charger.code, "number": connector.number, "site": connector.charger.site.name}
    return {
        "tone": "danger",
        "icon": "plug-zap",
        "text": _("Connector %(number)d of %(charger)s is faulted") % where,
        "note": where["site"],
        "since": connector.state_since,
        "url": network_url("stations:charger-detail", connector.charger.code),
    }


def _latest(board: Dashboard) -> list[Entry]:
    """Imports and jobs, the newest first."""
    tones = {"done": "success", "applied": "success", "failed": "danger", "running": "info"}
    entries = [
        Entry(
            at=run.created_at,
            title=_("Import of %s") % run.filename,
            actor=str(run.actor or ""),
            icon="upload",
            tone=tones.get(run.state, ""),  # type: ignore[arg-type]
            reason=run.get_state_display(),
            url=network_url("imports:run", run.number),
        )
        for run in board.imports
    ]
    entries += [
        Entry(
            at=job.created_at,
            title=job.title,
            actor=str(job.actor or ""),
            icon="list-checks",
            tone=tones.get(job.state, ""),  # type: ignore[arg-type]
            reason=job.get_state_display(),
            url=network_url("core:job-detail", job.pk),
        )
        for job in board.jobs
    ]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:6]

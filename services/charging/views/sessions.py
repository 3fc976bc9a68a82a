"""The list of sessions and the page of one: they are read here, and written by decisions alone."""

from __future__ import annotations

from typing import Any

import django_filters
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import formatting
from core.crud.declare import Column, Filter, ListAction, RowAction, Section
from core.crud.filters import RowFilterSet
from core.crud.views import CRUDView
from core.field_rules import may_see
from core.parts import Change, Entry, Link
from core.periods import Period
from services.charging.models import ChargingSession, Doubt, SessionDecision, SessionState, Verdict
from services.charging.queries import decisions_of, holder_of_connector
from services.charging.words import EXPLANATIONS

REVIEW = "charging.review_session"
VERDICT_LOOKS = {
    Verdict.ACCEPTED: ("check", "success"),
    Verdict.CORRECTED: ("pencil", "info"),
    Verdict.REJECTED: ("x", "danger"),
}


class SessionFilters(RowFilterSet):
    """The filters that the fields themselves do not make."""

    number = django_filters.CharFilter(
        "external_id", "exact", label=gettext_lazy("Number in the source"), max_length=80
    )


class SessionViews(CRUDView):
    """All sessions of the network."""

    model = ChargingSession
    icon = "battery-charging"
    state = "state"
    lead = gettext_lazy("Every charging session, whether it counts, waits for a decision or was rejected.")
    empty_text = gettext_lazy("Import a file of sessions, or let the chargers tell them.")
    live_topic = "sessions"
    detail_template = "charging/session_detail.html"
    permissions = {"view": "charging.view_session"}
    # An order by anything but the start would have to sort all sessions there are.
    columns = [
        Column("started_at", sort="started_at"),
        Column("ended_at", sort=None),
        Column("duration", label=gettext_lazy("Duration"), kind="duration", sort=None),
        Column(
            "place",
            label=gettext_lazy("Site"),
            value=lambda row: row.site.name if row.site is not None else row.site_told,
            needs=("site",),
            sort=None,
        ),
        Column(
            "plug",
            label=gettext_lazy("Connector"),
            kind="code",
            value=lambda row: str(row.connector) if row.connector is not None else row.charger_told,
            needs=("connector__charger",),
            sort=None,
        ),
        Column("energy_wh", sort=None),
        Column("mean_kw", label=gettext_lazy("Mean power"), kind="number", unit="kW", decimals=1, sort=None),
        Column("state", vocabulary="session", sort=None),
        Column("doubt", label=gettext_lazy("Doubt"), sort=None),
        Column("doubts", label=gettext_lazy("All doubts"), sort=None),
        Column("token", sort=None),
        Column("price_told", kind="money", currency="network", sort=None),
        Column("stop_reason", sort=None),
        Column("site", label=gettext_lazy("Code of the site"), sort=None),
        Column("charger", sort=None),
        Column("charger_told", sort=None),
        Column("site_told", sort=None),
        Column("source", sort=None),
        Column("source_name", sort=None),
        Column("external_id", kind="code", sort=None),
        Column("recorded_at", sort=None),
    ]
    default_columns = ["started_at", "place", "plug", "duration", "energy_wh", "mean_kw", "state", "doubt"]
    filters = ["site", "charger", "started_at", "state", Filter("doubt", label=gettext_lazy("Doubt"))]
    filterset_class = SessionFilters
    ordering = ["-started_at", "-id"]
    sections = [
        Section(
            gettext_lazy("Session"),
            [
                "started_at",
                "ended_at",
                "duration",
                Column("energy_wh", decimals=3),
                "mean_kw",
                Column("site", label=gettext_lazy("Site")),
                "charger",
                Column(
                    "connector",
                    label=gettext_lazy("Connector"),
                    value=lambda row: row.connector,
                    needs=("connector__charger",),
                ),
                Column("meter_start_wh", decimals=3),
                Column("meter_stop_wh", decimals=3),
                "price_told",
                "token",
                "stop_reason",
            ],
        ),
        Section(
            gettext_lazy("Where it comes from"),
            [
                "source",
                "source_name",
                "external_id",
                "charger_told",
                "site_told",
                "recorded_at",
                Column("import_run", label=gettext_lazy("Import")),
            ],
        ),
    ]
    actions = [
        RowAction(
            gettext_lazy("Accept"), "charging:session-accept", REVIEW, icon="check", tone="primary", dialog=True,
            when=lambda row: row.state != SessionState.ACCEPTED,
        ),
        RowAction(gettext_lazy("Correct"), "charging:session-correct", REVIEW, icon="pencil"),
        RowAction(
            gettext_lazy("Reject"), "charging:session-reject", REVIEW, icon="x", tone="danger", dialog=True,
            when=lambda row: row.state != SessionState.REJECTED,
        ),
    ]  # fmt: skip
    list_actions = [
        ListAction(
            gettext_lazy("Import"), "imports:upload", "charging.import_session", icon="upload",
            args=("charging-sessions",),
        ),
    ]  # fmt: skip

    @classmethod
    def row_title(cls, row: Any) -> str:
        """When it began and where: sources repeat their numbers."""
        place = row.site.name if row.site is not None else row.site_told or row.charger_told
        return _("%(moment)s, %(place)s") % {
            "moment": formatting.moment(row.started_at),
            "place": place or _("unknown place"),
        }

    @classmethod
    def with_keys(cls, rows: Any) -> Any:
        """A session is called by its site, and judged by its connector."""
        return rows.select_related("site", "charger", "connector__charger")

    @classmethod
    def tone_of(cls, row: Any) -> Any:
        """What does not count stands back or out."""
        return {SessionState.SET_ASIDE: "warning", SessionState.REJECTED: "muted"}.get(row.state, "")

    @classmethod
    def detail_context(cls, request: HttpRequest, row: Any, context: dict[str, Any]) -> dict[str, Any]:
        """Why it is doubtful, what was decided about it, and the row as its source told it."""
        reasons = []
        if row.state == SessionState.SET_ASIDE:
            reasons = [(Doubt(doubt).label, EXPLANATIONS[doubt]) for doubt in row.doubts]
        return context | {
            "reasons": reasons,
            "holder": cls.holder(request, row) if row.state != SessionState.ACCEPTED else None,
            "decisions": [entry_of(decision) for decision in decisions_of(row)],
            "told": _told(row) if _may_see_told(request) else [],
        }

    @classmethod
    def holder(cls, request: HttpRequest, row: ChargingSession) -> Link | None:
        """The session that holds the connector at that time, when the reader may see it."""
        if row.connector is None or row.ended_at is None or row.ended_at <= row.started_at:
            return None
        other = holder_of_connector(row.connector, Period(row.started_at, row.ended_at), besides=row.pk)
        if other is None or not cls.rows(request, cls.permissions["view"]).filter(pk=other.pk).exists():
            return None
        text = _("Session %(number)s, from %(start)s to %(end)s") % {
            "number": other.external_id or other.number,
            "start": formatting.moment(other.started_at),
            "end": formatting.moment(other.ended_at) if other.ended_at else "…",
        }
        return Link(text, cls.url(other))


def _told(row: ChargingSession) -> list[tuple[str, Any]]:
    return sorted((name, value) for name, value in row.told.items() if value not in (None, ""))


def _may_see_told(request: HttpRequest) -> bool:
    """The row of the source holds the customer's card and the price: it takes the rights of both."""
    view = SessionViews.permissions["view"]
    return all(may_see(request.user, ChargingSession, name, seen_with=view) for name in ("told", "token", "price_told"))


def entry_of(decision: SessionDecision) -> Entry:
    """A decision as a line of the timeline."""
    icon, tone = VERDICT_LOOKS[Verdict(decision.verdict)]
    before, after = decision.before, decision.after
    changes = [
        Change(_label(name), _shown(name, before.get(name)), _shown(name, after[name]))
        for name in after
        if name != "doubts"
    ]
    return Entry(
        decision.decided_at,
        decision.get_verdict_display(),
        str(decision.account or _("The system")),
        icon,
        tone,  # type: ignore[arg-type]
        decision.reason,
        changes,
    )


def _field(name: str) -> Any:
    return ChargingSession._meta.get_field(name.removesuffix("_id"))


def _label(name: str) -> str:
    return str(_field(name).verbose_name)


def _shown(name: str, value: Any) -> Any:
    """A value of a decision as people read it."""
    field = _field(name)
    if field.choices:
        return dict(field.flatchoices).get(value, value)
    if name == "energy_wh" and value is not None:
        return f"{formatting.energy(value, 3)} kWh"
    if name.endswith("_at") and value:
        return formatting.moment(field.to_python(value))
    return f"#{value}" if name.endswith("_id") and value else value

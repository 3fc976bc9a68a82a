"""Pages of supervision: the stream of records, alerts, rules and work record sets."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, CharField, F, OuterRef, Subquery, When
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.clock import now
from core.crud.addresses import Linker
from core.crud.asking import answer_question, ask, posted
from core.crud.declare import Column, ListAction, RowAction, Section
from core.crud.views import CRUDView
from core.parts import Action, Cell, Crumb, Related, Row, State
from core.parts import Column as PartColumn
from core.rights import permission_required
from security.models import Account, Alert, AlertState, Result, WatchRule, WorkRecord
from security.supervision.actions import close_alert, escalate_alert, explain_alert
from security.supervision.filters import RecordFilters
from security.supervision.forms import AnswerForm
from security.supervision.queries import changes_of, target_of

_RESULTS = {Result.REFUSED: "warning", Result.FAILED: "danger"}


def _took(record: WorkRecord) -> float | None:
    return None if record.took_ms is None else record.took_ms / 1000


def _who(record: WorkRecord) -> str:
    # A record names its account by a number, so that a person can be forgotten; people read today's name.
    return str(record.account or gettext("The system"))


def _object_words() -> Case:
    """The object in words; of an account, which a record names by its number, the name of today."""
    account = Account.objects.filter(pk=OuterRef("target_id")).values("name")[:1]
    return Case(
        When(target_type=Account._meta.label_lower, then=Subquery(account, output_field=CharField())),
        default=F("target_text"),
        output_field=CharField(),
    )


class WorkRecordViews(CRUDView):
    """Who did what, where, when."""

    model = WorkRecord
    namespace = "supervision"
    permissions = {"view": "security.view_workrecord"}
    icon = "eye"
    lead = _("Every main operation, as it happens. Nobody can change or delete a line.")
    empty_text = _("What people do in this network stands here from the first moment on.")
    live_topic = "records"
    detail_template = "security/supervision/record_detail.html"
    columns = [
        "recorded_at",
        Column("account", label=_("Who"), value=_who, needs=("account",), sort=None),
        Column("position", value=lambda record: record.position_text, label=_("Position"), sort=None),
        Column("verb", value=lambda record: record.text, label=_("What"), sort=None),
        Column("object", label=_("Object"), annotate=_object_words, sort=None),
        Column("target_code", sort=None),
        Column("site", sort=None),
        Column("result", vocabulary="record-result", sort=None),
        Column("summary", sort=None),
        Column("address", sort=None),
        Column("request_id", sort=None, kind="code"),
        Column("occurred_at", sort=None),
        Column("took", label=_("Took"), kind="duration", value=_took, sort=None),
    ]
    default_columns = ["recorded_at", "account", "position", "verb", "object", "result", "site", "summary"]
    filterset_class = RecordFilters
    filters = ["site", "result", "recorded_at"]
    ordering = ["-recorded_at", "-id"]
    sections = [
        Section(_("What happened"), ["verb", "object", "target_code", "result", "summary", "site"]),
        Section(
            _("Who and when"),
            ["account", "position", "recorded_at", "occurred_at", "took", "address", "request_id"],
        ),
    ]

    @classmethod
    def tone_of(cls, row: Any) -> str:
        """What was refused or failed stands out."""
        return _RESULTS.get(row.result, "")

    @classmethod
    def row_title(cls, row: Any) -> str:
        """What was done."""
        return str(row.text)

    @classmethod
    def detail_context(cls, request: HttpRequest, row: Any, context: dict[str, Any]) -> dict[str, Any]:
        """The difference, and the ways to the object, to all of it and to all of the request."""
        context["related"] = [*context["related"], *_difference(row)]
        context["actions"] = [*_ways(cls, request, row), *context["actions"]]
        return context


def _ways(views: type[CRUDView], request: HttpRequest, record: WorkRecord) -> list[Action]:
    ways, target = [], target_of(record)
    url = Linker(request).url(target) if target is not None else ""
    if url:
        ways.append(Action(gettext("Open the object"), url, icon="arrow-up-right"))
    if record.target_key:
        query = urlencode({"object": record.target_key})
        ways.append(Action(gettext("All of this object"), f"{views.list_url()}?{query}", icon="box"))
    if record.request_id:
        query = urlencode({"request_id": record.request_id})
        ways.append(Action(gettext("All of this request"), f"{views.list_url()}?{query}", icon="list"))
    return ways


def _difference(record: WorkRecord) -> list[Related]:
    changes = changes_of(record)
    if not changes:
        return []
    columns = [
        PartColumn("field", gettext("Field")),
        PartColumn("before", gettext("Before")),
        PartColumn("after", gettext("After")),
    ]
    rows = [
        Row([Cell(columns[0], change.label), Cell(columns[1], change.before), Cell(columns[2], change.after)])
        for change in changes
    ]
    return [Related(gettext("What was changed"), columns, rows, count=len(rows))]


def _is_waiting(alert: Alert) -> bool:
    return alert.state in (AlertState.OPEN, AlertState.ESCALATED)


def _is_answered(alert: Alert) -> bool:
    return alert.state in (AlertState.EXPLAINED, AlertState.ESCALATED)


class AlertViews(CRUDView):
    """What the rules noticed."""

    model = Alert
    namespace = "supervision"
    permissions = {"view": "security.view_alert"}
    icon = "siren"
    state = "state"
    lead = _("What the watch rules noticed. The owner of an alert answers what it was about.")
    empty_text = _("Nothing has been noticed so far.")
    live_topic = "alerts"
    columns = [
        "number",
        "text",
        Column("state", vocabulary="alert"),
        Column("rule", sort=None),
        "owner",
        "raised_at",
        "due_at",
        Column("count", sort=None),
        "about",
        Column("answer", sort=None),
        "answered_by",
        "answered_at",
        "closed_at",
    ]
    default_columns = ["number", "text", "state", "owner", "raised_at", "due_at"]
    search_fields = ["number", "text"]
    filters = ["state", "raised_at", "due_at"]
    ordering = ["-raised_at", "-id"]
    sections = [
        Section(_("What was noticed"), ["text", "rule", "count", "about", "first_at", "last_at"]),
        Section(_("Who answers"), ["owner", "raised_at", "due_at", "answer", "answered_by", "answered_at",
                                   "closed_at"]),
    ]  # fmt: skip
    actions = [
        RowAction(_("Explain"), "supervision:alert-explain", "security.answer_alert", icon="message-square",
                  tone="primary", when=_is_waiting),
        RowAction(_("Escalate"), "supervision:alert-escalate", "security.answer_alert", icon="arrow-up",
                  when=lambda alert: alert.state == AlertState.OPEN),
        RowAction(_("Close"), "supervision:alert-close", "security.answer_alert", icon="circle-check",
                  when=_is_answered),
    ]  # fmt: skip
    list_actions = [
        ListAction(_("Rules"), "supervision:watch-rule-list", "security.view_watchrule", icon="sliders-horizontal")
    ]

    @classmethod
    def tone_of(cls, row: Any) -> str:
        """What is overdue stands out, what is closed stands back."""
        if _is_waiting(row):
            return "danger" if row.due_at < now() else "warning"
        return "muted" if row.state == AlertState.CLOSED else ""

    @classmethod
    def detail_context(cls, request: HttpRequest, row: Any, context: dict[str, Any]) -> dict[str, Any]:
        """The records that it is about, for those who may see records."""
        if _is_waiting(row) and row.due_at < now():
            context["notice"] = gettext("This alert is overdue: its owner should have answered it by now.")
        context["related"] = [*context["related"], *_records_of(request, row)]
        return context


def _records_of(request: HttpRequest, alert: Alert) -> list[Related]:
    if not WorkRecordViews.allows(request, "view"):
        return []
    rows = (
        WorkRecordViews.rows(request, "security.view_workrecord")
        .filter(pk__in=alert.record_ids)
        .select_related("account")
    )
    columns = [
        PartColumn("recorded_at", gettext("At"), "datetime"),
        PartColumn("who", gettext("Who")),
        PartColumn("what", gettext("What")),
        PartColumn("object", gettext("Object")),
        PartColumn("result", gettext("Result"), "state"),
    ]
    lines = [
        Row(
            [
                Cell(columns[0], row.recorded_at),
                Cell(columns[1], _who(row)),
                Cell(columns[2], row.text),
                Cell(columns[3], row.target_text),
                Cell(columns[4], State("record-result", row.result, row.get_result_display())),
            ],
            url=WorkRecordViews.url(row),
        )
        for row in rows.order_by("recorded_at", "pk")
    ]
    return [Related(gettext("Records it is about"), columns, lines, count=len(lines))] if lines else []


class WatchRuleViews(CRUDView):
    """What the network watches for."""

    model = WatchRule
    namespace = "supervision"
    permissions = {"view": "security.view_watchrule", "change": "security.change_watchrule"}
    icon = "sliders-horizontal"
    lead = _(
        "What raises an alert. New devices and parts of the internet are those that a person did not use within the "
        "time given; a part is the first three numbers of an address, as no map from addresses to countries is kept."
    )
    columns = [
        Column("kind", sort=None),
        "is_on",
        "threshold",
        "window_minutes",
        "owner_role",
        "answer_hours",
    ]
    fields = ["is_on", "threshold", "window_minutes", "owner_role", "answer_hours"]
    ordering = ["id"]
    sections = [
        Section(_("Rule"), [Column("kind"), "is_on", "threshold", "window_minutes", "owner_role", "answer_hours"])
    ]

    @classmethod
    def tone_of(cls, row: Any) -> str:
        """What is off stands back."""
        return "" if row.is_on else "muted"


def _answer_page(request: Any, number: str, deed: Any, title: str, lead: str, done: str) -> HttpResponseBase:
    alert = AlertViews.get_row(request, "security.answer_alert", number=number)
    form = AnswerForm(posted(request))

    def answer(**given: Any) -> None:
        deed(alert=alert, **given)

    response: HttpResponse = answer_question(
        request,
        form,
        answer,
        done=done,
        back=AlertViews.url(alert),
        title=title,
        lead=lead,
        object=alert,
        submit_label=title,
        breadcrumbs=[*AlertViews.crumbs(request, alert, linked=True), Crumb(title)],
    )
    return response


@ask
@permission_required("security.answer_alert")
def alert_explain(request: HttpRequest, number: str) -> HttpResponseBase:
    """Answer an alert: what it was about."""
    lead = gettext("Say what happened, so that others can follow it later.")
    return _answer_page(request, number, explain_alert, gettext("Explain"), lead, gettext("The alert is answered."))


@ask
@permission_required("security.answer_alert")
def alert_escalate(request: HttpRequest, number: str) -> HttpResponseBase:
    """Pass an alert on to another director."""
    lead = gettext("Another director becomes its owner. Say what is known so far.")
    return _answer_page(request, number, escalate_alert, gettext("Escalate"), lead, gettext("The alert is passed on."))


@ask
@permission_required("security.answer_alert")
def alert_close(request: HttpRequest, number: str) -> HttpResponseBase:
    """Close an answered alert."""
    lead = gettext("Say what was done about it.")
    return _answer_page(request, number, close_alert, gettext("Close"), lead, gettext("The alert is closed."))

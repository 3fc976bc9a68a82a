"""Pages of work record sets."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from core.clock import day_of, now
from core.crud.asking import ask, posted
from core.crud.declare import Column, ListAction, RowAction, Section
from core.crud.views import CRUDView
from core.export.filenames import as_download, filename
from core.jobs.actions import start_job
from core.parts import Crumb
from core.records import record
from core.rights import permission_required
from core.tenancy.scope import require_network
from core.urls import network_url
from security.jobs import MAKE_SET
from security.models import RecordSet
from security.record_sets.paper import period_words
from security.record_sets.periods import SetPeriod
from security.record_sets.tables import related_of_set
from security.supervision.forms import SetForm


def _hash(name: str, label: Any) -> Column:
    """A hash in groups of eight, which can be read aloud and wrap on a narrow screen."""

    def grouped(made: RecordSet) -> str:
        text = str(getattr(made, name))
        return " ".join(text[start : start + 8] for start in range(0, len(text), 8))

    return Column(f"{name}_grouped", label=label, kind="code", value=grouped, sort=None)


class RecordSetViews(CRUDView):
    """The sets that were made."""

    model = RecordSet
    namespace = "supervision"
    permissions = {"view": "security.view_recordset"}
    icon = "book-marked"
    lead = _("Days, weeks and months summed up when they end. A set is numbered and never changes afterwards.")
    empty_text = _("The first set is made when the business day ends.")
    columns = [
        "number",
        "kind",
        Column("period", label=_("From … to"), value=period_words, sort=["first_day"]),
        Column("first_day"),
        Column("last_day"),
        "record_count",
        "refusal_count",
        "alert_count",
        "seal_number",
        Column("chain_head", sort=None, kind="code"),
        "made_at",
        Column("made_by"),
    ]
    default_columns = ["number", "kind", "period", "record_count", "refusal_count", "alert_count", "made_at"]
    search_fields = ["number"]
    filters = ["kind", "first_day"]
    ordering = ["-first_day", "-id"]
    sections = [
        Section(
            _("Set"),
            ["kind", "first_day", "last_day", "made_at", "made_by", "record_count", "refusal_count", "alert_count"],
        ),
        Section(
            _("Proof"),
            [
                "seal_number",
                _hash("chain_head", _("Chain head")),
                _hash("figures_sha256", _("Checksum of the figures")),
                _hash("pdf_sha256", _("Checksum of the print")),
            ],
        ),
    ]
    actions = [
        RowAction(_("Print"), "supervision:record-set-print", "security.view_recordset", icon="printer", tone="primary")
    ]
    list_actions = [ListAction(_("Make a set"), "supervision:record-set-make", "security.make_recordset", icon="plus")]

    @classmethod
    def row_title(cls, row: Any) -> str:
        """Number and period."""
        return f"{row.number} · {row.get_kind_display()}, {period_words(row)}"

    @classmethod
    def detail_context(cls, request: HttpRequest, row: Any, context: dict[str, Any]) -> dict[str, Any]:
        """The tables of the set, as they were made."""
        context["related"] = [*context["related"], *related_of_set(row.figures)]
        return context


@require_safe
@permission_required("security.view_recordset")
def record_set_print(request: HttpRequest, number: str) -> HttpResponseBase:
    """The print of a set: the very bytes that were made with it."""
    made = RecordSetViews.get_row(request, "security.view_recordset", number=number)
    record("record-set.printed", target=made, after={"pdf_sha256": made.pdf_sha256})
    name = filename([require_network().slug, made.number], "pdf")
    return as_download(HttpResponse(bytes(made.pdf)), name, inline=True)


@ask
@permission_required("security.make_recordset")
def record_set_make(request: Any) -> HttpResponseBase:
    """Make the set of a past period; a job does it."""
    network = require_network()
    yesterday = SetPeriod.last_over("day", now(), network).first
    form = SetForm(posted(request), initial={"day": yesterday})
    if request.method == "POST" and form.is_valid():
        kind, day = form.cleaned_data["kind"], form.cleaned_data["day"]
        period = SetPeriod.holding(kind, day)
        found = RecordSet.objects.filter(kind=kind, first_day=period.first).first()
        if found is not None:
            return redirect(RecordSetViews.url(found))
        if period.is_over(now(), network):
            job = start_job(
                kind=MAKE_SET,
                title=gettext("Work record set of %(day)s") % {"day": period.first},
                actor=request.user,
                now=now(),
                params={"kind": kind, "day": day.isoformat()},
            )
            return redirect(network_url("core:job-detail", job.pk))
        form.add_error("day", gettext("This period is not over yet. Choose one that has ended."))
    context = {
        "title": gettext("Make a work record set"),
        "lead": gettext(
            "The set of the day, week (Monday to Sunday) or month that holds the day you give. Today is %(day)s."
        )
        % {"day": day_of(now(), network)},
        "form": form,
        "tone": "primary",
        "submit_label": gettext("Make the set"),
        "cancel_url": RecordSetViews.list_url(),
        "breadcrumbs": [*RecordSetViews.crumbs(request), Crumb(gettext("Make"))],
    }
    status = 422 if form.is_bound and form.errors else 200
    return TemplateResponse(request, "generic/confirm.html", context, status=status)

"""Pages about personal data in the network in scope."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.clock import now
from core.crud.asking import answer_question, posted
from core.errors import Refusal
from core.jobs.actions import start_job
from core.parts import Action, Cell, Column, Consequence, Crumb, Row
from core.rights import may, permission_required
from core.urls import network_url
from security.privacy.erasing import ask_for_erasure
from security.privacy.forgetting import change_retention, periods
from security.privacy.forms import ErasureForm, PersonForm, RetentionForm
from security.privacy.jobs import EXPORT_PERSON

ask = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@permission_required("security.view_retention")
def retention(request: Any) -> HttpResponse:
    """How long which kind of data is kept, and what goes next night."""
    columns = [
        Column("kind", _("Kind of data")),
        Column("days", _("Kept"), "number", unit=_("days")),
        Column("before", _("Goes if older than"), "datetime"),
        Column("due", _("Will go next night"), "number"),
    ]
    rows = [
        Row([Cell(column, value) for column, value in zip(columns, values, strict=True)])
        for period in periods(now=now())
        for values in [(period.kind.label, period.days, period.before, period.due)]
    ]
    offered = [
        ("security.change_retention", _("Change"), "privacy:retention-change", "pencil"),
        ("security.export_person", _("Export a person's data"), "privacy:person-export", "download"),
        ("security.erase_person", _("Erase a person"), "privacy:person-erase", "user-x"),
    ]
    context = {
        "title": _("Personal data"),
        "lead": _("How long the network keeps what. Every night what is older goes, in all places where it is kept."),
        "columns": columns,
        "rows": rows,
        "actions": [
            Action(label, network_url(view), icon=icon)
            for permission, label, view, icon in offered
            if may(request.user, permission)
        ],
    }
    return render(request, "security/privacy/retention.html", context)


@ask
@permission_required("security.change_retention")
def retention_change(request: Any) -> HttpResponse:
    """Choose how long each kind of data is kept."""
    form = RetentionForm(posted(request), periods=periods(now=now()))
    if form.is_valid():
        try:
            with transaction.atomic():
                for kind, days in form.cleaned_data.items():
                    change_retention(kind=kind, days=days, actor=request.user, now=now())
        except Refusal as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("The periods are saved. They hold from next night on."))
            return redirect(network_url("privacy:retention"))
    context = {
        "title": _("How long data is kept"),
        "form": form,
        "breadcrumbs": _crumbs(),
        "cancel_url": network_url("privacy:retention"),
    }
    return render(request, "generic/form.html", context, status=422 if form.errors else 200)


@ask
@permission_required("security.export_person")
def person_export(request: Any) -> HttpResponse:
    """Put together what the network knows of a person, as a job."""
    form = PersonForm(posted(request))
    if form.is_valid():
        job = start_job(
            kind=EXPORT_PERSON,
            title=_("Personal data of account %(number)d") % {"number": form.cleaned_data["account"].pk},
            actor=request.user,
            now=now(),
            params={"account": form.cleaned_data["account"].pk, "language": get_language()},
        )
        return redirect(network_url("core:job-detail", job.pk))
    context = {
        "title": _("Export a person's data"),
        "lead": _("Everything that leads to the person in this network: JSON for machines and a PDF for reading."),
        "form": form,
        "submit_label": _("Put together"),
        "breadcrumbs": _crumbs(),
        "cancel_url": network_url("privacy:retention"),
    }
    return render(request, "generic/form.html", context, status=422 if form.errors else 200)


@ask
@permission_required("security.erase_person")
def person_erase(request: Any) -> HttpResponse:
    """Ask who shall be forgotten, then end the roles and have the account anonymised."""
    return answer_question(
        request,
        ErasureForm(posted(request)),
        ask_for_erasure,
        done=_("The roles have ended. Name, address and credentials go as soon as nothing needs them any more."),
        back=network_url("privacy:retention"),
        title=_("Erase a person?"),
        breadcrumbs=_crumbs(),
        submit_label=_("Erase"),
        tone="destroy",
        consequences=[
            Consequence(_("All roles of the person in this network end now.")),
            Consequence(_("Name, e-mail address, password, second factors and sessions are deleted.")),
            Consequence(_("History and records keep the number of the account, so that the books stay right."), "kept"),
        ],
    )


def _crumbs() -> list[Crumb]:
    return [Crumb(_("Personal data"), network_url("privacy:retention"))]

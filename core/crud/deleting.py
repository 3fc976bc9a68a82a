"""The page before a row is deleted (or closed): it says what will go, what stays, and what stands in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from core.clock import now
from core.crud.actions import write_row
from core.crud.forms import reason_field
from core.errors import Refusal
from core.parts import Crumb
from core.records import note_refusal

if TYPE_CHECKING:
    from core.crud.views import CRUDView


def delete_page(views: type[CRUDView], request: HttpRequest, **key: Any) -> HttpResponse:
    """GET says what will go, POST does it."""
    row = views.get_row(request, views.permissions["delete"], **key)
    form = _ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        title = views.row_title(row)
        refusal = _deleted(views, request, row, form.cleaned_data["reason"])
        if refusal is None:
            messages.success(request, _("%(thing)s: done.") % {"thing": f"{views.delete_label()} “{title}”"})
            return HttpResponseRedirect(_where_next(views, row))
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        row = views.fresh(row)
    return _confirm_page(views, request, row, form)


class _ReasonForm(forms.Form):
    reason = reason_field()


def _deleted(views: type[CRUDView], request: HttpRequest, row: Any, reason: str) -> Refusal | None:
    try:
        write_row(
            write=views.delete_action, row=row, actor=request.user, now=now(), reason=reason, topic=views.live_topic
        )
    except Refusal as refusal:
        note_refusal(refusal, target=row)
        return refusal
    return None


def _where_next(views: type[CRUDView], row: Any) -> str:
    """To the record if the deed left it (it was closed), else to the list."""
    if row.pk is not None and views.model.objects.filter(pk=row.pk).exists():
        return views.url(row, "detail")
    return views.list_url()


def _confirm_page(views: type[CRUDView], request: HttpRequest, row: Any, form: forms.Form) -> HttpResponse:
    consequences, blockers = views.consequences(request, row)
    label = views.delete_label()
    context = {
        "title": _("%(deed)s %(name)s?") % {"deed": label, "name": f"“{views.row_title(row)}”"},
        "lead": _("Other records need this one. Change or delete them first.") if blockers else views.delete_lead,
        "breadcrumbs": [*views.crumbs(request, row, linked=True), Crumb(label)],
        "object": row,
        "consequences": [] if blockers else consequences,
        "blockers": blockers,
        "form": form,
        "submit_label": f"{label} {views.model._meta.verbose_name}",
        "cancel_url": views.url(row, "detail"),
    }
    status = 422 if form.is_bound and form.errors else 409 if blockers and request.method == "POST" else 200
    return TemplateResponse(request, views.delete_template, context, status=status)

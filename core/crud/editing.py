"""The pages that make and change rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms.utils import ErrorDict
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import formatting
from core.clock import now
from core.crud.actions import RowChanged, write_row
from core.crud.forms import VERSION, RowForm
from core.crud.history import changes_between
from core.crud.versions import values_at, version_of, versions_since
from core.errors import Refusal, Text
from core.parts import Crumb
from core.records import note_refusal

if TYPE_CHECKING:
    from core.crud.views import CRUDView

MOST_CHANGES_SHOWN = 12
CONFLICT = gettext_lazy(
    "Nothing of yours is saved yet. What you typed stands below, all else as it is now: check it and save again."
)


def create_page(views: type[CRUDView], request: HttpRequest) -> HttpResponse:
    """A new row: GET asks, POST makes it."""
    instance = views.new_row(request)
    if request.method != "POST":
        form = _form(views, request, "add", instance=instance, initial=_initial(views, request))
        return _form_page(views, request, form, None)
    form = _form(views, request, "add", data=request.POST, files=request.FILES, instance=instance)
    made = _written(views, request, form, "add")
    if made is None:
        return _form_page(views, request, form, None)
    messages.success(request, _("%(thing)s is created.") % {"thing": f"“{views.row_title(made)}”"})
    return HttpResponseRedirect(views.url(made, "detail"))


def update_page(views: type[CRUDView], request: HttpRequest, **key: Any) -> HttpResponse:
    """An existing row: GET shows it in a form, POST changes it, unless somebody else did so meanwhile."""
    row = views.get_row(request, views.permissions["change"], **key)
    if request.method != "POST":
        form = _form(views, request, "change", instance=row, initial={VERSION: version_of(row)})
        return _form_page(views, request, form, row)
    seen = request.POST.get(VERSION, "")
    if seen != version_of(row):
        return _conflict_page(views, request, row, seen)
    form = _form(views, request, "change", data=request.POST, files=request.FILES, instance=row)
    if form.is_valid() and not set(form.changed_data) - {VERSION, "change_reason"}:
        messages.info(request, _("Nothing was changed."))
        return HttpResponseRedirect(views.url(views.fresh(row), "detail"))
    try:
        changed = _written(views, request, form, "change", version=seen)
    except RowChanged:
        return _conflict_page(views, request, views.fresh(row), seen)
    if changed is None:
        return _form_page(views, request, form, views.fresh(row))
    messages.success(request, _("%(thing)s is saved.") % {"thing": f"“{views.row_title(changed)}”"})
    return HttpResponseRedirect(views.url(changed, "detail"))


def _form(views: type[CRUDView], request: HttpRequest, verb: str, **kwargs: Any) -> RowForm:
    form_class = views.row_form()
    assert form_class is not None  # noqa: S101 (views without a form have no such page)
    return form_class(request=request, views=views, verb=verb, **kwargs)


def _initial(views: type[CRUDView], request: HttpRequest) -> dict[str, str]:
    """What the address suggests for a new row, such as ?site=ST-014."""
    form_class = views.row_form()
    names = form_class.base_fields if form_class else ()
    return {name: request.GET[name].replace("\x00", "")[:200] for name in names if name in request.GET}


def _written(
    views: type[CRUDView], request: HttpRequest, form: RowForm, verb: str, version: str | None = None
) -> Any | None:
    """The written row, or None with the reasons in the form. Raises RowChanged."""
    if not form.is_valid():
        return None
    action = views.create_action if verb == "add" else views.change_action
    try:
        written = write_row(
            write=action,
            row=form.instance,
            actor=request.user,
            now=now(),
            permission=views.permissions[verb],
            visible=lambda permission: views.rows(request, permission),
            version=version,
            reason=form.reason,
            topic=views.live_topic,
        )
    except RowChanged as refusal:
        note_refusal(refusal, target=form.instance)
        raise
    except Refusal as refusal:
        note_refusal(refusal, target=form.instance)
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return None
    return written if written is not None else form.instance


def _form_page(
    views: type[CRUDView],
    request: HttpRequest,
    form: RowForm,
    row: Any | None,
    status: int | None = None,
    lead: Text = "",
) -> HttpResponse:
    thing = views.model._meta.verbose_name
    if row is None:
        title = _("New %(thing)s") % {"thing": thing}
        cancel_url, crumbs = views.list_url(), [*views.crumbs(request), Crumb(title)]
        submit = _("Create %(thing)s") % {"thing": thing}
    else:
        title = _("Edit %(name)s") % {"name": views.row_title(row)}
        cancel_url, crumbs = views.url(row, "detail"), [*views.crumbs(request, row, linked=True), Crumb(_("Edit"))]
        submit = _("Save")
    context = {
        "title": title,
        "lead": lead,
        "breadcrumbs": crumbs,
        "form": form,
        "fieldsets": views.fieldsets,
        "submit_label": submit,
        "cancel_url": cancel_url,
        "object": row,
    }
    status = status or (422 if form.is_bound and form.errors else 200)
    return TemplateResponse(request, views.form_template, views.form_context(request, row, context), status=status)


def _conflict_page(views: type[CRUDView], request: HttpRequest, row: Any, seen: str) -> HttpResponse:
    """The row as it is now, with what this reader typed put on top, and what others changed in words."""
    typed = _form(views, request, "change", data=request.POST, files=request.FILES, instance=views.fresh(row))
    base = values_at(row, seen)
    mine = {name: typed[name].data for name in typed.fields if name != VERSION and _was_typed(typed, name, base)}
    form = _form(views, request, "change", instance=row, initial={**mine, VERSION: version_of(row)})
    form.cleaned_data = {}
    form._errors = ErrorDict()  # type: ignore[attr-defined]
    changes = "; ".join(_what_changed(views, request, row, seen, base))
    form.add_error(NON_FIELD_ERRORS, f"{RowChanged.message} {changes}")
    return _form_page(views, request, form, row, status=409, lead=CONFLICT)


def _was_typed(typed: RowForm, name: str, base: Any) -> bool:
    """Whether this reader changed a field, seen from the version that the form showed (or else from the present)."""
    bound = typed[name]
    if bound.field.disabled:
        return False
    initial = bound.initial if base is None else typed.shown_value(name, base)
    return bool(bound.field.has_changed(initial, bound.data))


def _what_changed(views: type[CRUDView], request: HttpRequest, row: Any, seen: str, base: Any) -> list[str]:
    """One line for each field that others changed, with who and when."""
    lines = []
    previous = base
    for entry in versions_since(row, seen):
        if previous is not None:
            who = str(entry.history_user or _("the system"))
            when = formatting.moment(entry.history_date)
            lines += [
                _("%(field)s: %(before)s → %(after)s (%(who)s, %(when)s)")
                % {
                    "field": change.label,
                    "before": change.before or formatting.NOTHING,
                    "after": change.after or formatting.NOTHING,
                    "who": who,
                    "when": when,
                }
                for change in changes_between(views, request, [(previous, entry)])[0]
            ]
        previous = entry
    return lines[:MOST_CHANGES_SHOWN]

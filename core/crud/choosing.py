"""Choosing a record of ours in a form or a filter: who may choose which, by its code, from a list or by typing."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q, QuerySet
from django.forms.models import apply_limit_choices_to_to_formfield
from django.forms.utils import flatatt
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from core.crud.addresses import views_of
from core.crud.columns import LOOKUP_SEPARATOR
from core.field_rules import hidden_of
from core.tenancy.guard import is_tenant_model
from core.urls import network_url

if TYPE_CHECKING:
    from core.crud.views import CRUDView

MOST_CHOICES = 100
"""Above so many records a drop-down helps nobody; the code is typed instead, with suggestions."""
MOST_SUGGESTIONS = 20
Narrow = Callable[[Any], Any]


class RecordSelect(forms.Select):
    """A drop-down of records, put together in one go: a template for each option would cost more than the page.

    `choices` is a list of (code, text).
    """

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The drop-down with the present value chosen."""
        chosen = "" if value is None else str(value)
        options = "".join(
            f'<option value="{escape(code)}"{" selected" if code == chosen else ""}>{escape(text)}</option>'
            for code, text in ((str(code), str(text)) for code, text in self.choices)
        )
        own = self.build_attrs(self.attrs, {"name": name, **(attrs or {})})
        return format_html("<select{}>{}</select>", flatatt(own), mark_safe(options))  # noqa: S308 (escaped above)


class TypedRecord(forms.TextInput):
    """A code typed by hand, with suggestions from the server where scripts run."""

    def __init__(self, suggest_url: str) -> None:
        super().__init__()
        self.suggest_url = suggest_url

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The input and the list its suggestions go into."""
        options = f"{(attrs or {}).get('id', name)}-options"
        own = {
            "list": options,
            "autocomplete": "off",
            "spellcheck": "false",
            "hx-get": self.suggest_url,
            "hx-trigger": "input changed delay:250ms",
            "hx-target": f"#{options}",
            "hx-swap": "innerHTML",
            "hx-push-url": "false",
            "hx-include": "this",
        }
        control = super().render(name, value, {**(attrs or {}), **own}, renderer)
        return format_html('{}<datalist id="{}"></datalist>', control, options)


def key_of(model: Any) -> str | None:
    """The field by which records of a model are named in forms and addresses; None: their database id."""
    views = views_of(model)
    if views is not None and len(views.lookup) == 1 and LOOKUP_SEPARATOR not in views.lookup[0]:
        return None if views.lookup[0] in ("pk", "id") else views.lookup[0]
    return None


def view_permission(model: Any) -> str:
    """The right to see records of a model: what its pages ask for, or the usual name."""
    views = views_of(model)
    return views.permissions["view"] if views else f"{model._meta.app_label}.view_{model._meta.model_name}"


def choices_of(
    views: type[CRUDView], request: HttpRequest, field_path: str, target: Any, permission: str = ""
) -> QuerySet:
    """The records that the reader may choose for a foreign key: visible with `permission` (default: to see them)."""
    rows = target.objects.visible_to(request.user, permission or view_permission(target))
    narrow = views.choices.get(field_path)
    return narrow(rows) if narrow is not None else rows


def write_permission(views: type[CRUDView], field_name: str, verb: str) -> str:
    """What it takes to choose a record in a form: for the one the row hangs on, the right of the write itself."""
    site_path = views.model.site_path or ""
    return views.permissions[verb] if site_path.split(LOOKUP_SEPARATOR)[0] == field_name else ""


def offer(field: forms.ModelChoiceField, rows: Any, suggest_url: str, *, current: int | None = None) -> None:
    """Let a form field choose among `rows` (and the present value, which stays choosable): a list or typed codes."""
    model = rows.model
    if current is not None:
        rows = model.objects.filter(Q(pk__in=rows.order_by().values("pk")) | Q(pk=current))
    field.to_field_name = key_of(model)
    field.queryset = rows.defer(*model.heavy_fields)
    apply_limit_choices_to_to_formfield(field)
    # Keys first: where there are too many to show, none of them is read for nothing.
    keys = list(field.queryset.order_by().values_list("pk", flat=True)[: MOST_CHOICES + 1])
    if len(keys) > MOST_CHOICES and field.to_field_name:
        field.widget = TypedRecord(suggest_url)
        field.help_text = field.help_text or _("Type a code or a part of a name.")
        return
    shown = field.queryset[:MOST_CHOICES]
    blank = [] if field.empty_label is None else [("", field.empty_label)]
    field.widget = RecordSelect(attrs=field.widget.attrs)
    field.widget.is_required = field.required
    field.widget.choices = [*blank, *((field.prepare_value(row), field.label_from_instance(row)) for row in shown)]


def suggest_url(views: type[CRUDView], field_name: str, verb: str = "view") -> str:
    """Where suggestions for a typed code come from."""
    return f"{network_url(views.url_name('choices'), field_name)}?for={verb}"


def choices_page(views: type[CRUDView], request: HttpRequest, field: str) -> HttpResponse:
    """Suggestions for a typed code, as options of a datalist."""
    source = views.choice_fields().get(field)
    if source is None or not is_tenant_model(source.target):
        raise Http404
    verb = request.GET.get("for", "view")
    permission = ""
    if verb in ("add", "change") and verb in views.permissions:
        views.require(request, verb)
        permission = write_permission(views, field, verb)
    rows = choices_of(views, request, source.path, source.target, permission)
    key = key_of(source.target)
    if key is None:
        raise Http404
    found = rows.filter(_resembles(request, source.target, key, request.GET.get(field, "")))[:MOST_SUGGESTIONS]
    options = format_html_join("", '<option value="{}">{}</option>', ((getattr(row, key), str(row)) for row in found))
    return HttpResponse(options)


def _resembles(request: HttpRequest, model: Any, key: str, text: str) -> Q:
    text = text.replace("\x00", "").strip()[:100]
    views = views_of(model)
    fields = {key, *(views.search_fields if views else ())}
    fields -= hidden_of(request.user, model, fields, seen_with=view_permission(model))
    matches = Q()
    for name in sorted(fields):
        matches |= Q(**{f"{name}__icontains": text})
    return matches

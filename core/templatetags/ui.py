"""Components of the pages as template tags.

The signature of a tag is the list of its props: an unknown or missing one is a template error. What a component looks
like stands in ``templates/components/``; the parts they draw are the plain values of ``core.parts``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from django import template
from django.core.files.storage import Storage, storages
from django.forms import BaseForm, BoundField
from django.template.loader import get_template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from core import cells, formatting
from core.controls import FieldGroups, control, control_kind, group_fields
from core.errors import Text
from core.icons import icon as icon_html
from core.parts import (
    Action,
    Cell,
    Column,
    ColumnChoice,
    Crumb,
    Delta,
    Empty,
    Entry,
    Fact,
    Page,
    PageSize,
    Row,
    State,
    Tab,
)
from core.quick_parts import column_checks_html, field_html
from core.templatetags import pictures

register = template.Library()
register.tags.update(pictures.register.tags)


def _render(name: str, **context: Any) -> SafeString:
    return mark_safe(get_template(f"components/{name}.html").render(context))  # noqa: S308  a rendered template


#: The style sheets of every page, in the order of their weight; print.css stands after them.
STYLES = (
    "vendor",
    "tokens",
    "base",
    "layout",
    "sidebar",
    "buttons",
    "states",
    "components",
    "progress",
    "tables",
    "lists",
    "forms",
    "graphics",
)

#: Stands in the kept head where the nonce of an answer belongs.
NONCE_PLACE = "%nonce%"


@register.simple_tag(takes_context=True)
def head_files(context: Any) -> SafeString:
    """{% head_files %}: the scripts and styles of every page, with the nonce of this answer's policy."""
    nonce = str(getattr(context.get("request"), "csp_nonce", ""))
    head = _head_files(storages["staticfiles"])
    return mark_safe(head.replace(NONCE_PLACE, nonce))  # noqa: S308  our own template, and base64


@cache
def _head_files(storage: Storage) -> SafeString:
    # The storage decides the addresses; another one (in tests) asks anew.
    return _render("head_files", styles=[f"css/{name}.css" for name in STYLES])


# --- Marks -----------------------------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, *, label: Text = "", css: str = "") -> SafeString:
    """{% icon "zap" %}: an icon of lucide; ``label`` only where no text stands beside it."""
    return icon_html(name, label=str(label), css=css)


@register.simple_tag
def state(vocabulary: str, value: str, label: Text) -> SafeString:
    """{% state "site-status" site.status site.get_status_display %}: a coloured mark and its text."""
    return cells.state_html(State(vocabulary, value, label))


@register.simple_tag
def pill(state: State) -> SafeString:
    """{% pill state %}: a state on a tinted ground, for titles."""
    return cells.state_html(state, css="state pill")


@register.simple_tag
def badge(text: Text, *, tone: str = "muted", icon: str = "") -> SafeString:
    """{% badge "Demo" tone="info" icon="flask-conical" %}"""
    drawn = icon_html(icon) if icon else ""
    return format_html('<span class="tag" data-tone="{}">{}{}</span>', tone, drawn, text)


@register.inclusion_tag("components/delta.html")
def delta(delta: Delta) -> dict[str, Any]:
    """{% delta delta %}: an arrow, a signed figure and what it is compared with."""
    arrows = {"up": "arrow-up-right", "down": "arrow-down-right", "flat": "arrow-right"}
    tone = "muted" if delta.good is None or not delta.value else "success" if delta.good else "danger"
    sign = "+" if delta.value > 0 else ""
    written = sign + formatting.number(delta.value, 1 if delta.unit == "%" else None)
    return {"delta": delta, "icon": arrows[delta.direction], "tone": tone, "written": written}


# --- Buttons ---------------------------------------------------------------------------------------------------------


@register.inclusion_tag("components/button.html")
def button(
    label: Text,
    *,
    tone: str = "secondary",
    icon: str = "",
    type: str = "submit",  # noqa: A002  named as the attribute
    name: str = "",
    value: str = "",
    form: str = "",
    size: str = "",
) -> dict[str, Any]:
    """{% button "Save" tone="primary" icon="check" %}"""
    return dict(locals())


@register.inclusion_tag("components/link_button.html")
def link_button(
    label: Text, url: str, *, tone: str = "secondary", icon: str = "", size: str = "", download: bool = False
) -> dict[str, Any]:
    """{% link_button "Cancel" cancel_url tone="quiet" %}"""
    return dict(locals())


@register.inclusion_tag("components/action.html", takes_context=True)
def action(context: template.Context, action: Action, *, in_menu: bool = False) -> dict[str, Any]:
    """{% action action %}: a link, or a one-button form where it posts."""
    return {"action": action, "in_menu": in_menu, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("components/actions.html", takes_context=True)
def actions(context: template.Context, actions: Sequence[Action] | None) -> dict[str, Any]:
    """{% actions actions %}: buttons beside a title, the lesser ones in a menu."""
    given = actions or ()
    return {
        "shown": [action for action in given if not action.in_menu],
        "menu": [action for action in given if action.in_menu],
        "csrf_token": context.get("csrf_token"),
    }


# --- Blocks ----------------------------------------------------------------------------------------------------------


@register.simple_block_tag
def card(
    content: str,
    *,
    title: Text = "",
    icon: str = "",
    url: str = "",
    url_text: Text = "",
    note: Text = "",
    flush: bool = False,
    css: str = "",
) -> SafeString:
    """{% card title="Sites" url=url %}…{% endcard %}

    ``url`` is drawn as "Show all", or as ``url_text``; ``flush`` lets a table reach the edges.
    """
    return _render("card", **locals())


@register.simple_block_tag
def notice(content: str, *, tone: str = "info", title: Text = "", icon: str = "") -> SafeString:
    """{% notice tone="warning" title="…" %}…{% endnotice %}"""
    icons = {"info": "info", "success": "circle-check", "warning": "triangle-alert", "danger": "octagon-alert"}
    return _render("notice", content=content, tone=tone, title=title, icon=icon or icons.get(tone, "info"))


@register.simple_block_tag
def stat(
    content: str,
    *,
    label: Text,
    value: Any,
    unit: Text = "",
    kind: str = "",
    delta: Delta | None = None,
    url: str = "",
    icon: str = "",
) -> SafeString:
    """{% stat label="Energy" value=wh kind="energy" delta=delta %}sparkline{% endstat %}

    ``kind`` "energy" takes Wh and chooses kWh, MWh or GWh; "percent" takes a ratio; "number" groups digits; empty
    draws the value as it is.
    """
    written, own_unit = _headline(value, kind)
    return _render(
        "stat", content=content, label=label, value=written, unit=unit or own_unit, delta=delta, url=url, icon=icon
    )


def _headline(value: Any, kind: str) -> tuple[Any, str]:
    if formatting.is_nothing(value):
        return formatting.NOTHING, ""
    if kind == "energy":
        return formatting.scaled_energy(value)
    if kind == "percent":
        return formatting.percent(value), "%"
    return (formatting.number(value) if kind == "number" else value), ""


# --- Tables and facts ------------------------------------------------------------------------------------------------


@register.inclusion_tag("components/table.html")
def table(
    columns: Sequence[Column],
    rows: Sequence[Row],
    *,
    caption: Text,
    show_caption: bool = False,
    tall: bool = False,
    stack: bool = True,
) -> dict[str, Any]:
    """{% table columns rows caption="Sites" %}: ``tall`` scrolls inside the window, ``stack`` makes cards on phones."""
    return {
        "heads": [(column, cells.unit_of(column)) for column in columns],
        "sorts": [column for column in columns if column.sort_url],
        "body": cells.rows_html(columns, rows),
        "acting": any(row.actions for row in rows),
        "caption": caption,
        "show_caption": show_caption,
        "tall": tall,
        "stack": stack,
    }


@register.simple_tag
def cell(cell: Cell) -> SafeString:
    """{% cell cell %}: one value as its column declares."""
    return cells.value_html(cell.value, cell.column)


@register.inclusion_tag("components/facts.html")
def facts(facts: Sequence[Fact]) -> dict[str, Any]:
    """{% facts section.facts %}: a definition list."""
    return {"lines": [(fact, cells.value_html(fact.value, fact), _fact_unit(fact)) for fact in facts]}


def _fact_unit(fact: Fact) -> str:
    return "" if formatting.is_nothing(fact.value) else cells.unit_of(fact)


@register.inclusion_tag("components/timeline.html")
def timeline(entries: Sequence[Entry], *, label: Text = "") -> dict[str, Any]:
    """{% timeline entries %}: who did what, when; the newest first."""
    return {"entries": entries, "label": label or _("History")}


@register.inclusion_tag("components/empty.html", takes_context=True)
def empty(context: template.Context, empty: Empty) -> dict[str, Any]:
    """{% empty empty %}: what to say and to do next where nothing is."""
    return {"empty": empty, "csrf_token": context.get("csrf_token")}


# --- Ways ------------------------------------------------------------------------------------------------------------


@register.inclusion_tag("components/crumbs.html")
def crumbs(crumbs: Sequence[Crumb] | None) -> dict[str, Any]:
    """{% crumbs breadcrumbs %}: the path above the title."""
    return {"crumbs": crumbs or ()}


@register.inclusion_tag("components/tabs.html")
def tabs(tabs: Sequence[Tab], *, label: Text = "") -> dict[str, Any]:
    """{% tabs tabs %}: links to the parts of a record."""
    return {"tabs": tabs, "label": label or _("Parts of this record")}


@register.inclusion_tag("components/pagination.html")
def pagination(page: Page, page_sizes: Sequence[PageSize] | None = None) -> dict[str, Any]:
    """{% pagination page page_sizes %}"""
    return {"page": page, "page_sizes": page_sizes or ()}


@register.inclusion_tag("components/steps.html")
def steps(steps: Sequence[Text], current: int) -> dict[str, Any]:
    """{% steps steps 2 %}: where one stands in a wizard; ``current`` counts from 1."""
    return {"steps": list(enumerate(steps, start=1)), "current": current, "count": len(steps)}


# --- Forms -----------------------------------------------------------------------------------------------------------


@register.simple_tag
def field(field: BoundField, *, label: Text = "", hide_label: bool = False, placeholder: Text = "") -> SafeString:
    """{% field form.name %}: label, control, help and errors of one field."""
    if placeholder:
        field.field.widget.attrs.setdefault("placeholder", placeholder)
    kind, words = control_kind(field), label or field.label
    return field_html(field, kind=kind, control=control(field), label=words, hide_label=hide_label)


@register.simple_tag
def column_checks(choices: Iterable[ColumnChoice]) -> SafeString:
    """{% column_checks column_choices %}: the columns of a list to choose from."""
    return column_checks_html(choices)


@register.inclusion_tag("components/fields.html")
def fields(form: BaseForm, names: Iterable[str] | None = None, *, besides: Iterable[str] = ()) -> dict[str, Any]:
    """{% fields form %}: every visible field, or the named ones, or all ``besides`` some."""
    chosen = [form[name] for name in names] if names is not None else form.visible_fields()
    left_out = set(besides)
    return {"fields": [field for field in chosen if field.name not in left_out]}


@register.simple_tag
def form_groups(form: BaseForm, fieldsets: Iterable[tuple[Text, Text, Sequence[str]]] | None) -> FieldGroups:
    """{% form_groups form fieldsets as groups %}"""
    return group_fields(form, fieldsets or None)


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """{% error_summary form %}: everything that is wrong, each with a link to its field."""
    wrong = [(field, error) for field in form.visible_fields() for error in field.errors]
    hidden = [error for field in form.hidden_fields() for error in field.errors]
    general = [*form.non_field_errors(), *hidden]
    return {"general": general, "wrong": wrong, "count": len(wrong) + len(general)}

"""The history of a row: who changed what, when, why and in which request, field by field in people's words."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core import formatting
from core.crud.columns import kind_of
from core.crud.paging import Slice, count_up_to, page_of
from core.crud.params import read_params
from core.parts import Change, Entry
from core.tenancy.guard import is_tenant_model

if TYPE_CHECKING:
    from core.crud.views import CRUDView

A_PAGE = 25
MOST_CHARACTERS = 200
Names = dict[Any, dict[Any, str]]


def history_page(views: type[CRUDView], request: HttpRequest, **key: Any) -> HttpResponse:
    """The history tab of a record."""
    row = views.get_row(request, views.permissions["view"], **key)
    params = read_params(request.GET, filter_names=(), sortable=(), columns=())
    total = count_up_to(row.history.all())
    pages = max(1, -(-total // A_PAGE))
    number = pages if params.page == "last" else min(int(params.page), pages)
    first = (number - 1) * A_PAGE
    part = Slice([], number, A_PAGE, total, True, number > 1, number < pages, first + 1)
    versions = list(_newest_first(row)[first : first + A_PAGE + 1])
    part.keys = versions[:A_PAGE]
    context = {
        **views.row_context(request, row, tab="history"),
        "entries": entries_of(views, request, versions[:A_PAGE], versions[1:]),
        "page": page_of(part, params, views.url(row, "history"), "", "") if pages > 1 else None,
    }
    return TemplateResponse(request, views.history_template, context)


def _newest_first(row: Any) -> Any:
    return row.history.select_related("history_user").order_by("-history_date", "-history_id")


def entries_of(
    views: type[CRUDView], request: HttpRequest, versions: Sequence[Any], older: Sequence[Any]
) -> list[Entry]:
    """The timeline's lines for versions, the newest first; `older` holds the version before each."""
    before = [*older, *[None] * (len(versions) - len(older))]
    pairs = [
        (old, new) if old is not None and new.history_type == "~" else None
        for old, new in zip(before, versions, strict=False)
    ]
    found = iter(changes_between(views, request, [pair for pair in pairs if pair is not None]))
    return [
        _entry(version, next(found) if pair is not None else []) for version, pair in zip(versions, pairs, strict=True)
    ]


def _entry(version: Any, changes: list[Change]) -> Entry:
    words = {
        "+": (_("Created"), "plus", "success"),
        "~": (_("Changed"), "pencil", ""),
        "-": (_("Deleted"), "trash-2", "danger"),
    }
    title, icon, tone = words[version.history_type]
    return Entry(
        at=version.history_date,
        title=title,
        actor=str(version.history_user or _("the system")),
        icon=icon,
        tone=tone,  # type: ignore[arg-type]
        reason=version.history_change_reason or "",
        changes=changes,
        request_id=version.request_id,
    )


def changes_between(
    views: type[CRUDView], request: HttpRequest, pairs: Iterable[tuple[Any, Any]]
) -> list[list[Change]]:
    """For each pair (before, after) of versions the fields that differ. Names of records take one query a model."""
    fields = shown_fields(views, request)
    pairs = list(pairs)
    differing = [
        [field for field in fields if getattr(old, field.attname) != getattr(new, field.attname)] for old, new in pairs
    ]
    names = _names_of(pairs, differing)
    return [
        [
            Change(
                capfirst(field.verbose_name),
                field_text(field, getattr(old, field.attname), names),
                field_text(field, getattr(new, field.attname), names),
            )
            for field in fields_of_pair
        ]
        for (old, new), fields_of_pair in zip(pairs, differing, strict=True)
    ]


def shown_fields(views: type[CRUDView], request: HttpRequest) -> list[Any]:
    """The fields whose history the reader may see: all but those of columns that take a right they do not hold."""
    hidden = views.hidden_fields(request)
    return [
        field
        for field in views.model._meta.concrete_fields
        if not field.primary_key and field.name != "network" and field.name not in hidden
    ]


def _names_of(pairs: Sequence[tuple[Any, Any]], differing: Sequence[Sequence[Any]]) -> Names:
    wanted: dict[Any, set[Any]] = defaultdict(set)
    for pair, fields in zip(pairs, differing, strict=True):
        for field in fields:
            if field.is_relation:
                wanted[field.related_model].update(getattr(version, field.attname) for version in pair)
    names: Names = {}
    for model, keys in wanted.items():
        manager = model.objects if is_tenant_model(model) else model._default_manager
        names[model] = {row.pk: str(row) for row in manager.filter(pk__in=keys - {None})}
    return names


def field_text(field: Any, value: Any, names: Names) -> str:
    """A stored value as people read it; nothing is an empty text."""
    if value is None or value == "" or value == []:
        return ""
    if field.is_relation:
        gone = _("no. %(number)s (gone)") % {"number": value}
        return names.get(field.related_model, {}).get(value, gone)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, ArrayField):
        labels = dict(field.base_field.flatchoices or ())
        return ", ".join(str(labels.get(item, item)) for item in value)
    return _plain_text(field, value)


def _plain_text(field: Any, value: Any) -> str:
    kind = kind_of(field)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if kind == "datetime":
        return formatting.moment(value, seconds=True)
    if kind == "date":
        return formatting.day(value)
    if kind == "energy":
        return f"{formatting.energy(value, 3)} kWh"
    if kind == "duration":
        return formatting.duration(value)
    if kind in ("number", "power"):
        return formatting.number(value)
    text = json.dumps(value, ensure_ascii=False) if isinstance(field, models.JSONField) else str(value)
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1] + "…"

"""The page of one record: its facts, what hangs on it, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.crud.addresses import Linker, row_key, url_maker, views_of
from core.crud.columns import ResolvedColumn
from core.crud.declare import RelatedRows
from core.crud.listing import key_text, with_columns
from core.crud.paging import EXACT, count_up_to, full_order, ordered
from core.parts import Action, Cell, Column, Fact, Related, Row, Section

if TYPE_CHECKING:
    from core.crud.views import CRUDView


def detail_page(views: type[CRUDView], request: HttpRequest, **key: Any) -> HttpResponse:
    """One record with its facts and what hangs on it."""
    columns = [column for _declared, columns in views.resolved_sections() for column in columns]
    row = views.get_row(
        request, views.permissions["view"], prepare=lambda rows: with_columns(views, rows, columns), **key
    )
    context = {
        **views.row_context(request, row, tab="detail"),
        "sections": sections_of(views, request, row),
        "related": [made for wanted in views.related if (made := related_of(request, views, row, wanted)) is not None],
    }
    return TemplateResponse(request, views.detail_template, views.detail_context(request, row, context))


def sections_of(views: type[CRUDView], request: HttpRequest, row: Any) -> list[Section]:
    """The declared sections with the facts that the reader may see; empty ones fall away."""
    linker = Linker(request)
    sections = []
    for declared, columns in views.resolved_sections():
        facts = [_fact(column, row, linker) for column in views.allowed(request, columns)]
        if facts:
            sections.append(Section(declared.title, facts, declared.wide))
    return sections


def _fact(column: ResolvedColumn, row: Any, linker: Linker) -> Fact:
    declared = column.declared
    return Fact(
        column.label,
        column.value(row, linker),
        column.kind,
        declared.unit,
        help=declared.help,
        decimals=declared.decimals,
        currency=column.currency,
    )


def related_of(request: HttpRequest, views: type[CRUDView], row: Any, wanted: RelatedRows) -> Related | None:
    """A short table of what hangs on the record, as far as the reader may see such rows at all."""
    other = views_of(views.model_of(wanted.model))
    if other is None or not other.allows(request, "view"):
        return None
    rows = other.rows(request, other.permissions["view"]).filter(**{wanted.by: row})
    count = count_up_to(rows)
    shown = other.allowed(request, other.columns_named(wanted.columns))
    order = full_order(other.model, other.default_order())
    found = list(ordered(with_columns(other, rows, shown), order)[: wanted.rows])
    filters = other.filterset()
    key = key_text(row_key(row, views.lookup))
    can_filter = filters is not None and wanted.by in filters.base_filters
    return Related(
        wanted.title or capfirst(other.model._meta.verbose_name_plural),
        columns=[_head(column) for column in shown],
        rows=_rows(other, request, found, shown),
        count=count if count <= EXACT else None,
        url=f"{other.list_url()}?{wanted.by}={key}" if can_filter and count > len(found) else "",
        actions=_add_action(request, other, wanted.by, key),
    )


def _rows(
    views: type[CRUDView], request: HttpRequest, found: Sequence[Any], shown: Sequence[ResolvedColumn]
) -> list[Row]:
    linker, url = Linker(request), url_maker(views, "detail")
    heads = [(column, _head(column)) for column in shown]
    return [
        Row([Cell(head, column.value(row, linker)) for column, head in heads], url=url(row), tone=views.tone_of(row))
        for row in found
    ]


def _head(column: ResolvedColumn) -> Column:
    declared = column.declared
    return Column(
        column.name,
        column.label,
        column.kind,
        declared.unit,
        help=declared.help,
        decimals=declared.decimals,
        currency=column.currency,
    )


def _add_action(request: HttpRequest, other: type[CRUDView], by: str, key: str) -> list[Action]:
    form_class = other.row_form()
    if form_class is None or by not in form_class.base_fields or not other.allows(request, "add"):
        return []
    label = _("Add %(thing)s") % {"thing": other.model._meta.verbose_name}
    return [Action(label, f"{other.url_of('create')}?{by}={key}", icon="plus")]

"""The list page, and the columns somebody chose for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core import formatting
from core.crud.actions import forget_columns, save_columns
from core.crud.addresses import Linker, row_key, url_maker
from core.crud.columns import ResolvedColumn
from core.crud.listing import Listing, key_text, with_columns
from core.crud.models import ListChoice
from core.crud.paging import Slice, cut, page_of
from core.crud.params import COLUMNS, PAGE_SIZES, SIZE, SORT
from core.errors import Text
from core.parts import ActiveFilter, Cell, Column, ColumnChoice, Empty, Export, PageSize, Row

if TYPE_CHECKING:
    from core.crud.views import CRUDView

FORMATS = (("csv", "CSV"), ("xlsx", "XLSX"))


def list_page(views: type[CRUDView], request: HttpRequest) -> HttpResponse:
    """The rows an address asks for; htmx gets the part that changes."""
    listing = Listing(views, request)
    part = cut(listing.rows(), listing.order, listing.params, listing.anchor())
    context = list_context(listing, part)
    response = TemplateResponse(request, views.list_template, views.list_context(request, context))
    patch_vary_headers(response, ["HX-Request"])
    return response


def list_context(listing: Listing, part: Slice) -> dict[str, Any]:
    """Everything that generic/list.html draws."""
    views, request, params = listing.views, listing.request, listing.params
    path = views.list_url()
    shown = listing.shown(saved_columns(views, request))
    columns = [_column(listing, column, path) for column in shown]
    found = _load(views, part.keys, shown)
    keys = [key_text(row_key(row, views.lookup)) for row in found]
    active = _active_filters(listing, path)
    names = listing.filter_names
    return {
        "title": views.plural(),
        "lead": views.lead,
        "actions": views.buttons(request),
        "list_url": path,
        "filterset": listing.filterset,
        "active_filters": active,
        "clear_url": params.another(path, **dict.fromkeys(names)),
        "kept_params": params.kept(),
        "columns": columns,
        "rows": _rows(views, request, found, shown, columns),
        "page": page_of(part, params, path, keys[0] if keys else "", keys[-1] if keys else ""),
        "page_sizes": [
            PageSize(size, params.another(path, size=str(size)), size == params.size) for size in PAGE_SIZES
        ],
        "column_choices": _column_choices(listing, shown),
        "columns_url": views.url_of("columns"),
        "columns_next": params.another(path, columns=None),
        "exports": _exports(listing, shown),
        "empty": _empty(views, request),
        "notice": " ".join(str(text) for text in _problems(listing, part)),
        "live_topic": views.live_topic,
        "refresh_url": params.url(path),
    }


def _load(views: type[CRUDView], keys: Sequence[Any], shown: Sequence[ResolvedColumn]) -> list[Any]:
    """The rows of the page in the order of their keys. Only for these are joins made and values computed."""
    if not keys:
        return []
    rows = with_columns(views, views.model.objects.filter(pk__in=keys), shown).order_by()
    by_key = {row.pk: row for row in rows}
    return [by_key[key] for key in keys if key in by_key]


def _rows(
    views: type[CRUDView],
    request: HttpRequest,
    found: Iterable[Any],
    shown: Sequence[ResolvedColumn],
    columns: Sequence[Column],
) -> list[Row]:
    linker, url = Linker(request), url_maker(views, "detail")
    pairs = list(zip(shown, columns, strict=True))
    return [
        Row(
            [Cell(column, source.value(row, linker)) for source, column in pairs],
            url=url(row),
            object=row,
            tone=views.tone_of(row),
        )
        for row in found
    ]


def _column(listing: Listing, column: ResolvedColumn, path: str) -> Column:
    """A column with the address that sorts by it: first up, then down, then as the view has it."""
    sort_url, state = "", ""
    if column.order:
        now = listing.params.sort
        steps = {"": column.name, column.name: f"-{column.name}"}
        wanted = steps.get(now if now.removeprefix("-") == column.name else "")
        sort_url = listing.params.another(path, **{SORT: wanted})
        state = {column.name: "ascending", f"-{column.name}": "descending"}.get(now, "")
        if not now and listing.order[0].lookup == column.order[0]:
            state = "descending" if listing.order[0].descending else "ascending"
            sort_url = listing.params.another(
                path, **{SORT: f"{'' if listing.order[0].descending else '-'}{column.name}"}
            )
    declared = column.declared
    return Column(
        column.name,
        column.label,
        column.kind,
        declared.unit,
        sort_url,
        state,  # type: ignore[arg-type]
        declared.help,
        declared.decimals,
        column.currency,
    )


def _column_choices(listing: Listing, shown: Sequence[ResolvedColumn]) -> list[ColumnChoice]:
    """The shown columns in their order, then the others."""
    names = {column.name for column in shown}
    others = [column for column in listing.columns if column.name not in names]
    return [
        ColumnChoice(column.name, column.label, column.name in names, listing.is_fixed(column))
        for column in (*shown, *others)
    ]


def _exports(listing: Listing, shown: Sequence[ResolvedColumn]) -> list[Export]:
    path = listing.views.url_of("export")
    visible = ",".join(column.name for column in shown)
    groups = (
        (_("Visible columns"), {COLUMNS: visible, "set": None}),
        (_("All columns"), {COLUMNS: None, "set": "all"}),
    )
    return [
        Export(label, listing.params.another(path, **{SIZE: None, "format": form, **changes}), group)
        for group, changes in groups
        for form, label in FORMATS
    ]


def _active_filters(listing: Listing, path: str) -> list[ActiveFilter]:
    if listing.filterset is None:
        return []
    fields = listing.filterset.form.fields
    texts = {name: filter_text(fields[name], value) for name, value in listing.filterset.in_force.items()}
    for name in listing.filterset.form.errors:
        texts[name] = ", ".join(listing.params.query.getlist(name)).replace("\x00", "␀")[:40]
    return [
        ActiveFilter(fields[name].label or name, text, listing.params.another(path, **{name: None}))
        for name, text in texts.items()
    ]


def filter_text(field: Any, value: Any) -> str:
    """The value of a filter as people read it."""
    if isinstance(value, models.Model):
        return str(value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list | tuple):
        labels = dict(getattr(field, "choices", ()))
        return ", ".join(str(labels.get(item, item)) for item in value)
    if hasattr(value, "isoformat"):
        return formatting.day(value)
    return str(dict(getattr(field, "choices", ())).get(value, value)) if isinstance(value, str) else str(value)


def _problems(listing: Listing, part: Slice) -> list[Text]:
    return [*listing.params.problems, *part.problems, *filter_problems(listing)]


def filter_problems(listing: Listing) -> list[str]:
    """What is wrong with the filters of an address, in words."""
    if listing.filterset is None:
        return []
    form = listing.filterset.form
    return [f"{form.fields[name].label}: {error}" for name, errors in form.errors.items() for error in errors]


def _empty(views: type[CRUDView], request: HttpRequest) -> Empty:
    title = _("No %(things)s yet") % {"things": views.model._meta.verbose_name_plural}
    return Empty(capfirst(title), views.empty_text, views.icon, views.buttons(request))


def saved_columns(views: type[CRUDView], request: HttpRequest) -> tuple[str, ...]:
    """The columns that the reader chose for this list before, or none."""
    chosen = ListChoice.objects.filter(account=request.user, list_name=views.list_name()).values_list(
        "columns", flat=True
    )
    return tuple(chosen[0]) if chosen else ()


def columns_page(views: type[CRUDView], request: HttpRequest) -> HttpResponse:
    """Remember (or forget) the columns that somebody chose, and lead back to the list."""
    listing = Listing(views, request)
    wanted = [name for name in request.POST.getlist("columns") if name in listing.by_name]
    if wanted and not request.POST.get("reset"):
        save_columns(account=request.user, list_name=views.list_name(), columns=list(dict.fromkeys(wanted)))
    else:
        forget_columns(account=request.user, list_name=views.list_name())
    target, path = request.POST.get("next", ""), views.list_url()
    is_ours = url_has_allowed_host_and_scheme(target, allowed_hosts=None) and urlsplit(target).path == path
    response = HttpResponseRedirect(target if is_ours else path)
    response.status_code = 303
    return response

"""What a list holds: the rows its address asks for, in their order; the page and the export both start here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

from core.crud.addresses import lookup_relations, views_of
from core.crud.columns import LOOKUP_SEPARATOR, ResolvedColumn, computed_name, field_path
from core.crud.filters import RowFilterSet, hidden_filters
from core.crud.paging import OrderBy, full_order, ordered
from core.crud.params import COLUMNS, ListParams, filter_data, read_params

if TYPE_CHECKING:
    from core.crud.views import CRUDView

MANY_IN_KEY = "/"


@dataclass
class Listing:
    """One reader's list at one address."""

    views: type[CRUDView]
    request: HttpRequest
    besides: Sequence[str] = ()  # further parameters of the address that others read

    @cached_property
    def columns(self) -> tuple[ResolvedColumn, ...]:
        """All columns that the reader may see."""
        return self.views.allowed(self.request, self.views.resolved_columns())

    @cached_property
    def by_name(self) -> dict[str, ResolvedColumn]:
        """The columns by their names."""
        return {column.name: column for column in self.columns}

    @cached_property
    def params(self) -> ListParams:
        """What the address asks for."""
        return read_params(
            self.request.GET,
            filter_names=self.filter_names,
            sortable=[column.name for column in self.columns if column.order],
            columns=self.by_name,
            besides=self.besides,
        )

    @cached_property
    def filter_names(self) -> list[str]:
        """The filters that the reader may use."""
        filterset = self.views.filterset()
        if filterset is None:
            return []
        hidden = hidden_filters(self.views, self.request)
        return [name for name in filterset.base_filters if name not in hidden]

    @cached_property
    def filterset(self) -> RowFilterSet | None:
        """The filters with their values, or None where the list has none."""
        made = self.views.filterset()
        if made is None:
            return None
        rows = self.views.rows(self.request, self.views.permissions["view"])
        return made(filter_data(self.params), queryset=rows, request=self.request)

    @property
    def filters_are_valid(self) -> bool:
        """Whether every filter could be understood."""
        return self.filterset is None or not self.filterset.form.errors

    @cached_property
    def order(self) -> tuple[OrderBy, ...]:
        """The order that the address asks for, or that of the view."""
        wanted = self.params.sort
        if not wanted:
            return full_order(self.views.model, self.views.default_order())
        sign = "-" if wanted.startswith("-") else ""
        lookups = self.by_name[wanted.removeprefix("-")].order
        return full_order(self.views.model, [f"{sign}{lookup}" for lookup in lookups])

    def rows(self) -> Any:
        """The filtered rows, not yet ordered, with what the order needs. A filter in error matches nothing."""
        filterset = self.filterset
        if filterset is None:
            rows = self.views.rows(self.request, self.views.permissions["view"])
        elif not self.filters_are_valid:
            return self.views.model.objects.none()
        else:
            rows = filterset.qs
        return annotated(rows, [column for column in self.columns if self._is_sorted_by(column)])

    def _is_sorted_by(self, column: ResolvedColumn) -> bool:
        return bool(column.declared.annotate) and any(item.lookup == computed_name(column.name) for item in self.order)

    def sorted_rows(self) -> Any:
        """The filtered rows in their order."""
        return ordered(self.rows(), self.order)

    def anchor(self) -> list[Any] | None:
        """The sort values of the row that after or before names; None when there is none such (any more)."""
        named = self.params.after or self.params.before
        if not named:
            return None
        lookup = self.views.lookup_of_key(named.split(MANY_IN_KEY))
        if lookup is None:
            return None
        rows = self.views.rows(self.request, self.views.permissions["view"])
        rows = annotated(rows, [column for column in self.columns if self._is_sorted_by(column)])
        values = rows.filter(**lookup).values_list(*(item.lookup for item in self.order)).first()
        return None if values is None else list(values)

    def shown(self, saved: Sequence[str]) -> tuple[ResolvedColumn, ...]:
        """The visible columns: of the address, else those saved, else the view's; fixed ones always stand first."""
        wanted = self.params.columns or tuple(name for name in saved if name in self.by_name)
        wanted = wanted or tuple(name for name in self.views.default_names() if name in self.by_name)
        fixed = [column for column in self.columns if self.is_fixed(column)]
        return (*fixed, *(self.by_name[name] for name in wanted if not self.is_fixed(self.by_name[name])))

    def is_fixed(self, column: ResolvedColumn) -> bool:
        """Whether a column cannot be hidden; the first one names the row."""
        return column.declared.fixed or column is self.columns[0]

    @property
    def names_columns(self) -> bool:
        """Whether the address itself says which columns."""
        return COLUMNS in self.params.query


def annotated(rows: Any, columns: Iterable[ResolvedColumn]) -> Any:
    """The rows with the values that the database computes for these columns."""
    wanted = {computed_name(column.name): column.declared.annotate() for column in columns if column.declared.annotate}
    return rows.annotate(**wanted) if wanted else rows


def with_columns(views: type[CRUDView], rows: Any, columns: Sequence[ResolvedColumn]) -> Any:
    """The rows with everything these columns and the rows' own addresses look at, in one query."""
    related = set(views.key_relations())
    for column in columns:
        related.update(column.related)
        related.update(_for_links(column))
    rows = annotated(rows, [column for column in columns if computed_name(column.name) not in rows.query.annotations])
    rows = rows.select_related(*sorted(related)) if related else rows
    return rows.defer(*_heavy_fields(views.model, columns, related))


def _heavy_fields(model: Any, columns: Sequence[ResolvedColumn], related: Iterable[str]) -> Iterable[str]:
    """What of the rows and of the records they name is too large to be read along, and that no column shows."""
    shown = {column.name for column in columns}
    yield from (name for name in model.heavy_fields if name not in shown)
    for path in sorted(related):
        target = (field_path(model, path) or [])[-1].related_model
        yield from (f"{path}{LOOKUP_SEPARATOR}{name}" for name in getattr(target, "heavy_fields", ()))


def _for_links(column: ResolvedColumn) -> Iterable[str]:
    """What the address of a linked record is made of."""
    if column.field is None or not column.field.is_relation:
        return
    target = views_of(column.field.related_model)
    for path in lookup_relations(target.lookup) if target else ():
        yield f"{column.name}{LOOKUP_SEPARATOR}{path}"


def key_text(key: Sequence[Any]) -> str:
    """A row's key as one text, for after and before."""
    return MANY_IN_KEY.join(str(part) for part in key)

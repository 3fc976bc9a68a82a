"""Declared columns resolved against their model: how a value is read, labelled, sorted and what it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.db import models
from django.utils.text import capfirst

from core.codes import CodeField
from core.crud.declare import NETWORK_CURRENCY, Column
from core.errors import Text
from core.field_rules import right_for
from core.parts import CellKind, Link, State
from core.tenancy.scope import require_network

LOOKUP_SEPARATOR = "__"

_KINDS: Sequence[tuple[type[models.Field], CellKind]] = (
    (CodeField, "code"),
    (models.BooleanField, "flag"),
    (models.DateTimeField, "datetime"),
    (models.DateField, "date"),
    (models.DurationField, "duration"),
    (models.ForeignKey, "link"),
    (models.IntegerField, "number"),
    (models.DecimalField, "number"),
    (models.FloatField, "number"),
)
_BY_ENDING: Mapping[str, CellKind] = {"_wh": "energy", "_w": "power"}


class Linker(Protocol):
    """What knows the address of a record for the reader of a page; "" where there is none for them."""

    def url(self, row: Any) -> str: ...


@dataclass(frozen=True)
class ResolvedColumn:
    """A column that knows its field. `read` takes a row; `related` are the foreign keys that must come with it."""

    declared: Column
    label: Text
    kind: CellKind
    read: Callable[[Any], Any]
    related: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    field: models.Field | None = field(default=None, compare=False)
    right: str = ""  # what it takes to see it: said by the column, or by the rule of a field that it shows or sorts by

    @property
    def name(self) -> str:
        """The name in addresses and saved choices."""
        return self.declared.name

    @property
    def currency(self) -> str:
        """The currency of its amounts (ISO 4217), or nothing."""
        declared = self.declared.currency
        return str(require_network().currency) if declared == NETWORK_CURRENCY else declared

    def value(self, row: Any, linker: Linker | None = None) -> Any:
        """The value as the parts of a page carry it: raw, a State, a Link (with a linker) or a text."""
        value = self.read(row)
        if isinstance(value, models.Model):
            url = linker.url(value) if linker is not None else ""
            return Link(str(value), url) if url else str(value)
        return value


def resolve(model: Any, declared: str | Column) -> ResolvedColumn:
    """The declared column (or plain name) against `model`.

    Raises:
        ImproperlyConfigured: no such field or attribute, and nothing that computes it.
    """
    column = Column(declared) if isinstance(declared, str) else declared
    made = _resolved(model, column)
    paths = (column.name, *made.order)
    return replace(made, right=column.permission or next(filter(None, (right_for(model, path) for path in paths)), ""))


def _resolved(model: Any, column: Column) -> ResolvedColumn:
    if column.annotate is not None or column.value is not None:
        return _computed(column)
    path = field_path(model, column.name)
    if path is None:
        return _attribute(model, column)
    last = path[-1]
    label = column.label or capfirst(last.verbose_name)
    kind = column.kind or ("state" if column.vocabulary else kind_of(last))
    return ResolvedColumn(
        column, label, kind, _reader(column, path), _related(path), _order(column, model, path), field=last
    )


def _computed(column: Column) -> ResolvedColumn:
    alias = computed_name(column.name)
    read = column.value or (lambda row: getattr(row, alias))
    by_itself = (alias,) if column.annotate is not None else ()
    order = by_itself if column.sort is True else _declared_order(column)
    return ResolvedColumn(column, _own_label(column), column.kind or "text", read, tuple(column.needs), order)


def computed_name(name: str) -> str:
    """The name of a value that the database computes; that of the column itself may be taken by a relation."""
    return f"computed_{name}"


def _attribute(model: Any, column: Column) -> ResolvedColumn:
    if not hasattr(model, column.name):
        raise ImproperlyConfigured(f"{model.__name__} has no field or attribute {column.name!r} for a column.")
    order = () if column.sort is True else _declared_order(column)
    return ResolvedColumn(
        column,
        _own_label(column),
        column.kind or "text",
        lambda row: getattr(row, column.name),
        tuple(column.needs),
        order,
    )


def _own_label(column: Column) -> Text:
    return column.label or capfirst(column.name.replace("_", " "))


def _declared_order(column: Column) -> tuple[str, ...]:
    if not column.sort or column.sort is True:
        return ()
    return (column.sort,) if isinstance(column.sort, str) else tuple(column.sort)


def field_path(model: Any, name: str) -> list[models.Field] | None:
    """The fields along "charger__site__name", or None when `name` is no path of concrete fields."""
    path: list[models.Field] = []
    here = model
    for part in name.split(LOOKUP_SEPARATOR):
        if here is None:
            return None
        try:
            found = here._meta.pk if part == "pk" else here._meta.get_field(part)
        except FieldDoesNotExist:
            return None
        if not getattr(found, "concrete", False):
            return None
        path.append(found)
        here = found.related_model if found.is_relation else None
    return path


def kind_of(of: models.Field) -> CellKind:
    """How values of a field are drawn when nobody says otherwise."""
    if of.choices:
        return "text"
    for ending, kind in _BY_ENDING.items():
        if of.name.endswith(ending):
            return kind
    return next((kind for kind_class, kind in _KINDS if isinstance(of, kind_class)), "text")


def _related(path: Sequence[models.Field]) -> tuple[str, ...]:
    steps = [step.name for step in path if step.is_relation]
    return (LOOKUP_SEPARATOR.join(steps),) if steps else ()


def _order(column: Column, model: Any, path: Sequence[models.Field]) -> tuple[str, ...]:
    if column.sort is not True:
        return _declared_order(column)
    last = path[-1]
    if isinstance(last, models.JSONField | ArrayField):
        return ()
    if last.is_relation:
        # By what people read of the record, as far as its own order says it; its key would look like no order at all.
        target: Any = last.related_model
        ordering = [str(item).lstrip("-") for item in target._meta.ordering if isinstance(item, str)]
        return tuple(f"{column.name}{LOOKUP_SEPARATOR}{item}" for item in ordering) or (column.name,)
    return (column.name,)


def _reader(column: Column, path: Sequence[models.Field]) -> Callable[[Any], Any]:
    last = path[-1]
    names = [step.name for step in path]
    walk = _walker(names)
    if last.choices:
        return _choice_reader(walk, dict(last.flatchoices), column.vocabulary)
    if isinstance(last, ArrayField) and last.base_field.choices:
        return _several_reader(walk, dict(last.base_field.flatchoices))
    if isinstance(last, ArrayField):
        return lambda row: ", ".join(str(item) for item in walk(row) or ())
    return walk


def _walker(names: Sequence[str]) -> Callable[[Any], Any]:
    if len(names) == 1:
        (name,) = names
        return lambda row: getattr(row, name)

    def walk(row: Any) -> Any:
        for name in names:
            if row is None:
                return None
            row = getattr(row, name)
        return row

    return walk


def _choice_reader(walk: Callable[[Any], Any], labels: Mapping[Any, Text], vocabulary: str) -> Callable[[Any], Any]:
    def read(row: Any) -> Any:
        value = walk(row)
        if value is None or value == "":
            return None
        label = labels.get(value, value)
        return State(vocabulary, str(value), label) if vocabulary else str(label)

    return read


def _several_reader(walk: Callable[[Any], Any], labels: Mapping[Any, Text]) -> Callable[[Any], Any]:
    return lambda row: ", ".join(str(labels.get(item, item)) for item in walk(row) or ())

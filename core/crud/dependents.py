"""What hangs on a row: the rows that go with it when it is deleted, that change, or that forbid it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.text import capfirst

from core.errors import Text


@dataclass(frozen=True)
class Dependents:
    """Rows of one model that hang on a row that is to go."""

    model: Any
    rows: Any
    effect: str  # "removed", "changed" or "blocking"


def dependents_of(row: Any) -> list[Dependents]:
    """Rows of other models that go, change or forbid it when `row` is deleted; over several steps."""
    return list(_dependents(type(row), type(row)._base_manager.filter(pk=row.pk), {type(row)}))


def _dependents(model: Any, rows: Any, seen: set[Any]) -> Iterator[Dependents]:
    for relation in model._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one)):
            continue
        on_delete, other = getattr(relation, "on_delete", None), relation.related_model
        if on_delete in (None, models.DO_NOTHING) or _is_history(other):
            continue
        hanging = other._base_manager.filter(**{f"{relation.field.name}__in": rows.values("pk")})
        if on_delete in (models.PROTECT, models.RESTRICT):
            yield Dependents(other, hanging, "blocking")
        elif on_delete is models.CASCADE:
            yield Dependents(other, hanging, "removed")
            if other not in seen:
                yield from _dependents(other, hanging, seen | {other})
        else:
            yield Dependents(other, hanging, "changed")


def _is_history(model: Any) -> bool:
    return hasattr(model, "instance_type")


def blockers_of(row: Any) -> list[str]:
    """The kinds of rows that forbid deleting `row`. Only asks whether there are any: there may be a million."""
    return sorted(
        {str(things(found.model)) for found in dependents_of(row) if found.effect == "blocking" and found.rows.exists()}
    )


def things(model: Any) -> Text:
    """The name of many rows of a model."""
    return capfirst(model._meta.verbose_name_plural)

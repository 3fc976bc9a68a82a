"""Which version of a row somebody looks at, so that nobody overwrites unseen what another has changed meanwhile."""

from __future__ import annotations

from typing import Any

from django.db.models import TextField
from django.db.models.expressions import RawSQL


def has_history(model: Any) -> bool:
    """Whether every version of the model's rows is kept."""
    return hasattr(model._meta, "simple_history_manager_attribute")


def version_of(row: Any) -> str:
    """The version of a stored row: its newest history entry, or the transaction that wrote it last."""
    model = type(row)
    if has_history(model):
        newest = row.history.order_by("-history_id").values_list("history_id", flat=True).first()
        return str(newest or 0)
    table = model._meta.db_table
    xmin = RawSQL(f'"{table}".xmin::text', [], output_field=TextField())  # noqa: S611 (the name is the model's)
    return str(model.objects.filter(pk=row.pk).annotate(version=xmin).values_list("version", flat=True).first() or 0)


def versions_since(row: Any, version: str) -> Any:
    """The history entries of a row after a version, the oldest first; none for a version that makes no sense."""
    if not has_history(type(row)) or not version.isdecimal() or len(version) > 18:
        return []
    return row.history.filter(history_id__gt=int(version)).order_by("history_id")


def values_at(row: Any, version: str) -> Any:
    """The row as it was at a version (a historical instance), or None when that is not known."""
    if not has_history(type(row)) or not version.isdecimal() or len(version) > 18:
        return None
    return row.history.filter(history_id=int(version)).first()

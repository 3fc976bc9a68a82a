"""Writing many rows in an import: with history, and so that the import can be undone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from core.history import bulk_create_with_history, bulk_update_with_history
from core.importing.importer import Context


def insert(context: Context, model: Any, rows: Sequence[Any]) -> None:
    """Insert `rows` of `model`; they have their ids then."""
    if rows:
        made = bulk_create_with_history(model, rows, reason=context.reason)
        context.changes.made(model, [row.pk for row in made])


def update(context: Context, model: Any, rows: Sequence[Any], fields: Collection[str]) -> None:
    """Write `fields` of present `rows`, whose attributes were changed already but not saved."""
    if rows and fields:
        context.changes.changing(model, [row.pk for row in rows])
        bulk_update_with_history(model, rows, sorted(fields), reason=context.reason)

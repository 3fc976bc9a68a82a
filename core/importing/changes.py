"""What an import did to the rows of models, so that it can be undone; and the undo.

A row tells by its system column xmin which transaction wrote it last (PostgreSQL manual, 5.6 System Columns). At its
end an import notes the transactions that wrote its rows, itself and its savepoints; a row with another xmin was changed
since. That costs nothing per row and needs no help of whoever changes rows later.
"""

# ruff: noqa: S608  (tables and columns are names of models and of the program; values are parameters)
from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.apps import apps
from django.db import connection
from django.utils.translation import ngettext

from core.history import TenantHistoryRow, write_history
from core.importing.models import ChangeKind, ImportChange, ImportRun
from core.tenancy.scope import require_network

CHUNK = 5_000
"""Rows of one change record."""
_NAMED = 5


class Changes:
    """Records what one import makes and changes. Used only while a file is applied."""

    def __init__(self, run: ImportRun | None) -> None:
        self._run = run
        self._made: dict[str, set[int]] = defaultdict(set)
        self._waiting: tuple[str, list[int]] = ("", [])

    def made(self, model: Any, ids: Iterable[int]) -> None:
        """Rows of `model` that the import inserted; to be called after the insert, parents before children."""
        label, new = model._meta.label_lower, list(ids)
        self._made[label].update(new)
        if self._waiting[0] != label:
            self._flush()
            self._waiting = (label, [])
        self._waiting[1].extend(new)

    def _flush(self) -> None:
        """Store what was made, in the order in which it was made."""
        label, new = self._waiting
        self._waiting = ("", [])
        if self._run is not None:
            for part in _parts(new):
                ImportChange(run=self._run, model=label, kind=ChangeKind.MADE, ids=part).save()

    def changing(self, model: Any, ids: Iterable[int]) -> None:
        """Rows of `model` that the import is about to update; to be called before it does."""
        label = model._meta.label_lower
        old = [pk for pk in ids if pk not in self._made[label]]
        self._flush()
        if self._run is None:
            return
        for part in _parts(old):
            change = ImportChange(run=self._run, model=label, kind=ChangeKind.CHANGED, ids=part)
            change.save()
            _keep_images(change, model)

    def close(self) -> None:
        """At the end of the import: note which transactions wrote the rows as they are now."""
        self._flush()
        if self._run is None:
            return
        for change_id, label in ImportChange.objects.filter(run=self._run).values_list("pk", "model"):
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE core_importchange SET written_by = coalesce((SELECT jsonb_agg(DISTINCT rows.xmin::text) "
                    f'FROM "{_table(label)}" rows WHERE rows.id IN '
                    "(SELECT value::bigint FROM jsonb_array_elements_text(core_importchange.ids))), '[]') "
                    "WHERE id = %s",
                    [change_id],
                )


def _keep_images(change: ImportChange, model: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_importchange SET before = (SELECT coalesce(jsonb_object_agg(id, to_jsonb(rows)), '{}') "
            f'FROM "{model._meta.db_table}" rows WHERE network_id = %s AND id = ANY(%s)) WHERE id = %s',
            [require_network().pk, change.ids, change.pk],
        )


def _parts(ids: Sequence[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), CHUNK):
        yield list(ids[start : start + CHUNK])


def _table(label: str) -> str:
    return str(apps.get_model(label)._meta.db_table)


def undo_blockers(run: ImportRun, *, lock: bool = False) -> list[str]:
    """Why the import cannot be undone, in words; empty when it can. `lock` keeps its rows as they are until the end."""
    made: dict[str, set[int]] = defaultdict(set)
    own: dict[str, set[int]] = defaultdict(set)
    changes = list(ImportChange.objects.filter(run=run).order_by("-id"))
    for change in changes:
        own[change.model].update(change.ids)
        if change.kind == ChangeKind.MADE:
            made[change.model].update(change.ids)
    gone: dict[str, int] = defaultdict(int)
    altered: dict[str, list[int]] = defaultdict(list)
    for change in changes:
        missing, since = _touched_since(change, lock=lock)
        gone[change.model] += missing
        altered[change.model].extend(since)
    reasons = [_gone_text(label, count) for label, count in gone.items() if count]
    reasons += [_altered_text(label, ids) for label, ids in altered.items() if ids]
    for label in list(made):
        reasons += _reference_texts(label, made[label], own)
    return reasons


def _touched_since(change: ImportChange, *, lock: bool) -> tuple[int, list[int]]:
    """(rows that are gone, ids of rows that another transaction wrote last)."""
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT id, xmin::text FROM "{_table(change.model)}" WHERE network_id = %s AND id = ANY(%s) '
            f"ORDER BY id {'FOR UPDATE' if lock else ''}",
            [require_network().pk, change.ids],
        )
        found = cursor.fetchall()
    own = set(change.written_by)
    return len(set(change.ids)) - len(found), [pk for pk, writer in found if writer not in own]


def _gone_text(label: str, count: int) -> str:
    return ngettext("%(count)d %(what)s was deleted since.", "%(count)d %(what)s were deleted since.", count) % {
        "count": count,
        "what": _name(label, count),
    }


def _altered_text(label: str, ids: list[int]) -> str:
    unique = sorted(set(ids))
    named = ", ".join(str(row) for row in apps.get_model(label).objects.filter(pk__in=unique[:_NAMED]).order_by("pk"))
    return ngettext(
        "%(count)d %(what)s was changed since: %(names)s.",
        "%(count)d %(what)s were changed since: %(names)s.",
        len(unique),
    ) % {
        "count": len(unique),
        "what": _name(label, len(unique)),
        "names": named + (", …" if len(unique) > _NAMED else ""),
    }


def _name(label: str, count: int) -> str:
    meta = apps.get_model(label)._meta
    return str(meta.verbose_name if count == 1 else meta.verbose_name_plural)


def _reference_texts(label: str, ids: set[int], own: Mapping[str, set[int]]) -> list[str]:
    """Rows that were made after the import and refer to rows that it made; `own` are those it made or will restore."""
    texts = []
    for relation in apps.get_model(label)._meta.get_fields(include_hidden=True):
        other: Any = getattr(relation, "related_model", None)
        if not (relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one)):
            continue
        if other is None or issubclass(other, TenantHistoryRow | ImportChange):
            continue
        if getattr(other, "is_derived", False):  # sums of other rows: they go with those
            continue
        count = _count_references(other, relation.field.column, ids, own.get(other._meta.label_lower, set()))
        if count:
            texts.append(
                ngettext(
                    "%(count)d %(other)s made since refers to imported %(what)s.",
                    "%(count)d %(other)s made since refer to imported %(what)s.",
                    count,
                )
                % {"count": count, "other": _name(other._meta.label, count), "what": _name(label, 2)}
            )
    return texts


def _count_references(model: Any, column: str, ids: set[int], own: set[int]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT count(*) FROM "{model._meta.db_table}" WHERE "{column}" = ANY(%s) AND id <> ALL(%s)',
            [list(ids), list(own)],
        )
        return int(cursor.fetchone()[0])


def undo_changes(run: ImportRun, *, reason: str) -> None:
    """Take back everything the import did, last things first. `undo_blockers` must have been empty."""
    for change in ImportChange.objects.filter(run=run).order_by("-id").iterator(chunk_size=10):
        model = apps.get_model(change.model)
        if change.kind == ChangeKind.MADE:
            _delete(model, change.ids, reason)
        else:
            _restore(model, change, reason)


def _has_history(model: Any) -> bool:
    return hasattr(model._meta, "simple_history_manager_attribute")


def _delete(model: Any, ids: list[int], reason: str) -> None:
    if _has_history(model):
        write_history(model, ids, kind="-", reason=reason)
    with connection.cursor() as cursor:
        cursor.execute(
            f'DELETE FROM "{model._meta.db_table}" WHERE network_id = %s AND id = ANY(%s)',
            [require_network().pk, ids],
        )


def _restore(model: Any, change: ImportChange, reason: str) -> None:
    table = model._meta.db_table
    columns = [f'"{field.column}"' for field in model._meta.concrete_fields if field.column not in ("id", "network_id")]
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{table}" rows SET ({", ".join(columns)}) = '
            f"(SELECT {', '.join('image.' + column for column in columns)} "
            f'FROM jsonb_populate_record(NULL::"{table}", %s::jsonb -> rows.id::text) image) '
            "WHERE rows.network_id = %s AND rows.id = ANY(%s)",
            [json.dumps(change.before), require_network().pk, change.ids],
        )
    if _has_history(model):
        write_history(model, change.ids, kind="~", reason=reason)


def count_changes(run: ImportRun) -> list[tuple[str, str, int]]:
    """(kind, name of the model's rows, how many) of what the import did, for the page that asks before an undo."""
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for kind, label, ids in ImportChange.objects.filter(run=run).values_list("kind", "model", "ids"):
        counts[kind, label] += len(ids)
    return [(kind, _name(label, 2), count) for (kind, label), count in counts.items()]

"""Keeping what a pass finds wrong, and reading it back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection

from core.importing.models import ImportIssue, ImportRun, IssueKind
from core.importing.rows import Tally
from core.importing.staging import copy_rows
from core.tenancy.scope import require_network

_STAGE = "import_issue_rows"
_COLUMNS = {
    "ordinal": "integer",
    "row_number": "integer",
    "sheet": "varchar(100)",
    "kind": "varchar(5)",
    "column": "varchar(200)",
    "value": "varchar(200)",
    "reason": "varchar(60)",
    "message": "text",
}


class IssueKeeper:
    """Replaces the issues of a run by those that a pass finds; used inside of the pass's transaction."""

    def __init__(self, run: ImportRun) -> None:
        self._run = run
        ImportIssue.objects.filter(run=run).delete()
        columns = ", ".join(f'"{name}" {kind}' for name, kind in _COLUMNS.items())
        with connection.cursor() as cursor:
            cursor.execute(f'DROP TABLE IF EXISTS pg_temp."{_STAGE}"')
            cursor.execute(f'CREATE TEMPORARY TABLE "{_STAGE}" ({columns}) ON COMMIT DROP')

    def __call__(self, tally: Tally) -> None:
        """Store the issues that wait in the tally."""
        if not tally.pending:
            return
        rows = (
            (ordinal, number, sheet[:100], kind, column[:200], value[:200], reason, message)
            for ordinal, number, sheet, kind, (column, value, reason, message) in tally.pending
        )
        copy_rows(_STAGE, list(_COLUMNS), rows)
        tally.pending.clear()

    def close(self) -> None:
        """Bring the stored issues where people see them, in the order of the file."""
        names = ", ".join(f'"{name}"' for name in _COLUMNS)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO core_importissue (network_id, run_id, {names}) "  # noqa: S608 (our own names)
                f'SELECT %s, %s, {names} FROM "{_STAGE}" ORDER BY ordinal',
                [require_network().pk, self._run.pk],
            )


def issues_by_row(run: ImportRun) -> Iterator[tuple[int, list[Any]]]:
    """(ordinal, its issues) of every row that is wrong or set aside, in the order of the file."""
    ordinal = 0
    together: list[Any] = []
    issues = ImportIssue.objects.filter(run=run).exclude(kind=IssueKind.NOTED)
    for issue in issues.order_by("ordinal", "id").iterator(chunk_size=2_000):
        if issue.ordinal != ordinal and together:
            yield ordinal, together
            together = []
        ordinal = issue.ordinal
        together.append(issue)
    if together:
        yield ordinal, together

"""A temporary table that takes the rows of a file by COPY, for importers that judge and write by set-based SQL.

COPY does not work on tables with row-level security, and is by far the fastest way in: rows go to a temporary table of
the transaction, and from there by INSERT … SELECT to where they belong.
"""

# ruff: noqa: S608  (tables and columns are names of models and of the program; values are parameters)
from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, time
from typing import Any

from django.db import connection

from core.importing.rows import Issue, Outcome, Row, Tally

OWN_COLUMNS = {
    "ordinal": "integer",
    "number": "integer",
    "sheet": "text",
    "outcome": "text",
    "reason": "text",
    "field": "text",
    "message": "text",
    "target_id": "bigint",
}
"""Columns of every stage; `field` and `message` tell more about a row that is wrong or set aside."""


class Stage:
    """The rows of one file in a temporary table named `name`, which goes with the transaction.

    `columns` is name → PostgreSQL type. Table and columns are names of the program, never of a file.
    """

    def __init__(self, name: str, columns: Mapping[str, str]) -> None:
        self.name, self.columns = name, dict(columns)
        definitions = ", ".join(f'"{column}" {kind}' for column, kind in {**OWN_COLUMNS, **self.columns}.items())
        self.execute(f'DROP TABLE IF EXISTS pg_temp."{name}"')
        self.execute(f'CREATE TEMPORARY TABLE "{name}" ({definitions}) ON COMMIT DROP')

    def execute(self, sql: str, params: Sequence[Any] | Mapping[str, Any] | None = None) -> int:
        """Run a statement; returns the number of rows it touched."""
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return int(cursor.rowcount)

    def rows(self, sql: str, params: Sequence[Any] | Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return list(cursor.fetchall())

    def copy(self, rows: Iterable[Row], values: Callable[[Row], Sequence[Any]]) -> None:
        """Add rows; `values` gives those of `columns`, in their order."""
        copy_rows(
            self.name,
            ["ordinal", "number", "sheet", *self.columns],
            ((row.ordinal, row.number, row.sheet, *values(row)) for row in rows),
        )

    def analyze(self) -> None:
        """Let the planner know the rows: when all are there, and again after most of them got a `target_id`."""
        # Records that were written a moment ago have no statistics: whoever looks rows up by their target must not
        # depend on the planner's guess.
        self.execute(f'CREATE INDEX IF NOT EXISTS "{self.name}_target" ON "{self.name}" (target_id)')
        self.execute(f'ANALYZE "{self.name}"')

    def decide(self, outcome: Outcome, where: str, *, reason: str = "", field: str = "", message: str = "") -> int:
        """Give an outcome to the rows without one for which the condition `where` holds; returns how many.

        `where` is SQL over the stage's columns, written by a program. `message` stands in place of the reason's text.
        """
        return self.execute(
            f'UPDATE "{self.name}" SET outcome = %s, reason = %s, field = %s, message = %s '
            f"WHERE outcome IS NULL AND ({where})",
            [outcome.value, reason, field, message],
        )

    def report(self, tally: Tally, tell: Callable[[str, str, int], Issue], *, undecided: Outcome | None = None) -> None:
        """Count all rows of the stage; `tell(reason, field, ordinal)` makes the issue of one without a message.

        Rows without an outcome count as `undecided`. Raises ValueError when there are such rows and it is None.
        """
        counts = self.rows(f"SELECT outcome, coalesce(reason, ''), count(*) FROM \"{self.name}\" GROUP BY 1, 2")
        for outcome, reason, count in counts:
            if outcome is None and undecided is None:
                raise ValueError(f"{count} rows were not decided by `classify`.")
            tally.add(undecided if outcome is None and undecided else Outcome(outcome), reason, count)
        problems = self.rows(
            f"SELECT ordinal, number, sheet, outcome, reason, coalesce(field, ''), coalesce(message, '') "
            f"FROM \"{self.name}\" WHERE outcome IN ('wrong', 'aside') ORDER BY ordinal"
        )
        for ordinal, number, sheet, outcome, reason, field, message in problems:
            issue = tell(reason, field, ordinal)
            tally.note(ordinal, number, sheet, Outcome(outcome), [issue._replace(message=message or issue.message)])


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """COPY rows into a table without row-level security. Names are those of the program, never of a file."""
    buffer = io.StringIO()
    write = buffer.write
    for row in rows:
        write("\t".join([_copy_text(value) for value in row]))
        write("\n")
    buffer.seek(0)
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.copy_expert(f'COPY "{table}" ({names}) FROM STDIN', buffer)


def _copy_text(value: Any) -> str:
    """A value in PostgreSQL's COPY text format (manual, COPY, "Text Format")."""
    if isinstance(value, str):
        return _escaped(value)
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return _escaped(_array_text(value))
    if isinstance(value, dict):
        return _escaped(json.dumps(value))
    return _escaped(str(value))


def _escaped(text: str) -> str:
    # Four searches that find nothing take a tenth of the time of one str.translate.
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    if "\t" in text:
        text = text.replace("\t", "\\t")
    if "\n" in text:
        text = text.replace("\n", "\\n")
    if "\r" in text:
        text = text.replace("\r", "\\r")
    return text


def _array_text(values: Sequence[Any]) -> str:
    """A list as PostgreSQL writes arrays: {"a","b"}."""
    quoted = (
        "NULL" if value is None else '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
        for value in values
    )
    return "{" + ",".join(quoted) + "}"

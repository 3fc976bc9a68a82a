"""One pass over a file: read, parse, judge and, when it is applied, write. Checking and applying are the same pass."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from django.utils.translation import gettext as _

from core.importing.errors import CellError
from core.importing.importer import Importer
from core.importing.rows import EMPTY, NOTE, UNREADABLE, Issue, Outcome, Row, Tally
from core.importing.tables import Fault, SourceRow, Table
from core.importing.values import Parser

Progress = Callable[[int], None]


_WRITTEN = frozenset({None, Outcome.NEW, Outcome.CHANGED, Outcome.ASIDE})


class _Step(NamedTuple):
    """How one field is read from a row."""

    field: str
    column: str
    parse: Parser
    required: bool


class FilePass:
    """Runs an importer over a table."""

    def __init__(self, importer: Importer, table: Table, tally: Tally) -> None:
        context = importer.context
        self._importer, self._table, self.tally = importer, table, tally
        self._columns = context.mapping
        self._steps = [
            _Step(field.name, context.mapping[field.name], field.parse(context.reading), field.required)
            for field in importer.fields
            if field.name in context.mapping
        ]
        self._blank = dict.fromkeys(field.name for field in importer.fields)
        self._read = frozenset(context.mapping.values())

    def run(self, *, progress: Progress, keep: Callable[[Tally], None]) -> None:
        """Go through the whole file; `keep` is called after every batch to store the tally's pending issues.

        Raises UnreadableFile, TooManyProblems, and whatever the importer raises.
        """
        importer, tally = self._importer, self.tally
        if importer.context.applying:
            importer.lock()
        importer.begin()
        with _collecting_after_batches() as collect:
            for batch in self._batches(importer.batch_size):
                importer.classify_batch(batch)
                if importer.context.applying:
                    importer.apply_batch([row for row in batch if row.outcome in _WRITTEN])
                self._count(batch)
                keep(tally)
                progress(batch[-1].ordinal)
                collect()
        importer.finish(tally)
        keep(tally)

    def _count(self, batch: list[Row]) -> None:
        for row in batch:
            if row.outcome is not None or not self._importer.decides_at_end:
                self._take(row)

    def _take(self, row: Row) -> None:
        """Count a row; a remark without words of its own gets those of its reason."""
        if row.issues:
            row.issues = [self._worded(issue) for issue in row.issues]
        if row.remarks:
            row.remarks = [self._worded(issue) for issue in row.remarks]
        self.tally.take(row)

    def _worded(self, issue: Issue) -> Issue:
        return issue if issue.message else issue._replace(message=str(self._importer.reason_text(issue.reason)))

    def _batches(self, size: int) -> Iterator[list[Row]]:
        """Rows without errors, in batches; the others go to the tally at once."""
        batch: list[Row] = []
        for row in self._rows():
            if row.outcome is None:
                batch.append(row)
                if len(batch) == size:
                    yield batch
                    batch = []
            else:
                self._take(row)
        if batch:
            yield batch

    def _rows(self) -> Iterator[Row]:
        columns, blank, steps, parse_row = self._columns, self._blank, self._steps, self._importer.parse_row
        for ordinal, source in enumerate(self._table.rows(), start=1):
            row = Row(ordinal, source.number, source.sheet, source.values, columns)
            if source.is_note or source.faults:
                self._look_at(row, source)
            if row.outcome is None:
                row.values = values = blank.copy()
                texts = source.values
                for field, column, parse, required in steps:
                    text = texts[column]
                    if text and not text.isspace():
                        try:
                            values[field] = parse(text, column)
                        except CellError as error:
                            row.refuse(error)
                    elif required:
                        _missing(row, column)
                if row.outcome is None:
                    parse_row(row)
            yield row

    def _look_at(self, row: Row, source: SourceRow) -> None:
        """Judge a row that the reader found odd."""
        if source.is_note:
            row.outcome = Outcome.ASIDE
            text = next((value for value in source.values.values() if value.strip()), "")
            row.issues.append(Issue("", text, NOTE, str(self._importer.reason_text(NOTE))))
            return
        for fault in self._faults_that_matter(source):
            row.outcome = Outcome.WRONG
            row.issues.append(Issue(fault.column, fault.value, UNREADABLE, fault.message))

    def _faults_that_matter(self, source: SourceRow) -> list[Fault]:
        """Damage in a column that nobody reads is no damage."""
        return [fault for fault in source.faults if not fault.column or fault.column in self._read]


@contextmanager
def _collecting_after_batches() -> Iterator[Callable[[], object]]:
    """Python looks for cyclic garbage after every batch only, and gives the function that does.

    Rows are no cycles, but each is a dozen objects whose number alone sets the collector going: it would take a third
    of the whole time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield lambda: gc.collect(1)
    finally:
        if was_on:
            gc.enable()


def _missing(row: Row, column: str) -> None:
    row.outcome = Outcome.WRONG
    row.issues.append(Issue(column, "", EMPTY, _("A value is needed here.")))


def fields_by_column(mapping: Mapping[str, str]) -> dict[str, str]:
    """The chosen mapping (column → field, "" for ignored) the other way round."""
    return {field: column for column, field in mapping.items() if field}

"""Importers that judge and write whole files by set-based SQL: fast at a hundred thousand rows and more."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from core.importing.importer import Context, Importer
from core.importing.rows import Issue, Outcome, Row, Tally
from core.importing.staging import Stage


class StagedImporter(Importer):
    """Rows without errors go to a temporary table; when all are there, `classify` decides and `apply` writes.

    `stage_columns` is name → PostgreSQL type; `stage_values` gives a row's values for them (by default the fields of
    the same names). Rows that `parse_row` finds wrong never come here.
    """

    stage_name: ClassVar[str] = "import_rows"
    stage_columns: ClassVar[Mapping[str, str]]
    batch_size: ClassVar[int] = 5_000
    decides_at_end: ClassVar[bool] = True
    undecided: ClassVar[Outcome | None] = None
    """What becomes of rows that `classify` leaves without an outcome; None: that is a mistake."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.stage: Stage

    def begin(self) -> None:
        self.stage = Stage(self.stage_name, self.columns_of_stage())

    def columns_of_stage(self) -> Mapping[str, str]:
        """The stage's own columns with their types."""
        return self.stage_columns

    def stage_values(self, row: Row) -> Sequence[Any]:
        """Values of a row for `stage_columns`, in their order."""
        values = row.values
        return [values[name] for name in self.stage_columns]

    def classify_batch(self, batch: list[Row]) -> None:
        self.stage.copy((row for row in batch if row.outcome is None), self.stage_values)

    def apply_batch(self, batch: list[Row]) -> None:
        """Nothing: `finish` writes."""

    def finish(self, tally: Tally) -> None:
        self.stage.analyze()
        self.classify(self.stage)
        if self.context.applying:
            self.apply(self.stage)
        self.stage.report(tally, self._issue, undecided=self.undecided)

    @abstractmethod
    def classify(self, stage: Stage) -> None:
        """Give every row of the stage an outcome; `stage.decide` helps."""

    @abstractmethod
    def apply(self, stage: Stage) -> None:
        """Write the rows and tell `context.changes`."""

    def _issue(self, reason: str, field: str, _ordinal: int) -> Issue:
        return Issue(self.context.mapping.get(field, ""), "", reason, str(self.reason_text(reason)))

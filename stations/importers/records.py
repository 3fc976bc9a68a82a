"""The base of importers whose rows are records with a key: told, judged, compared and written row by row.

Unlike `core.importing.model_importer`, rows may refer to records that the same file makes, and one cell may tell
several fields.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Hashable, Iterable, Mapping
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.events import publish
from core.importing.importer import Context, Importer
from core.importing.rows import EMPTY, Outcome, Row, Seen, Tally
from core.locking import lock
from stations.importers.targets import Target
from stations.importers.writing import insert, update

_GUARDED = re.compile(r"'[=+\-@\t\r＝＋－＠]")


class RecordImporter(Importer):
    """Rows become records of `model`, found by their code.

    `row.data` is what a row tells: attribute of the model → value; a `Target` stands for the id of a record.
    """

    model: ClassVar[Any]
    topic: ClassVar[str] = ""
    """Live pages of this topic hear of the import."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.used = frozenset(context.mapping)
        self._seen = Seen()

    @abstractmethod
    def told(self, row: Row) -> dict[str, Any]:
        """What the row tells; None only for what may be null. Call `row.wrong` for what cannot be."""

    def judge(self, row: Row, record: Any) -> None:
        """Further rules; `record` is the present one or None. Call `row.wrong` for what is against them."""

    def defaults(self, row: Row) -> Mapping[str, Any]:
        """Values of a new record beside what the row tells."""
        return {}

    def groups(self, rows: list[Row]) -> Iterable[list[Row]]:
        """Rows in the order in which they must be written: what others refer to comes first."""
        return [rows]

    def written(self, row: Row, record: Any) -> None:
        """After the row's record was written: give its `Target` its id."""

    def before_writing(self) -> None:
        """Write what the rows of a batch refer to."""

    def parse_row(self, row: Row) -> None:
        """What the row tells, judged by the model's own fields."""
        row.data = self.told(row)
        for name, value in row.data.items():
            if not isinstance(value, Target):
                row.data[name] = self._clean(row, name, value)

    def _clean(self, row: Row, name: str, value: Any) -> Any:
        if value is None:
            return None
        try:
            return self.model._meta.get_field(name).clean(value, None)
        except ValidationError as error:
            row.wrong(" ".join(error.messages), field=self.field_of(name))
            return value

    def field_of(self, attribute: str) -> str:
        """The field of the file that tells an attribute of the model."""
        return attribute.removesuffix("_id")

    def filled(self, row: Row, names: Iterable[str]) -> dict[str, Any]:
        """Values of those fields that have a column, ready for the model.

        An empty cell empties what may be empty. What may not keeps its value, or gets the default in a new record.
        """
        told: dict[str, Any] = {}
        for name in names:
            if name not in self.used:
                continue
            value, field = row.values[name], self.model._meta.get_field(name)
            if value is not None:
                told[name] = unguarded(value) if isinstance(value, str) else value
            elif field.null:
                told[name] = None
            elif field.blank:
                told[name] = field.get_default()
            elif not field.has_default():
                row.wrong(_("A value is needed here."), field=name, reason=EMPTY)
        return told

    def said(self, row: Row) -> Hashable:
        """Everything that the row tells, to be compared with another row of the same key."""
        return tuple(sorted((name, repr(plain(value))) for name, value in row.data.items()))

    def key_of(self, row: Row) -> Hashable:
        """What tells the row's record from others."""
        return row.data["code"]

    def present(self, rows: list[Row]) -> Mapping[Hashable, Any]:
        """The records of these rows by key; locked while the file is applied."""
        found = self.model.objects.filter(code__in=[row.data["code"] for row in rows])
        return {record.code: record for record in (lock(found) if self.context.applying else found)}

    def classify_batch(self, batch: list[Row]) -> None:
        rows = [row for row in batch if not self._seen.judge(row, self.key_of(row), self.said(row))]
        present = self.present(rows)
        for row in rows:
            self.decide(row, present.get(self.key_of(row)))

    def decide(self, row: Row, record: Any) -> None:
        """New, changed or unchanged, unless a rule is against it."""
        self.judge(row, record)
        if row.outcome is Outcome.WRONG:
            return
        if record is None:
            row.new()
        elif self.differences(row, record):
            row.change(record)
        else:
            row.leave(record)

    def differences(self, row: Row, record: Any) -> set[str]:
        """Attributes of the record that the row tells otherwise."""
        return {name for name, value in row.data.items() if getattr(record, name) != plain(value)}

    def apply_batch(self, batch: list[Row]) -> None:
        self.before_writing()
        for rows in self.groups([row for row in batch if row.outcome in (Outcome.NEW, Outcome.CHANGED)]):
            self._insert([row for row in rows if row.outcome is Outcome.NEW])
            self._update([row for row in rows if row.outcome is Outcome.CHANGED])

    def _insert(self, rows: list[Row]) -> None:
        records = [
            self.model(**{name: plain(value) for name, value in {**self.defaults(row), **row.data}.items()})
            for row in rows
        ]
        insert(self.context, self.model, records)
        for row, record in zip(rows, records, strict=True):
            self.written(row, record)

    def _update(self, rows: list[Row]) -> None:
        fields: set[str] = set()
        for row in rows:
            changed = self.differences(row, row.target)
            fields |= {name.removesuffix("_id") for name in changed}
            for name in changed:
                setattr(row.target, name, plain(row.data[name]))
        update(self.context, self.model, [row.target for row in rows], fields)
        for row in rows:
            self.written(row, row.target)

    def finish(self, tally: Tally) -> None:
        """Open pages look anew."""
        if self.context.applying and self.topic:
            publish(self.topic)


def unguarded(text: str) -> str:
    """The text without the mark that our own exports put before what a spreadsheet takes for a formula."""
    return text[1:] if _GUARDED.match(text) else text


def plain(value: Any) -> Any:
    """The id that a `Target` stands for; anything else as it is."""
    return value.id if isinstance(value, Target) else value

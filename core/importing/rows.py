"""One row on its way through an import, and what became of all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.errors import Refusal, Text
from core.importing.errors import CellError


class Outcome(StrEnum):
    """What becomes of a row; each row of a file has exactly one."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    ASIDE = "aside"
    WRONG = "wrong"


OUTCOME_LABELS = {
    Outcome.NEW: _("New"),
    Outcome.CHANGED: _("Changed"),
    Outcome.UNCHANGED: _("Unchanged"),
    Outcome.ASIDE: _("Set aside"),
    Outcome.WRONG: _("Wrong"),
}

MAX_PROBLEM_ROWS = 250_000
"""Rows that may be wrong or set aside before a check gives up: then the columns are chosen wrongly."""

NOTE = "note"
EMPTY = "empty"
VALUE = "value"
UNREADABLE = "unreadable"
NOTED = "noted"
"""The kind of a remark about a row that is taken; beside the outcomes, which are kinds too."""

GENERAL_REASONS: dict[str, Text] = {
    NOTE: _("A note beside the table, not a row of it"),
    EMPTY: _("A value is missing"),
    VALUE: _("A value cannot be read"),
    UNREADABLE: _("The row or cell is damaged"),
    "repeated": _("The same row stands in the file before"),
    "twice": _("Another row of the file has the same key"),
    "unknown": _("What the row refers to does not exist"),
}
"""Reasons of the framework itself; importers add theirs."""


class Issue(NamedTuple):
    """One remark about a row or one of its cells."""

    column: str
    value: str
    reason: str
    message: str


class Row:
    """A row of the file with its values.

    `values` holds the typed value of every field (None for an empty cell or a field without a column); `texts` the
    cells by the file's column names. An importer decides by `new`, `change`, `leave`, `set_aside` or `wrong`.
    """

    __slots__ = (
        "columns", "data", "issues", "number", "ordinal", "outcome", "remarks", "sheet", "target", "texts", "values",
    )  # fmt: skip

    def __init__(
        self, ordinal: int, number: int, sheet: str, texts: dict[str, str], columns: Mapping[str, str]
    ) -> None:
        self.ordinal, self.number, self.sheet, self.texts = ordinal, number, sheet, texts
        self.columns = columns
        """Field → column of the file."""
        self.values: dict[str, Any] = {}
        self.outcome: Outcome | None = None
        self.target: Any = None
        """The present record (or its id) that a changed or unchanged row means; free for the importer."""
        self.data: Any = None
        """Free for the importer: what it made of the row in `parse_row` or `classify_batch`."""
        self.issues: list[Issue] = []
        self.remarks: list[Issue] = []

    def field_texts(self) -> dict[str, str]:
        """The cells as they stand in the file, by field."""
        return {field: self.texts[column] for field, column in self.columns.items()}

    def new(self, data: Any = None) -> None:
        """The row becomes a new record."""
        self.outcome = Outcome.NEW
        self.data = self.data if data is None else data

    def change(self, target: Any, data: Any = None) -> None:
        """The row changes the record `target`."""
        self.outcome, self.target = Outcome.CHANGED, target
        self.data = self.data if data is None else data

    def leave(self, target: Any = None) -> None:
        """Everything the row says is there already."""
        self.outcome, self.target = Outcome.UNCHANGED, target

    def set_aside(self, reason: str, message: Text = "", *, field: str = "") -> None:
        """The row is kept apart for a reason that the importer lists in `reasons`; may be called several times.

        A row is counted under its first reason. `message` says more than the reason's text, where there is more.
        """
        if self.outcome is not Outcome.WRONG:
            self.outcome = Outcome.ASIDE
        self._note(reason, message, field)

    def wrong(self, message: Text, *, field: str = "", reason: str = VALUE) -> None:
        """The row cannot be imported; may be called several times, once for each thing that is wrong."""
        self.outcome = Outcome.WRONG
        self._note(reason, message, field)

    def remark(self, reason: str, message: Text = "", *, field: str = "") -> None:
        """Something that a person should know of a row although it is taken; may be called several times."""
        self.remarks.append(self._issue(reason, message, field))

    def refuse(self, refusal: Refusal, *, field: str = "", reason: str = VALUE) -> None:
        """The row is wrong for the reason that an exception gives; a `CellError` names its own column."""
        if isinstance(refusal, CellError):
            self.outcome = Outcome.WRONG
            self.issues.append(Issue(refusal.column, refusal.value, reason, str(refusal)))
        else:
            self.wrong(str(refusal), field=field or (refusal.field or ""), reason=reason)

    def _note(self, reason: str, message: Text, field: str) -> None:
        self.issues.append(self._issue(reason, message, field))

    def _issue(self, reason: str, message: Text, field: str) -> Issue:
        column = self.columns.get(field, "")
        return Issue(column, self.texts.get(column, ""), reason, str(message))


class Seen:
    """Finds rows of one file that mean the same record, for importers that judge row by row."""

    def __init__(self) -> None:
        self._first: dict[Hashable, tuple[int, int, Hashable]] = {}

    def judge(self, row: Row, key: Hashable, says: Hashable) -> bool:
        """Whether a row before had this key: then this one is set aside (it says the same) or wrong (it does not)."""
        ordinal, number, said = self._first.setdefault(key, (row.ordinal, row.number, says))
        if ordinal == row.ordinal:
            return False
        if said == says:
            row.set_aside("repeated", gettext("Row %(row)s says the same.") % {"row": number})
        else:
            message = gettext("Row %(row)s has the same key and says something else.")
            row.wrong(message % {"row": number}, reason="twice")
        return True


class TooManyProblems(Refusal):
    """So much is wrong that listing it helps nobody."""

    message = _(
        "More than 250,000 rows are wrong or set aside. Look at the first ones: most likely the columns or the way the "
        "file is read were chosen wrongly."
    )
    code = "too-many-problems"


class Tally:
    """Counts of rows by outcome and reason."""

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()
        self.reasons: Counter[tuple[str, str]] = Counter()
        self.pending: list[tuple[int, int, str, str, Issue]] = []
        """(ordinal, number, sheet, kind, issue): the issues not yet kept; the kind is an outcome or NOTED."""
        self.issue_count = 0
        self.noted = 0
        """Rows that are taken with a remark."""

    def take(self, row: Row) -> None:
        """Count a row that was decided. Raises TooManyProblems."""
        outcome = row.outcome
        if outcome is None:
            raise ValueError(f"Row {row.number} was not decided: call new, change, leave, set_aside or wrong.")
        self.add(outcome, row.issues[0].reason if row.issues else "", 1)
        if row.issues and outcome in (Outcome.WRONG, Outcome.ASIDE):
            self.note(row.ordinal, row.number, row.sheet, outcome, row.issues)
        if row.remarks and outcome is not Outcome.WRONG:
            self._take_remarks(row)

    def _take_remarks(self, row: Row) -> None:
        """Count a row's remarks by reason; past the limit they are counted, but no longer kept one by one."""
        self.noted += 1
        self.reasons.update((NOTED, reason) for reason in {remark.reason for remark in row.remarks})
        if self.noted <= MAX_PROBLEM_ROWS:
            self.note(row.ordinal, row.number, row.sheet, NOTED, row.remarks)

    def add(self, outcome: Outcome, reason: str, count: int) -> None:
        """Count rows of one outcome. Raises TooManyProblems."""
        self.outcomes[outcome.value] += count
        if outcome in (Outcome.WRONG, Outcome.ASIDE):
            self.reasons[outcome.value, reason] += count
            if self.outcomes["wrong"] + self.outcomes["aside"] > MAX_PROBLEM_ROWS:
                raise TooManyProblems

    def note(self, ordinal: int, number: int, sheet: str, kind: str, issues: list[Issue]) -> None:
        """Remember why a row is wrong or set aside, or what is odd about it."""
        self.issue_count += len(issues)
        self.pending.extend((ordinal, number, sheet, str(kind), issue) for issue in issues)

    @property
    def total(self) -> int:
        """All rows counted."""
        return self.outcomes.total()

    def as_dict(self) -> dict[str, Any]:
        """Counts as they are kept: {"new": 3, …, "noted": 1, "reasons": {"aside": {"open": 2}, "wrong": {}, …}}.

        Noted rows are among the others.
        """
        counts: dict[str, Any] = {outcome.value: self.outcomes[outcome.value] for outcome in Outcome}
        counts[NOTED] = self.noted
        reasons: dict[str, dict[str, int]] = {"aside": {}, "wrong": {}, NOTED: {}}
        for (outcome, reason), count in sorted(self.reasons.items(), key=lambda item: -item[1]):
            reasons[outcome][reason] = count
        return {**counts, "reasons": reasons}

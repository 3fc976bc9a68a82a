"""What can be wrong with a file and with a cell, said so that the sender can mend it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core.errors import Refusal

MAX_SHOWN = 120
"""Characters of a cell that a message repeats."""


class UnreadableFile(Refusal):
    """The file cannot be read as a table: what is wrong, where, and what to do about it."""

    code = "unreadable-file"

    def __init__(self, problem: str, *, place: str = "", advice: str = "") -> None:
        self.problem, self.place, self.advice = problem, place, advice
        super().__init__(" ".join(part for part in (f"{place}: {problem}" if place else problem, advice) if part))


class CellError(Refusal):
    """One cell holds no acceptable value. `column` is the name in the file, `value` the text as it stands there."""

    code = "wrong-cell"

    def __init__(self, column: str, value: str, message: str) -> None:
        self.column, self.value = column, value
        super().__init__(message)


def shown(value: str) -> str:
    """A cell's text as a message repeats it: on one line, cut after `MAX_SHOWN` characters, in quotation marks."""
    text = " ".join(value.split())
    return _("“%(text)s”") % {"text": text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"}

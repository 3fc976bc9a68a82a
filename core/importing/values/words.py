"""Texts, yes and no, and choices among known words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.utils.translation import gettext as _

from core.importing.errors import CellError, shown


class Parser(Protocol):
    """Makes a value of a cell's text. An empty cell never reaches a parser."""

    def __call__(self, text: str, column: str = "") -> Any: ...


def fold(text: str) -> str:
    """A word as it is compared: full-width forms, case, spaces, dots, hyphens and underscores make no difference."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\s._\-–/]+", " ", plain).strip()


@dataclass(frozen=True)
class TextParser:
    """A text without space around it. `pattern` must match all of it; `hint` says what is expected then."""

    max_length: int | None = None
    pattern: str = ""
    hint: str = ""
    one_line: bool = False
    """Whether line breaks inside of the text become spaces."""
    upper: bool = False

    def __call__(self, text: str, column: str = "") -> str:
        value = " ".join(text.split()) if self.one_line else text.strip()
        value = value.upper() if self.upper else value
        if self.max_length is not None and len(value) > self.max_length:
            raise CellError(
                column,
                text,
                _("The text has %(count)d characters; at most %(limit)d are kept.")
                % {"count": len(value), "limit": self.max_length},
            )
        if self.pattern and not re.fullmatch(self.pattern, value):
            raise CellError(
                column,
                text,
                _("%(value)s is not of the form expected. %(hint)s") % {"value": shown(text), "hint": self.hint},
            )
        return value


YES = ("yes", "y", "true", "t", "1", "x", "ja", "oui", "si", "sí", "是", "有", "对", "✓", "✔")
NO = ("no", "n", "false", "f", "0", "-", "nein", "non", "否", "无", "不", "✗", "✘")


@dataclass(frozen=True)
class BooleanParser:
    """Yes or no, in the words and signs that files use."""

    yes: tuple[str, ...] = YES
    no: tuple[str, ...] = NO

    def __call__(self, text: str, column: str = "") -> bool:
        word = fold(text) or text.strip()
        if word in self.yes:
            return True
        if word in self.no:
            return False
        raise CellError(column, text, _("%(value)s means neither yes nor no.") % {"value": shown(text)})


@dataclass(frozen=True)
class ChoiceParser:
    """One of known values, each written as itself or as one of its synonyms."""

    choices: Mapping[Any, Iterable[str]]
    """Value → other words for it."""
    _known: dict[str, Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        known: dict[str, Any] = {}
        for value, synonyms in self.choices.items():
            for word in (str(value), *synonyms):
                if known.setdefault(fold(word), value) != value:
                    raise ValueError(f"{word!r} stands for both {known[fold(word)]!r} and {value!r}")
        object.__setattr__(self, "_known", known)

    def __call__(self, text: str, column: str = "") -> Any:
        try:
            return self._known[fold(text)]
        except KeyError:
            raise CellError(
                column,
                text,
                _("%(value)s is not known here. Known are: %(choices)s.")
                % {"value": shown(text), "choices": ", ".join(str(value) for value in self.choices)},
            ) from None

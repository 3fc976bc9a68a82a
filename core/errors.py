"""The one exception that says no to a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.utils.functional import Promise, lazy
from django.utils.translation import gettext_lazy as _

Text = str | Promise
"""A text that people read; lazily translated where it is made before the reader is known."""


def _filled(text: Text, params: Mapping[str, object]) -> str:
    return str(text) % params


# `lazy text % params` would translate at once, in the language of whoever raises; this waits for the reader.
_filled_lazily = lazy(_filled, str)


def with_values(text: Text, params: Mapping[str, object]) -> Text:
    """The text with its %(name)s placeholders filled, translated only when it is read."""
    return _filled_lazily(text, params)


class Refusal(Exception):
    """An action was refused for a reason that the person in front of it can understand.

    Actions define subclasses beside themselves. A subclass may state its `message` and `code` once, or a caller
    passes them; `params` fill the %(name)s placeholders of the message. Forms show `message` at `field` (None: above
    the form), programs tell refusals apart by `code`. `str()` gives the message in the language of the reader.
    """

    message: Text = _("This cannot be done.")
    code: str = "refused"
    default_field: ClassVar[str | None] = None

    def __init__(
        self,
        message: Text | None = None,
        *,
        field: str | None = None,
        code: str | None = None,
        params: Mapping[str, object] | None = None,
    ) -> None:
        text = self.message if message is None else message
        self.message = with_values(text, params) if params else text
        if code is not None:
            self.code = code
        self.field = field if field is not None else self.default_field
        super().__init__(self.message)

    def __str__(self) -> str:
        return str(self.message)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.message)!r}, field={self.field!r}, code={self.code!r})"

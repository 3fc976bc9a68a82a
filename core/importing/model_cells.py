"""What a model's fields say to the values of a file: accepted as they go to the database, or refused in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from core.codes import CodeField, validate_code
from core.importing.errors import CellError

REMEMBERED = 20_000
"""Values of one field whose judgement is remembered."""

Prepare = Callable[[Any], Any]


def preparer_of(field: Any) -> Prepare:
    """A function that makes the database's value of a parsed one, or raises CellError with what is wrong.

    None becomes what the model writes for nothing. A field that only bounds the length of its texts is judged here at
    once, any other by its own `clean` (choices, codes, validators), which costs ten times as much.
    """
    nothing = "" if field.empty_strings_allowed and not field.null else None
    if type(field) in (models.CharField, models.TextField) and not field.choices and _only_bounds_length(field):
        return _plain_text(field.max_length, nothing)
    by_field = _by_field(field, nothing)
    return _code(by_field) if isinstance(field, CodeField) else by_field


def _code(by_field: Prepare) -> Prepare:
    """Codes are seldom the same twice, so they are not remembered; nearly all are in their one form already."""

    def prepare(value: Any) -> Any:
        try:
            validate_code(value)
        except (ValidationError, TypeError):
            return by_field(value)
        return value

    return prepare


def _only_bounds_length(field: Any) -> bool:
    return not field._validators


def _plain_text(limit: int | None, nothing: Any) -> Prepare:
    def prepare(value: Any) -> Any:
        if value is None:
            return nothing
        text = str(value)
        if limit is not None and len(text) > limit:
            message = _("The text has %(count)d characters; at most %(limit)d are kept.")
            raise CellError("", text, message % {"count": len(text), "limit": limit})
        return text

    return prepare


def _by_field(field: Any, nothing: Any) -> Prepare:
    known: dict[Any, Any] = {None: nothing}

    def prepare(value: Any) -> Any:
        try:
            return known[value]
        except (KeyError, TypeError):
            pass
        try:
            prepared = field.get_prep_value(field.clean(value, None))
        except ValidationError as error:
            raise CellError("", str(value), " ".join(error.messages)) from error
        if len(known) < REMEMBERED and value.__hash__:
            known[value] = prepared
        return prepared

    return prepare

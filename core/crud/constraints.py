"""What the database refuses, in words and beside the field that can mend it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.utils.text import capfirst, get_text_list
from django.utils.translation import gettext as _

NETWORK = "network"


def unique_message(model: Any, names: list[str]) -> str:
    """What a person reads when a row with the same values exists already."""
    labels = [str(model._meta.get_field(name).verbose_name) for name in names if name != NETWORK]
    return capfirst(
        _("There is already a %(thing)s with this %(fields)s.")
        % {"thing": model._meta.verbose_name, "fields": get_text_list(labels, _("and"))}
    )


def constraint_words(model: Any, constraint: Any) -> tuple[str, str | None]:
    """The message of a constraint, and the field beside which it belongs (None: above the form)."""
    own_words = constraint.violation_error_message
    if own_words and own_words != constraint.default_violation_error_message:
        return str(own_words), None
    if isinstance(constraint, models.UniqueConstraint) and constraint.fields:
        visible = [name for name in constraint.fields if name != NETWORK]
        return unique_message(model, visible), visible[-1] if visible else None
    return _("These values do not go together (%(rule)s).") % {"rule": constraint.name.replace("_", " ")}, None


def broken_constraints(row: Any, exclude: set[str]) -> list[tuple[str, str | None]]:
    """The words of every constraint that the row breaks; constraints of fields in `exclude` are not asked."""
    model, found = type(row), []
    for constraint in model._meta.constraints:
        try:
            constraint.validate(model, row, exclude=exclude)
        except ValidationError:
            found.append(constraint_words(model, constraint))
    return found


def refusal_words(model: Any, error: IntegrityError) -> tuple[str, str | None]:
    """The words for an IntegrityError of PostgreSQL, and the field they belong to.

    Somebody else was quicker than the form's own check: the same constraint answers in the same words.
    """
    diagnosis = getattr(error.__cause__, "diag", None)
    name = getattr(diagnosis, "constraint_name", None) or ""
    for constraint in model._meta.constraints:
        if constraint.name == name:
            return constraint_words(model, constraint)
    column = getattr(diagnosis, "column_name", None) or ""
    if column:
        field = next((field for field in model._meta.concrete_fields if field.column == column), None)
        if field is not None:
            return _("A value is missing: %(field)s.") % {"field": field.verbose_name}, field.name
    if name.endswith("_tfk"):
        return _("A record that belongs to this one is gone, or others still need this one."), None
    return _("The database refuses this: the values contradict other records."), None

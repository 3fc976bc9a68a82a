"""The check that every field rule names a field that exists and a right that some role can hold."""

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import FieldDoesNotExist

from core.field_rules import rules_of
from security.roles import MATRIX, is_reading


@register()
def check_field_rules(app_configs: Sequence[Any] | None = None, **_: Any) -> list[CheckMessage]:
    """A rule with a misspelt field or right would hide nothing, or everything."""
    return [
        Error(f"{model.__name__}.field_rules: {problem}.", id="security.E010")
        for model in apps.get_models()
        if not hasattr(model, "instance_type")
        for field, right in rules_of(model).items()
        for problem in _problems(model, field, right)
    ]


def _problems(model: Any, field: str, right: str) -> list[str]:
    problems = []
    try:
        model._meta.get_field(field)
    except FieldDoesNotExist:
        problems.append(f"there is no field {field!r}")
    if right not in MATRIX:
        problems.append(f"{right!r} stands in no line of security.roles.MATRIX")
    elif not is_reading(right):
        problems.append(f"{right!r} is no right to see something")
    return problems

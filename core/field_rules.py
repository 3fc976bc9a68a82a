"""Fields that take a right of their own to be seen: declared once on the model, in force wherever its rows show.

    class Site(TenantModel):
        field_rules = {"phone": "stations.view_site_phone"}

Lists, details, forms, searches, filters, sorting, exports and histories of a CRUDView ask here by themselves, also for
paths over foreign keys ("site__phone"). What is built by hand (a sheet of paper, a computed column) asks `may_see`.

Where rows of several places stand together, such a field shows only to those who hold its right wherever they may see
the rows; otherwise a role at one site would open what another role at all sites hides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import FieldDoesNotExist

from core.rights import may, may_wherever

SEPARATOR = "__"


def rules_of(model: Any) -> Mapping[str, str]:
    """The fields of `model` (or of the model whose history it is) that take a right, with that right."""
    return getattr(getattr(model, "instance_type", model), "field_rules", {})


def right_for(model: Any, path: str) -> str:
    """The right that the field at the end of `path` takes; "" for one that all readers of the row may see.

    A path of which an earlier step takes a right takes that one.
    """
    here = model
    for name in path.lstrip("-").split(SEPARATOR):
        if here is None:
            return ""
        right = rules_of(here).get(name.removesuffix("_id"), "") or rules_of(here).get(name, "")
        if right:
            return right
        try:
            here = here._meta.get_field(name).related_model
        except FieldDoesNotExist:
            return ""
    return ""


def may_see(account: Any, model: Any, field: str, *, seen_with: str) -> bool:
    """Whether `account` may see a field of all rows that it sees with the permission `seen_with`."""
    right = right_for(model, field)
    return not right or may_wherever(account, right, seen_with)


def may_see_of(account: Any, model: Any, field: str, place: Any) -> bool:
    """Whether `account` may see a field of a row that hangs on `place`."""
    right = right_for(model, field)
    return not right or may(account, right, place)


def hidden_fields(account: Any, model: Any, *, seen_with: str) -> set[str]:
    """The fields of `model` whose values must not reach `account`, whatever shows them."""
    return {name for name, right in rules_of(model).items() if not may_wherever(account, right, seen_with)}


def hidden_of(account: Any, model: Any, names: Iterable[str], *, seen_with: str) -> set[str]:
    """Those of `names` (fields or paths) whose values must not reach `account`."""
    return {name for name in names if not may_see(account, model, name, seen_with=seen_with)}

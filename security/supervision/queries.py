"""Reads of supervision."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Q, QuerySet
from django.utils.text import capfirst

from core.parts import Change
from core.tenancy.guard import is_tenant_model
from security.models import Account, Alert, AlertState, Assignment, WorkRecord

WAITING = (AlertState.OPEN, AlertState.ESCALATED)


def alerts_for(account: Any, now: datetime) -> QuerySet[Alert]:
    """The alerts that wait for `account` or for nobody in particular, and those that are overdue at `now`; the most
    urgent first."""
    waits = Q(owner=account) | Q(owner__isnull=True) | Q(due_at__lt=now)
    return Alert.objects.visible_to(account, "security.view_alert").filter(waits, state__in=WAITING).order_by("due_at")


def people_of_network() -> list[tuple[str, str]]:
    """(id, name) of the accounts that ever held a role in the network in scope, by name."""
    found = Account.objects.filter(pk__in=Assignment.objects.order_by().values("account_id"))
    return [(str(pk), name) for pk, name in found.order_by("name", "pk").values_list("pk", "name")]


def target_of(record: WorkRecord) -> Any:
    """The object of a record as it is now; None where it is gone or was no row."""
    if not record.target_type or record.target_id is None:
        return None
    try:
        model = apps.get_model(record.target_type)
    except LookupError:
        return None
    return model.objects.filter(pk=record.target_id).first() if is_tenant_model(model) else None


def changes_of(record: WorkRecord) -> list[Change]:
    """What differs between before and after, field by field, with the words for the fields."""
    before, after = _mapping(record.before), _mapping(record.after)
    names = [*after, *(name for name in before if name not in after)]
    kind = record.target_type
    return [
        Change(_label(kind, name), _words(kind, name, before.get(name)), _words(kind, name, after.get(name)))
        for name in names
    ]


def _mapping(values: Any) -> Mapping[str, Any]:
    return values if isinstance(values, Mapping) else {}


def _field(label: str, name: str) -> Any:
    """The field of that name where the object's model still has one, else None."""
    try:
        return apps.get_model(label)._meta.get_field(name)
    except (LookupError, ValueError, FieldDoesNotExist):
        return None


def _label(label: str, name: str) -> str:
    words = getattr(_field(label, name), "verbose_name", "")
    return capfirst(str(words)) if words else capfirst(name.replace("_", " "))


def _words(label: str, name: str, value: Any) -> str:
    """A recorded value as people read it: a choice by its words."""
    choices = dict(getattr(_field(label, name), "flatchoices", None) or ())
    return str(choices[value]) if isinstance(value, str) and value in choices else _text(value)


def _text(value: Any) -> str:
    if value is None or value == "" or value == [] or value == {}:
        return ""
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_text(inner)}" for name, inner in value.items())
    return ", ".join(map(_text, value)) if isinstance(value, list) else str(value)

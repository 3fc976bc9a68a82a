"""What the network in scope knows of one person: the account, and every row of every table that leads to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import ForeignKey, Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.encryption import EncryptedTextField
from core.errors import Text
from core.tenancy.guard import is_tenant_model
from core.tenancy.scope import require_network
from security.models import Account, WorkRecord
from security.queries import roles_in

#: Beside these nothing of an account is the network's to give away.
ACCOUNT_FIELDS = ("name", "email", "language", "is_active", "created_at", "last_login")


@dataclass(frozen=True)
class Group:
    """Rows of one kind that lead to the person, as plain values."""

    name: str
    title: Text
    rows: list[dict[str, Any]]


@dataclass(frozen=True)
class PersonData:
    """Everything that one network knows of one person."""

    account: Account
    made_at: datetime
    facts: dict[str, Any]
    groups: list[Group]

    def as_json(self) -> dict[str, Any]:
        """For machines (GDPR article 20: a structured, commonly used and machine-readable format)."""
        return {
            "network": require_network().name,
            "made_at": self.made_at,
            "account": self.facts,
            **{group.name: group.rows for group in self.groups},
        }


def collect(account: Account, *, now: datetime) -> PersonData:
    """Collect what the network in scope knows of `account`.

    The tables are found by their foreign keys to accounts, so a table that is added later is not forgotten. Of other
    networks nothing is read.
    """
    facts = {name: getattr(account, name) for name in ACCOUNT_FIELDS}
    facts |= {"number": account.pk, "roles": roles_in(account, require_network())}
    return PersonData(account, now, facts, [group for group in _groups(account) if group.rows])


def _groups(account: Account) -> Iterator[Group]:
    records = WorkRecord.objects.filter(
        Q(account=account) | Q(target_type=Account._meta.label_lower, target_id=account.pk)
    )
    yield _group(WorkRecord, records.order_by("recorded_at", "pk"))
    for model in apps.get_models():
        if model is WorkRecord or not is_tenant_model(model):
            continue
        keys = [
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, ForeignKey) and field.remote_field.model is Account
        ]
        if not keys:
            continue
        leads_here = Q()
        for key in keys:
            leads_here |= Q(**{key: account})
        rows = model._default_manager.filter(leads_here).order_by("pk")
        if hasattr(model, "instance_type"):
            yield _changes(model, rows)
        else:
            yield _group(model, rows)


def _group(model: Any, rows: Any) -> Group:
    """Rows with all of their fields, but those that are secret or too large to be read."""
    left_out = {"network", *getattr(model, "heavy_fields", ())}
    fields = [
        field
        for field in model._meta.concrete_fields
        if field.name not in left_out and not isinstance(field, EncryptedTextField)
    ]
    found = [{field.name: field.value_from_object(row) for field in fields} for row in rows.iterator(chunk_size=2000)]
    for row in found:
        row.update({name: str(value) for name, value in row.items() if not _is_plain(value)})
    return Group(model._meta.label_lower, capfirst(str(model._meta.verbose_name_plural)), found)


def _changes(model: Any, rows: Any) -> Group:
    """Which rows the person changed and when; what stands in them is about something else."""
    kinds = {"+": _("made"), "~": _("changed"), "-": _("deleted")}
    thing = model.instance_type._meta
    found = [
        {"at": at, "what": kinds.get(kind, kind), "id": row_id, "reason": reason}
        for at, kind, row_id, reason in rows.values_list("history_date", "history_type", "id", "history_change_reason")
    ]
    title = _("Changes of %(things)s") % {"things": thing.verbose_name_plural}
    return Group(f"changes.{thing.label_lower}", title, found)


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float | bool | datetime | dict | list)

"""The store of work records: what `core.records` calls."""

from __future__ import annotations

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction

from core import context
from core.clock import now
from core.codes import CodeField
from core.context import current_actor
from core.events import publish
from core.records import Deed
from core.tenancy.scope import ScopeError, current_network, network_scope, require_network
from security.models import Assignment, PlatformRecord, WorkRecord
from security.naming import record_name
from security.queries import networks_of
from security.recording.masking import masked
from security.rights import active_groups, held_by


class RecordStore:
    """Keeps deeds as rows."""

    def keep(self, deed: Deed) -> None:
        """Keep one line in the network in scope; the actor falls back to the one this work is done for."""
        actor = deed.actor or current_actor()
        values = _common(deed, actor)
        values["network"] = require_network()
        values["site_id"] = deed.site.pk if deed.site is not None else _site_of(deed.target)
        values["position"] = position_of(actor)
        publish("records", {"id": _insert(values)})

    @transaction.atomic
    def keep_everywhere(self, deed: Deed) -> None:
        """Keep one line in each network in which the account has a role. Raises ScopeError inside of a network."""
        if current_network() is not None:
            raise ScopeError(f"{deed.verb} is recorded outside of any network: leave the one in scope first.")
        for network in networks_of(deed.actor):
            with network_scope(network):
                self.keep(deed)
        if getattr(deed.actor, "is_staff", False):
            self.keep_on_platform(deed)

    def keep_on_platform(self, deed: Deed) -> None:
        """Keep one line outside of all networks."""
        actor = deed.actor or current_actor()
        position = "platform administrator" if getattr(actor, "is_staff", False) else ""
        PlatformRecord(position=position, **_common(deed, actor)).save()


_COLUMNS = [field for field in WorkRecord._meta.concrete_fields if not field.primary_key]
_INSERT = (
    f'INSERT INTO "{WorkRecord._meta.db_table}" ({", ".join(field.column for field in _COLUMNS)}) '  # noqa: S608
    f"VALUES ({', '.join(['%s'] * len(_COLUMNS))}) RETURNING id"  # (names come from the model)
)


def _insert(values: dict[str, Any]) -> int:
    """Insert a record; every deed does, so it is said to the database directly. Row-level security still judges it."""
    row = [_plain(values[field.attname] if field.attname in values else values[field.name]) for field in _COLUMNS]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, row)
        return int(cursor.fetchone()[0])


def _plain(value: Any) -> Any:
    if isinstance(value, models.Model):
        return value.pk
    return json.dumps(value, cls=DjangoJSONEncoder) if isinstance(value, dict) else value


def _common(deed: Deed, actor: Any) -> dict[str, Any]:
    target, moment = deed.target, now()
    took = None if deed.took is None else max(0, round(deed.took.total_seconds() * 1000))
    device = context.device.get()
    after = deed.after if not device or not deed.verb.startswith("account.") else {"device": device, **deed.after}
    return {
        "recorded_at": moment,
        "occurred_at": deed.occurred_at or moment,
        "account": actor,
        "account_name": record_name(actor),
        "verb": deed.verb,
        "result": deed.result,
        "target_type": target._meta.label_lower if target is not None else "",
        "target_id": target.pk if target is not None else None,
        "target_code": _code_of(target)[:120],
        "target_text": _words_of(target)[:200],
        "summary": deed.summary.replace("\x00", "")[:2000],
        "before": masked(deed.before),
        "after": masked(after),
        "request_id": context.request_id.get()[:64],
        "address": context.address.get(),
        "took_ms": took,
    }


def _words_of(target: Any) -> str:
    """The object in words. As records are never changed, what names a person has other words for them."""
    if target is None or target.pk is None:
        return ""
    return str(getattr(target, "record_words", target))


def _code_of(target: Any) -> str:
    """The name by which the object stands in addresses, where it has one."""
    if target is None:
        return ""
    code = next((field for field in target._meta.concrete_fields if isinstance(field, CodeField)), None)
    if code is not None:
        return str(getattr(target, code.attname) or "")
    for name in ("number", "slug"):
        value = getattr(target, name, None)
        if isinstance(value, str):
            return value
    return ""


def _site_of(target: Any) -> int | None:
    """The site that the object hangs on by its model's `site_path`; None for what belongs to the whole network."""
    path = getattr(target, "site_path", None)
    if target is None or path is None:
        return None
    if path == "self":
        return int(target.pk) if target.pk is not None else None
    *steps, last = path.split("__")
    for step in steps:
        target = getattr(target, step, None)
        if target is None:
            return None
    field = target._meta.get_field(last)
    value = getattr(target, field.attname if isinstance(field, models.ForeignKey) else last)
    return None if value is None else int(value)


def position_of(account: Any) -> str:
    """The codes of the roles that `account` holds in the network in scope now; asked once while they stay the same."""
    if account is None or not getattr(account, "is_authenticated", False):
        return ""
    held, network_id = held_by(account), require_network().pk
    known: dict[int, tuple[Any, str]] = account.__dict__.setdefault("_position", {})
    if network_id not in known or known[network_id][0] is not held:
        roles = Assignment.objects.filter(account=account, group__in=active_groups(account))
        codes = sorted(set(roles.order_by().values_list("group__role", flat=True)))
        known[network_id] = (held, ", ".join(codes)[:200])
    return known[network_id][1]

"""The store of work records and the verbs of this app."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import context
from core.clock import now
from core.records import register_verb
from core.tenancy.scope import ScopeError, current_network, network_scope
from security.models import Account, WorkRecord
from security.naming import record_name
from security.queries import networks_of

register_verb("network.changed", _("Network changed"))
register_verb("role.given", _("Role given"))
register_verb("role.withdrawn", _("Role withdrawn"))
register_verb("account.signed-in", _("Signed in"))


def keep(verb: str, *, target: Any, actor: Any, summary: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Keep one work record in the running transaction; `actor` falls back to the one this work is done for."""
    actor = actor or context.current_actor()
    WorkRecord(
        recorded_at=now(),
        account=actor,
        account_name=record_name(actor),
        verb=verb,
        target_type=target._meta.label_lower if target is not None else "",
        target_id=target.pk if target is not None else None,
        target_text=record_name(target) if isinstance(target, Account) else str(target or "")[:200],
        summary=str(summary),
        before=before,
        after=after,
        request_id=context.request_id.get(),
        address=context.address.get(),
    ).save()


@transaction.atomic
def keep_everywhere(verb: str, *, account: Any, summary: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Keep one work record in each network in which `account` has a role. Raises ScopeError inside of a network."""
    if current_network() is not None:
        raise ScopeError(f"{verb} is recorded outside of any network: leave the one in scope first.")
    for network in networks_of(account):
        with network_scope(network):
            keep(verb, target=account, actor=account, summary=summary, before=before, after=after)

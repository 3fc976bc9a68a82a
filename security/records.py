"""The store of work records and the verbs of this app."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import context
from core.clock import now
from core.records import register_verb
from core.tenancy.scope import ScopeError, current_network, network_scope
from security.models import WorkRecord
from security.queries import networks_of

register_verb("network.changed", _("Network changed"))
register_verb("role.given", _("Role given"))
register_verb("role.withdrawn", _("Role withdrawn"))
register_verb("role.lengthened", _("Role given for longer"))
register_verb("role.adapted", _("Rights of a role changed"))
register_verb("approval.asked", _("Second person asked"))
register_verb("approval.approved", _("Approved as second person"))
register_verb("approval.refused", _("Refused as second person"))
register_verb("approval.withdrawn", _("Question for a second person withdrawn"))
register_verb("approval.expired", _("Question for a second person expired"))
register_verb("deed-rule.changed", _("Rule for a second person changed"))
register_verb("account.signed-in", _("Signed in"))
register_verb("account.sign-in-refused", _("Sign-in refused"))
register_verb("account.signed-out", _("Signed out"))
register_verb("account.locked-out", _("Locked out after wrong passwords"))
register_verb("account.session-ended", _("Session ended"))
register_verb("account.password-changed", _("Password changed"))
register_verb("account.password-reset", _("Password set anew by mail"))
register_verb("account.second-factor-added", _("Second factor added"))
register_verb("account.second-factor-removed", _("Second factor removed"))
register_verb("account.recovery-codes-made", _("Recovery codes made"))
register_verb("account.recovery-code-used", _("Recovery code used"))
register_verb("account.email-changed", _("E-mail address changed"))
register_verb("account.email-verified", _("E-mail address verified"))
register_verb("account.changed", _("Account changed"))
register_verb("account.deactivated", _("Account deactivated"))
register_verb("invitation.sent", _("Invitation sent"))
register_verb("invitation.accepted", _("Invitation accepted"))
register_verb("invitation.withdrawn", _("Invitation withdrawn"))


def keep(verb: str, *, target: Any, actor: Any, summary: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Keep one work record in the running transaction; `actor` falls back to the one this work is done for."""
    actor = actor or context.current_actor()
    WorkRecord(
        recorded_at=now(),
        account=actor,
        account_name=str(actor or "")[:120],
        verb=verb,
        target_type=target._meta.label_lower if target is not None else "",
        target_id=target.pk if target is not None else None,
        target_text=str(target or "")[:200],
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

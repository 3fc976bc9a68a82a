"""What is recorded, told and ended when something about signing in changes."""

from typing import Any

from django.db import transaction

from core.context import current_actor
from core.records import record, record_everywhere
from core.tenancy.scope import current_network, network_scope
from security.models import Account
from security.queries import networks_of
from security.signing import notices
from security.signing.sessions import current_key, end_sessions


def note(verb: str, account: Any, *, actor: Any = None, summary: str = "", **more: Any) -> None:
    """Record a deed about `account` in each of its networks, or, inside one, in that one.

    `actor` is who did it when that was not the account itself (an administrator).
    """
    if current_network() is not None:
        record(verb, target=account, actor=actor or account, summary=summary, **more)
    elif actor is None or actor.pk == account.pk:
        record_everywhere(verb, account=account, summary=summary, **more)
    else:
        for network in networks_of(account):
            with network_scope(network):
                record(verb, target=account, actor=actor, summary=summary, **more)


@transaction.atomic
def change_account(*, account: Any, name: str, language: str) -> None:
    """Change name and language of the own account, and record that the name, which stands beside deeds, changed."""
    account = Account.objects.select_for_update().get(pk=account.pk)
    before = account.name
    account.name, account.language = name, language
    account.save(update_fields=["name", "language"])
    if before != name:
        note("account.changed", account)  # records hold no names: they are never changed


def password_was_changed(account: Any) -> None:
    """After a password was set anew: record it, write to the owner, end the other sessions.

    Nobody is signed in while a password is reset by mail; then all sessions end.
    """
    if account.__dict__.pop("_just_made", False):
        return
    actor = current_actor()
    own = actor is not None and actor.pk == account.pk
    note("account.password-changed" if actor is not None else "account.password-reset", account, actor=actor)
    notices.tell(account, "password")
    end_sessions(account, but=current_key.get() if own else "")


def account_was_deactivated(account: Any) -> None:
    """After an account lost its access: its sessions end at once."""
    note("account.deactivated", account, actor=current_actor())
    end_sessions(account)

"""Forgetting a person while the books stay right: names go, numbers stay.

History and work records name an account by its number (`security.naming`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import Refusal
from core.records import record
from core.signals import person_erased
from core.tenancy.scope import network_scope
from security.actions import withdraw_role
from security.models import Account, Assignment, ErasureRequest
from security.naming import record_name
from security.platform_records import platform_deed
from security.queries import networks_of
from security.signing.limits import name_digest
from security.signing.sessions import end_sessions

#: Apps that only keep how an account signs in: their rows go with the person.
CREDENTIAL_APPS = frozenset({"account", "mfa", "usersessions", "socialaccount", "authtoken"})
ERASED_DOMAIN = "erased.invalid"  # RFC 2606: no such address can exist


class ErasureRefused(Refusal):
    """A person cannot be erased now."""


@transaction.atomic
def ask_for_erasure(*, account: Account, typed: str, reason: str, actor: Account | None, now: datetime) -> None:
    """End the roles of `account` in the network in scope and have its name, address and credentials erased.

    The account is anonymised when no other network needs it; whether one does is not told here. Safe to repeat.

    Raises:
        ErasureRefused: `typed` is not the account's e-mail address, no reason is given, or it is the actor's own.
        RoleRefused: a role cannot be withdrawn now (that of the last director).
    """
    account = Account.objects.select_for_update().get(pk=account.pk)
    if typed.strip().lower() != account.email:
        raise ErasureRefused(_("Type the e-mail address of the person exactly."), field="typed")
    if not reason.strip():
        raise ErasureRefused(_("Say who asked for it and when, or why else."), field="reason")
    if actor is not None and actor.pk == account.pk:
        raise ErasureRefused(_("Somebody else has to erase your account."))
    for assignment in Assignment.objects.filter(account=account).exclude(ends_at__lte=now):
        withdraw_role(assignment=assignment, actor=actor, now=now)
    _made, fresh = ErasureRequest.objects.get_or_create(account=account, defaults={"asked_at": now})
    if fresh:
        record("person.erasure-asked", target=account, actor=actor, summary=reason.strip()[:300])


def erase_waiting(*, now: datetime) -> int:
    """Anonymise the accounts that wait for it and that no network needs any more; returns how many."""
    waiting = ErasureRequest.objects.filter(erased_at=None).select_related("account")
    return sum(erase_account(account=request.account, actor=None, now=now) for request in waiting)


@transaction.atomic
def erase_account(*, account: Account, actor: Account | None, now: datetime) -> bool:
    """Anonymise `account` for good unless it still has a role somewhere; returns whether it is anonymous now.

    Name, e-mail, password, second factors, sessions and sign-in attempts go. The row stays with its number, because
    history and work records point at it. Safe to repeat.
    """
    account = Account.objects.select_for_update().get(pk=account.pk)
    request, _made = ErasureRequest.objects.get_or_create(account=account, defaults={"asked_at": now})
    if request.erased_at is not None:
        return True
    if account.is_staff or _is_needed(account, now):
        return False
    old_email = account.email
    account.is_active = False
    account.save(update_fields=["is_active"])
    end_sessions(account)
    _delete_credentials(account, old_email)
    account.email, account.name = f"person-{account.pk}@{ERASED_DOMAIN}", record_name(account)
    account.language, account.last_login = "", None
    account.is_active = account.is_superuser = False
    account.set_unusable_password()
    account.save()
    account.groups.clear()
    own_type = ContentType.objects.get_for_model(Account)
    LogEntry.objects.filter(content_type=own_type, object_id=str(account.pk)).update(object_repr=record_name(account))
    request.erased_at = now
    request.save()
    person_erased.send(sender=Account, account=account, old_email=old_email)
    platform_deed("account.erased", target=account, actor=actor)
    return True


def _is_needed(account: Account, now: datetime) -> bool:
    for network in networks_of(account):
        with network_scope(network):
            if Assignment.objects.filter(account=account).exclude(ends_at__lte=now).exists():
                return True
    return False


def _delete_credentials(account: Account, email: str) -> None:
    for relation in Account._meta.related_objects:
        model: Any = relation.related_model
        if model._meta.app_label in CREDENTIAL_APPS:
            model._base_manager.filter(**{relation.field.name: account}).delete()
    for attempts in (AccessAttempt, AccessFailureLog, AccessLog):
        attempts.objects.filter(username__startswith=f"{name_digest(email)}:").delete()

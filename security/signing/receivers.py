"""Listens to what Django, allauth and axes tell, and turns it into records, mails and new session keys."""

from typing import Any

from allauth.account.signals import email_changed, email_confirmed
from allauth.account.signals import user_logged_in as came_in
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_used
from axes.signals import user_locked_out
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.core.cache import cache
from django.db.models import F
from django.db.models.signals import post_delete, post_save, pre_save
from django.dispatch import receiver
from django.utils.translation import gettext as _

from core.clock import now
from core.context import current_actor
from core.signals import person_erased
from core.tenancy.scope import network_scope
from security.models import Account, Assignment, Invitation, Network
from security.naming import record_name
from security.signing import deeds, devices, gate, limits, notices, sessions
from security.signing.agents import describe

RECOVERY = Authenticator.Type.RECOVERY_CODES


@receiver(user_logged_in, dispatch_uid="security.signing.begin")
def begin_session(request: Any, user: Any, **_kwargs: Any) -> None:
    """Every session begins with its limits, its proof and what is known of the second factor."""
    sessions.begin(request, user)
    gate.is_kept_out(request.session, user)


@receiver(came_in, dispatch_uid="security.signing.came_in")
def signed_in(request: Any, user: Any, **_kwargs: Any) -> None:
    """Somebody came in by the front door: record it; write to the owner when the device is new."""
    request.came_in = True
    device = describe(request.META.get("HTTP_USER_AGENT", ""))
    deeds.note("account.signed-in", user, summary=device)
    if not devices.device_of(request, user.email) and not getattr(request, "first_sign_in", False):
        notices.tell(user, "new-device", device=device)


@receiver(user_logged_out, dispatch_uid="security.signing.went_out")
def signed_out(request: Any, user: Any, **_kwargs: Any) -> None:
    """Somebody went out, or the session was over."""
    if user is None:
        return
    why = getattr(request, "session_over", "")
    texts = {"idle": _("Nothing was done for too long."), "absolute": _("The session had lasted long enough.")}
    deeds.note("account.session-ended" if why else "account.signed-out", user, summary=texts.get(why, ""))


@receiver(user_login_failed, dispatch_uid="security.signing.refused")
def refused(credentials: dict[str, Any], request: Any = None, **_kwargs: Any) -> None:
    """A wrong password for an account that exists. What is tried while a lock lasts is not recorded again."""
    if request is None or cache.get(_lock_key(request, credentials)):
        return
    account = Account.objects.filter(email=str(credentials.get("username", "")).lower()).first()
    if account is not None:
        deeds.note("account.sign-in-refused", account)


@receiver(user_locked_out, dispatch_uid="security.signing.locked")
def locked(request: Any, **_kwargs: Any) -> None:
    """A pair of account and address is locked; axes says so at each attempt, a lock is recorded once."""
    credentials = getattr(request, "axes_credentials", None) or {}
    if not cache.add(_lock_key(request, credentials), 1, int(settings.AXES_COOLOFF_TIME * 3600)):
        return
    account = Account.objects.filter(email=str(credentials.get("username", "")).lower()).first()
    if account is not None:
        deeds.note("account.locked-out", account, summary=limits.address_of(request))


def _lock_key(request: Any, credentials: dict[str, Any]) -> str:
    return f"locked:{limits.counted_name(request, credentials)}:{limits.address_of(request)}"


@receiver(pre_save, sender=Account, dispatch_uid="security.signing.before")
def remember_state(instance: Account, update_fields: Any = None, **_kwargs: Any) -> None:
    """What the account was like before, where something that matters may change."""
    matters = update_fields is None or {"is_active", "is_staff", "is_superuser"} & set(update_fields)
    if instance.pk and matters:
        instance.__dict__["_was_active"] = (
            Account.objects.filter(pk=instance.pk).values_list("is_active", flat=True).first()
        )


@receiver(post_save, sender=Account, dispatch_uid="security.signing.after")
def act_on_change(instance: Account, created: bool, **_kwargs: Any) -> None:
    """A new account has no password that was changed; one that is switched off loses its sessions."""
    if created:
        instance.__dict__["_just_made"] = True
    elif instance.__dict__.pop("_was_active", None) and not instance.is_active:
        deeds.account_was_deactivated(instance)


@receiver([post_save, post_delete], sender=Assignment, dispatch_uid="security.signing.rights")
def rights_changed(instance: Assignment, **_kwargs: Any) -> None:
    """Roles changed: the account's sessions get new keys."""
    _count_rights(instance.account_id)


@receiver(post_save, sender=Authenticator, dispatch_uid="security.signing.factor_added")
def factor_added(instance: Authenticator, created: bool, **_kwargs: Any) -> None:
    """A second factor or new recovery codes, in the transaction that made them."""
    if not created:
        return
    account = instance.user
    _count_rights(account.pk)
    if instance.type == RECOVERY:
        deeds.note("account.recovery-codes-made", account, actor=current_actor())
        notices.tell(account, "codes-made")
    else:
        deeds.note("account.second-factor-added", account, actor=current_actor(), summary=str(instance))
        notices.tell(account, "factor-added", factor=str(instance))


@receiver(post_delete, sender=Authenticator, dispatch_uid="security.signing.factor_removed")
def factor_removed(instance: Authenticator, **_kwargs: Any) -> None:
    """A second factor is gone; recovery codes go with the last one or make room for new ones, which is told itself."""
    account = Account.objects.filter(pk=instance.user_id).first()
    if account is None or instance.type == RECOVERY or not account.is_active:
        return  # nobody writes to a person who is being forgotten
    _count_rights(account.pk)
    deeds.note("account.second-factor-removed", account, actor=current_actor(), summary=str(instance))
    notices.tell(account, "factor-removed", factor=str(instance))


@receiver(authenticator_used, dispatch_uid="security.signing.factor_used")
def factor_used(user: Any, authenticator: Authenticator, reauthenticated: bool, **_kwargs: Any) -> None:
    """A recovery code is a thing of need: its use is recorded and told."""
    if authenticator.type == RECOVERY:
        deeds.note("account.recovery-code-used", user)
        notices.tell(user, "code-used")


@receiver(email_changed, dispatch_uid="security.signing.email_changed")
def email_was_changed(user: Any, from_email_address: Any, to_email_address: Any, **_kwargs: Any) -> None:
    """Both addresses are told: the old one belongs to whoever would want to know."""
    before, after = from_email_address.email if from_email_address else "", to_email_address.email
    if before == after:
        return
    account = Account.objects.get(pk=user.pk)
    deeds.note("account.email-changed", account)  # which addresses is not said: records are never changed
    for address in filter(None, (before, after)):
        notices.tell(account, "email", to=address, before=before or "—", after=after)


@receiver(email_confirmed, dispatch_uid="security.signing.email_confirmed")
def email_was_confirmed(email_address: Any, **_kwargs: Any) -> None:
    """An address was proven."""
    deeds.note("account.email-verified", email_address.user)


def _count_rights(account_id: int) -> None:
    Account.objects.filter(pk=account_id).update(rights_version=F("rights_version") + 1)


@receiver(person_erased, dispatch_uid="security.signing.person_erased")
def invitations_forgotten(account: Any, old_email: str, **_kwargs: Any) -> None:
    """Invitations name a person by name and address: those to the old one lose both, in every network."""
    for network in Network.objects.all():
        with network_scope(network):
            for invitation in Invitation.objects.filter(email=old_email):
                invitation.email, invitation.name = account.email, record_name(account)
                if invitation.accepted_at is None and invitation.withdrawn_at is None:
                    invitation.withdrawn_at = now()
                invitation.save()

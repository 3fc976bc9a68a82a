"""Inviting somebody to a network, and accepting it. All inside the network in scope."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import resolve_url
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Refusal
from core.records import record
from core.rights import may
from core.tenancy.scope import require_network
from security.actions import check_gift, give_role
from security.models import Account, Assignment, Invitation, Network, Source
from security.places import kind_of
from security.signing.mail import Letter, absolute, send

MOST_OPEN = 200  # invitations of one network at a time


class InvitationRefused(Refusal):
    """Somebody cannot be invited like this."""


class InvitationOver(Refusal):
    """The link of an invitation does not work (any more); `code` says why: each has a page of its own."""


class NotForYou(Refusal):
    """The invitation is for another address than that of the account that is signed in."""

    code = "wrong-account"


@dataclass(frozen=True)
class Proposal:
    """Who is invited to what. `until` is the end of the role, None: open."""

    email: str
    name: str
    role: str
    place: Any
    until: datetime | None = None


@transaction.atomic
def invite(*, proposal: Proposal, actor: Account, now: datetime) -> Invitation:
    """Invite an address to a role and send the link. One that is open already for the same is sent anew.

    Raises:
        RoleRefused: no such role, not at such a place, or more than `actor` may give.
        InvitationRefused: an end in the past, the account holds the role already, or too many are open.
    """
    network = Network.objects.select_for_update(no_key=True).get(pk=require_network().pk)
    email = proposal.email.strip().lower()
    _check(proposal, email, actor, now)
    kind = kind_of(proposal.place).content_type()
    wanted = {"email": email, "role": proposal.role, "place_type": kind, "place_id": proposal.place.pk}
    open_ones = Invitation.objects.filter(accepted_at__isnull=True, withdrawn_at__isnull=True)
    invitation = open_ones.filter(**wanted).first()
    if invitation is None and open_ones.count() >= MOST_OPEN:
        raise InvitationRefused(_("%d invitations are open. Withdraw some that nobody needs.") % MOST_OPEN)
    invitation = invitation or Invitation(**wanted)
    invitation.name, invitation.role_until, invitation.invited_by = proposal.name.strip(), proposal.until, actor
    _send_link(invitation, network, now)
    record("invitation.sent", target=invitation, actor=actor, summary=_summary(invitation))
    return invitation


def _check(proposal: Proposal, email: str, actor: Account, now: datetime) -> None:
    check_gift(role=proposal.role, place=proposal.place, actor=actor)
    if proposal.until is not None and proposal.until <= now:
        raise InvitationRefused(_("The end of the role must be in the future."), field="until")
    held = Assignment.objects.filter(
        account__email=email,
        group__role=proposal.role,
        group__place_type=kind_of(proposal.place).content_type(),
        group__place_id=proposal.place.pk,
        begins_at__lte=now,
    ).exclude(ends_at__lte=now)
    if held.exists():
        raise InvitationRefused(_("This person holds the role there already."), field="email")


@transaction.atomic
def resend(*, invitation: Invitation, actor: Account, now: datetime) -> Invitation:
    """Send an open or expired invitation again, with a new link; the old link dies.

    Raises:
        InvitationOver: it was accepted or withdrawn.
    """
    (invitation,) = Invitation.objects.select_for_update().filter(pk=invitation.pk)
    _refuse_ended(invitation)
    _send_link(invitation, require_network(), now)
    record("invitation.sent", target=invitation, actor=actor, summary=_summary(invitation))
    return invitation


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, actor: Account, now: datetime) -> None:
    """Withdraw an invitation. Safe to repeat.

    Raises:
        InvitationOver: it was accepted meanwhile; then the role is withdrawn, not the invitation.
    """
    (invitation,) = Invitation.objects.select_for_update().filter(pk=invitation.pk)
    if invitation.withdrawn_at is not None:
        return
    _refuse_ended(invitation)
    invitation.withdrawn_at = now
    invitation.save()
    record("invitation.withdrawn", target=invitation, actor=actor, summary=_summary(invitation))


def find(token: str, *, now: datetime) -> Invitation:
    """The invitation of a link, in the network in scope.

    Raises:
        InvitationOver: unknown, used, withdrawn or expired.
    """
    invitation = Invitation.objects.filter(token_hash=_hash(token)).select_related("invited_by").first()
    if invitation is None:
        raise InvitationOver(
            gettext_lazy("This link does not work. A newer mail may have replaced it."), code="unknown"
        )
    _refuse_ended(invitation)
    if now >= invitation.expires_at:
        text = gettext_lazy("This link is too old. Ask %(name)s to send the invitation again.")
        raise InvitationOver(text, params={"name": str(invitation.invited_by)}, code="expired")
    return invitation


@transaction.atomic
def accept(
    *, token: str, account: Account | None, name: str = "", password: str = "", language: str = "", now: datetime
) -> tuple[Account, Assignment]:
    """Accept an invitation: make the account if the address has none, and give it the role, all or nothing.

    The link was sent to the address and came back: that verifies it. `account` is the one that is signed in, None to
    make one with `name` and `password`.

    Raises:
        InvitationOver: the link does not work, or who invited may not give the role any more.
        NotForYou: `account` has another address, or the address has an account that is not signed in.
        InvitationRefused: the password is not good enough; with its field.
        RoleRefused: the end of the role has passed.
    """
    (invitation,) = Invitation.objects.select_for_update().filter(pk=find(token, now=now).pk)
    find(token, now=now)
    _refuse_lost_right(invitation)
    if account is None:
        account = _make_account(invitation, name, password, language)
    elif account.email != invitation.email:
        raise NotForYou(gettext_lazy("This invitation is for %(email)s."), params={"email": invitation.email})
    assignment = give_role(
        account=account,
        role=invitation.role,
        place=invitation.place,
        actor=invitation.invited_by,
        now=now,
        until=invitation.role_until,
        source=Source.INVITATION,
    )
    invitation.accepted_at, invitation.accepted_by = now, account
    invitation.save()
    account.__dict__.pop("_networks", None)
    record("invitation.accepted", target=invitation, actor=account, summary=_summary(invitation))
    return account, assignment


def has_account(invitation: Invitation) -> bool:
    """Whether the invited address has an account already."""
    return Account.objects.filter(email=invitation.email).exists()


def link_of(network: Network, token: str) -> str:
    """The address in the mail."""
    return absolute(resolve_url("invitation-open", slug=network.slug, token=token))


def _make_account(invitation: Invitation, name: str, password: str, language: str) -> Account:
    if has_account(invitation):
        raise NotForYou(gettext_lazy("There is an account for this address already. Sign in to accept."), code="exists")
    account = Account(email=invitation.email, name=name.strip() or invitation.name, language=language)
    account.near_words = [invitation.network.name, invitation.network.slug]  # type: ignore[attr-defined]
    try:
        password_validation.validate_password(password, account)
        account.set_password(password)
        account.full_clean(exclude=["password"])
    except ValidationError as error:
        raise InvitationRefused(" ".join(error.messages), field="password1") from error
    account.save()
    EmailAddress.objects.create(user=account, email=account.email, verified=True, primary=True)
    return account


def _refuse_ended(invitation: Invitation) -> None:
    if invitation.accepted_at is not None:
        raise InvitationOver(
            gettext_lazy("This invitation was accepted already. Sign in with your account."), code="used"
        )
    if invitation.withdrawn_at is not None:
        text = gettext_lazy("This invitation was withdrawn. Ask %(name)s if that was a mistake.")
        raise InvitationOver(text, params={"name": str(invitation.invited_by)}, code="withdrawn")


def _refuse_lost_right(invitation: Invitation) -> None:
    """The role is given in the name of who invited: that account must still be allowed to, and the place be there."""
    inviter = invitation.invited_by
    allowed = inviter.is_active and (inviter.is_superuser or may(inviter, "security.give_role", invitation.place))
    if invitation.place is None or not allowed:
        text = gettext_lazy("Who invited you may not give this role any more. Ask the network for a new invitation.")
        raise InvitationOver(text, code="void")


def _send_link(invitation: Invitation, network: Network, now: datetime) -> None:
    token = secrets.token_urlsafe(32)
    invitation.token_hash = _hash(token)
    invitation.sent_at, invitation.expires_at = now, now + timedelta(days=settings.INVITATION_DAYS)
    invitation.full_clean(exclude=["network"])
    invitation.save()
    known = Account.objects.filter(email=invitation.email).values_list("language", flat=True).first()
    with translation.override(known or network.language):
        send(_letter(invitation, network, link_of(network, token)), to=invitation.email)


def _letter(invitation: Invitation, network: Network, url: str) -> Letter:
    values = {"inviter": str(invitation.invited_by), "network": network.name}
    return Letter(
        subject=_("Invitation to %(network)s") % values,
        greeting=_("Hello %(name)s,") % {"name": invitation.name},
        paragraphs=[_("%(inviter)s invites you to work with ChargeNet for %(network)s.") % values],
        facts=[
            (_("Role"), str(invitation.get_role_display())),
            (_("Where"), str(invitation.place_named())),
            (_("Link works until"), date_format(localtime(invitation.expires_at, network.zone), "j N Y, H:i T")),
        ],
        url=url,
        url_text=_("See the invitation"),
        closing=_("The link is for you alone and works once. If you expect no invitation, there is nothing to do."),
    )


def _summary(invitation: Invitation) -> str:
    """What was offered. To whom stands in the invitation, which can be forgotten; a record cannot."""
    return f"{invitation.role}, {invitation.place_named()}"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

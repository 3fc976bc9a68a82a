"""Asking for a second person, and deciding."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.clock import day_of
from core.errors import Refusal
from core.events import publish
from core.locking import lock, lock_names
from core.numbering import next_number
from core.records import record
from core.rights import may
from core.tenancy.scope import require_network
from security.four_eyes.registry import Deed, deed_of
from security.four_eyes.rules import Rule, rule_of, within_limits
from security.models import Account, Approval, ApprovalState, DeedRule
from security.naming import record_name

TOPIC = "approvals"


class ApprovalRefused(Refusal):
    """A second person cannot be asked, or cannot decide, like this."""


_UNKNOWN = gettext_lazy("This deed does not exist any more.")


@transaction.atomic
def ask(
    deed: Deed,
    *,
    params: Mapping[str, Any],
    summary: str,
    actor: Account,
    now: datetime,
    amount: Decimal | None = None,
    reason: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> Approval:
    """Ask for a second person. Safe to repeat: the same question that waits already is returned as it is.

    Raises:
        ApprovalRefused: the actor may not do the deed at all.
    """
    plain = json.loads(json.dumps(dict(params), cls=DjangoJSONEncoder))
    if not may(actor, deed.ask, _place(deed, plain)):
        raise ApprovalRefused(_("You may not do this, so nobody can approve it for you."), code="not-yours")
    fingerprint = hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()
    lock_names("approval", [f"{deed.code}:{fingerprint}"])
    waiting = Approval.objects.filter(deed=deed.code, fingerprint=fingerprint, state=ApprovalState.ASKED).first()
    if waiting is not None and waiting.expires_at > now:
        return waiting
    if waiting is not None:
        _expire(waiting, now)
    approval = Approval(
        deed=deed.code,
        summary=summary[:300],
        reason=reason[:250],
        amount=amount,
        params=plain,
        fingerprint=fingerprint,
        before=dict(before or {}),
        after=dict(after or {}),
        asked_by=actor,
        asked_at=now,
        expires_at=now + deed.waits,
        number=next_number("APR", day_of(now, require_network()).year),
    )
    approval.save()
    _tell("asked", approval, actor, reason)
    return approval


@transaction.atomic
def approve(*, approval: Approval, actor: Account, now: datetime, reason: str = "") -> Approval:
    """Approve as the second person, and do the deed in the name of who asked, once, in the same transaction.

    Safe to repeat by the same person. Of two who approve at once one does, and the other is told.

    Raises:
        ApprovalRefused: it is decided, withdrawn or expired; the actor asked for it or may not approve it; who asked
            may not do it any more.
        Refusal: whatever the deed itself refuses now; nothing is decided then.
    """
    approval = _locked(approval)
    if approval.state == ApprovalState.APPROVED and approval.decided_by_id == actor.pk:
        return approval
    deed = _open_deed(approval, now)
    _check_decider(deed, approval, actor)
    asker = Account.objects.get(pk=approval.asked_by_id)
    if not asker.is_active or not may(asker, deed.ask, _place(deed, approval.params)):
        raise ApprovalRefused(_("%(account)s may not do this any more.") % {"account": asker}, code="asker-lost-right")
    deed.run(**approval.params, actor=asker, now=now, reason=approval.reason)
    return _decided(approval, ApprovalState.APPROVED, actor, now, reason)


@transaction.atomic
def refuse(*, approval: Approval, actor: Account, now: datetime, reason: str = "") -> Approval:
    """Refuse as the second person; nothing is done. Safe to repeat by the same person.

    Raises:
        ApprovalRefused: it is decided, withdrawn or expired; the actor asked for it or may not decide it.
    """
    approval = _locked(approval)
    if approval.state == ApprovalState.REFUSED and approval.decided_by_id == actor.pk:
        return approval
    _check_decider(_open_deed(approval, now), approval, actor)
    return _decided(approval, ApprovalState.REFUSED, actor, now, reason)


@transaction.atomic
def withdraw(*, approval: Approval, actor: Account, now: datetime, reason: str = "") -> Approval:
    """Take a question back; only who asked does. Safe to repeat.

    Raises:
        ApprovalRefused: somebody else asked, or it is decided or expired.
    """
    approval = _locked(approval)
    if approval.asked_by_id != actor.pk:
        raise ApprovalRefused(
            _("Only %(account)s can take this back.") % {"account": approval.asked_by}, code="not-yours"
        )
    if approval.state == ApprovalState.WITHDRAWN:
        return approval
    _check_open(approval, now)
    approval.state, approval.decided_at, approval.decision_reason = ApprovalState.WITHDRAWN, now, reason[:250]
    approval.save()
    _tell("withdrawn", approval, actor, reason)
    return approval


@transaction.atomic
def expire_due(*, now: datetime) -> int:
    """Mark the questions of the network in scope that waited too long; returns how many.

    Nobody can decide them from the second on at which they expire; this only says so in the list.
    """
    due = lock(Approval.objects.filter(state=ApprovalState.ASKED, expires_at__lte=now))
    for approval in due:
        _expire(approval, now)
    return len(due)


@transaction.atomic
def change_rule(*, deed: str, is_on: bool, threshold: Decimal | None, actor: Account | None, now: datetime) -> Rule:
    """Choose whether a deed needs a second person in the network in scope, and from which amount on. Safe to repeat.

    Raises:
        ApprovalRefused: no such deed, or beyond the limits that the deed sets.
    """
    found = deed_of(deed)
    if found is None:
        raise ApprovalRefused(_UNKNOWN, code="unknown")
    wanted = Rule(is_on, threshold)
    if within_limits(found, wanted) != wanted:
        raise ApprovalRefused(_limits_in_words(found), field="threshold" if is_on else "is_on", code="limits")
    lock_names("deed-rule", [deed])
    before = rule_of(found)
    if before == wanted:
        return wanted
    row = DeedRule.objects.filter(deed=deed).first() or DeedRule(deed=deed)
    row.is_on, row.threshold = is_on, threshold
    row.save()
    record(
        "deed-rule.changed",
        target=row,
        actor=actor,
        summary=str(found.text),
        before=_plain(before),
        after=_plain(wanted),
    )
    return wanted


def _limits_in_words(deed: Deed) -> str:
    if not deed.can_be_off:
        return _("This deed always needs a second person.")
    if deed.highest_threshold is not None:
        return _("The amount is at most %(most)s %(unit)s.") % {"most": deed.highest_threshold, "unit": deed.unit}
    return _("This deed has no amount.")


def _plain(rule: Rule) -> dict[str, Any]:
    return {"is_on": rule.is_on, "threshold": None if rule.threshold is None else str(rule.threshold)}


def _locked(approval: Approval) -> Approval:
    row: Approval
    (row,) = lock(Approval.objects.filter(pk=approval.pk))
    return row


def _check_open(approval: Approval, now: datetime) -> None:
    if approval.state != ApprovalState.ASKED:
        raise ApprovalRefused(
            _("This is decided already: %(state)s.") % {"state": approval.get_state_display()}, code="decided"
        )
    if approval.expires_at <= now:
        raise ApprovalRefused(_("This waited too long and has expired. It can be asked for again."), code="expired")


def _open_deed(approval: Approval, now: datetime) -> Deed:
    _check_open(approval, now)
    deed = deed_of(approval.deed)
    if deed is None:
        raise ApprovalRefused(_UNKNOWN, code="unknown")
    return deed


def _check_decider(deed: Deed, approval: Approval, actor: Account) -> None:
    if approval.asked_by_id == actor.pk:
        raise ApprovalRefused(_("Somebody else has to decide what you asked for."), code="own")
    if not may(actor, deed.approve, _place(deed, approval.params)):
        raise ApprovalRefused(_("You may not decide this."), code="not-yours")


def _decided(approval: Approval, state: ApprovalState, actor: Account, now: datetime, reason: str) -> Approval:
    approval.state, approval.decided_by, approval.decided_at = state, actor, now
    approval.decision_reason = reason[:250]
    approval.save()
    _tell(str(state), approval, actor, reason)
    return approval


def _expire(approval: Approval, now: datetime) -> None:
    approval.state, approval.decided_at = ApprovalState.EXPIRED, now
    approval.save()
    _tell("expired", approval, None, "")


def _tell(verb: str, approval: Approval, actor: Account | None, reason: str) -> None:
    record(
        f"approval.{verb}",
        target=approval,
        actor=actor,
        summary=approval.summary,
        before=approval.before,
        after={**approval.after, "asked_by": record_name(approval.asked_by), "reason": reason},
    )
    publish(TOPIC)


def _place(deed: Deed, params: dict[str, Any]) -> Any:
    return deed.place(params) if deed.place else require_network()

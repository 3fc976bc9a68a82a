"""Giving roles at places to accounts, and withdrawing them."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import formatting
from core.clock import now as clock_now
from core.locking import lock, lock_names
from core.records import record
from core.rights import may
from core.tenancy.scope import require_network
from security.actions.groups import role_group
from security.actions.refusals import RoleRefused
from security.models import Account, Assignment, RoleGroup, Source
from security.places import sort_of, sort_words
from security.queries import overlapping, role_permissions, running_directors
from security.rights import forget_held
from security.roles import FACTS, Role

GIVE = "security.give_role"
OWN = gettext_lazy("Nobody changes their own role. Ask somebody else who gives roles.")


@transaction.atomic
def give_role(
    *,
    account: Account,
    role: str,
    place: Any,
    actor: Account | None,
    now: datetime,
    until: datetime | None = None,
    begins_at: datetime | None = None,
    reason: str = "",
    source: str = Source.HAND,
    source_id: int | None = None,
) -> Assignment:
    """Give `account` a role at a place (the network in scope or one of its sites) from `begins_at` (now) until `until`.

    Without `until` it has no end. A role that begins later begins by itself. Where the account holds the role there
    at an overlapping time from the same source, that assignment is made longer instead. Safe to repeat: one that
    has the same end already is returned as it is.

    Nobody gives more than they hold, but platform administrators, who hold nothing in a network and make its first
    director, and appointments, whose own rules say who makes them.

    Raises:
        RoleRefused: no such role, or not at such a place; times that make no sense; the account holds it there for
            longer, or several times; `actor` is the account itself or does not hold all that the role may do there.
    """
    network = require_network()
    begins_at = begins_at or now
    _check_fits(role, place)
    _check_times(begins_at, until, now)
    _check_giver(actor, account, role, place, by_appointment=source == Source.APPOINTMENT)
    group = role_group(network=network, role=role, place=place)
    Account.objects.select_for_update().get(pk=account.pk)
    key = {"account": account, "group": group, "source": source, "source_id": source_id}
    known = list(overlapping(begins_at=begins_at, ends_at=until, **key))
    if known:
        return _lengthened(known, begins_at, until, actor=actor, account=account, reason=reason)
    assignment = Assignment(**key, begins_at=begins_at, ends_at=until, given_by=actor, reason=reason[:250])
    assignment.save()
    account.groups.add(group)  # from now on the account's networks are asked about it; the right itself goes by time
    forget_held(account)
    record(
        "role.given",
        target=account,
        actor=actor,
        summary=f"{role}: {place}",
        after={"role": role, "place": str(place), **_span(assignment), "reason": reason},
    )
    return assignment


def check_gift(*, role: str, place: Any, actor: Account) -> None:
    """Whether `actor` may give this role at this place to somebody, known already or not: an invitation asks first.

    Raises:
        RoleRefused: as `give_role`.
    """
    _check_fits(role, place)
    _check_giver(actor, None, role, place, by_appointment=False)


def _check_fits(role: str, place: Any) -> None:
    if role not in Role.values:
        raise RoleRefused(_("There is no role “%(role)s”.") % {"role": role}, field="role")
    sorts = FACTS[Role(role)].places
    if sort_of(place) not in sorts:
        raise RoleRefused(
            _("“%(role)s” cannot be held at %(place)s. It is held at: %(sorts)s.")
            % {"role": Role(role).label, "place": place, "sorts": ", ".join(sort_words(sort) for sort in sorts)},
            field="place",
            code="wrong-place",
        )


def _check_times(begins_at: datetime, until: datetime | None, now: datetime) -> None:
    if begins_at < now:
        raise RoleRefused(_("A role cannot begin in the past."), field="begins_at", code="past")
    if until is not None and until <= begins_at:
        text = (
            _("The end of an assignment must be in the future.") if begins_at == now else _("It ends before it begins.")
        )
        raise RoleRefused(text, field="until", code="ends-too-soon")


def _check_giver(
    actor: Account | None, account: Account | None, role: str, place: Any, *, by_appointment: bool
) -> None:
    if actor is None:
        return
    if account is not None and actor.pk == account.pk:
        raise RoleRefused(OWN, code="own")
    if by_appointment or _administers_platform(actor):
        return
    given = role_permissions([role])[role] | {GIVE}
    missing = sorted(permission for permission in given if not may(actor, permission, place))
    if missing:
        raise RoleRefused(
            _("You cannot give “%(role)s” at %(place)s: it may do more than you may there.")
            % {"role": Role(role).label, "place": place},
            code="more-than-held",
        )


def _administers_platform(account: Account) -> bool:
    return account.is_active and account.is_superuser


def _lengthened(
    known: list[Assignment],
    begins_at: datetime,
    until: datetime | None,
    *,
    actor: Account | None,
    account: Account,
    reason: str,
) -> Assignment:
    """The one overlapping assignment, made as long as both together.

    Raises:
        RoleRefused: there are several, or it is longer already than was asked.
    """
    if len(known) > 1:
        raise RoleRefused(
            _("%(account)s holds this role there more than once in that time. Withdraw one of them first.")
            % {"account": account},
            code="overlaps",
        )
    (held,) = known
    covers = held.begins_at <= begins_at
    if covers and held.ends_at == until:
        return held
    if covers and (held.ends_at is None or (until is not None and until < held.ends_at)):
        end = formatting.moment(held.ends_at) if held.ends_at else _("without an end")
        raise RoleRefused(
            _("%(account)s holds this role there already, until: %(end)s. Withdraw it first, or choose a later end.")
            % {"account": account, "end": end},
            field="until",
            code="held-longer",
        )
    before = _span(held)
    held.begins_at = min(held.begins_at, begins_at)
    held.ends_at = None if until is None or held.ends_at is None else max(held.ends_at, until)
    held._change_reason = reason[:250]  # type: ignore[attr-defined]
    held.save()
    forget_held(account)
    record(
        "role.lengthened",
        target=account,
        actor=actor,
        summary=f"{held.group.role}: {held.group.place}",
        before=before,
        after={**_span(held), "reason": reason},
    )
    return held


@transaction.atomic
def withdraw_role(*, assignment: Assignment, actor: Account | None, now: datetime, reason: str = "") -> None:
    """End an assignment now; one that has not begun is gone altogether. Safe to repeat: an ended one stays as it is.

    Raises:
        RoleRefused: it is the actor's own, the actor does not give roles there, or it is the network's last director.
    """
    group = RoleGroup.objects.get(pk=assignment.group_id)
    if group.role == Role.DIRECTOR:
        lock_names("directors", ["all"])  # of two directors who withdraw each other, one stays
    found = lock(Assignment.objects.filter(pk=assignment.pk))
    if not found:
        return
    (assignment,) = found
    if assignment.ends_at is not None and assignment.ends_at <= now:
        return
    account = assignment.account
    _check_withdrawer(assignment, group, actor)
    if group.role == Role.DIRECTOR and _is_last_director(assignment, now):
        raise RoleRefused(
            _("%(account)s is the last director of this network. Make somebody else a director first.")
            % {"account": account},
            code="last-director",
        )
    before = _span(assignment)
    assignment._change_reason = reason[:250]  # type: ignore[attr-defined]
    if assignment.begins_at >= now:
        after: dict[str, Any] = {}
        assignment.delete()
    else:
        assignment.ends_at, assignment.withdrawn_by, assignment.end_reason = now, actor, reason[:250]
        assignment.save()
        after = _span(assignment)
    _leave_group(account, group, now)
    record(
        "role.withdrawn",
        target=account,
        actor=actor,
        summary=f"{group.role}: {group.place}",
        before=before,
        after={**after, "reason": reason},
    )


def _check_withdrawer(assignment: Assignment, group: RoleGroup, actor: Account | None) -> None:
    if actor is None:
        return
    if actor.pk == assignment.account_id:
        raise RoleRefused(OWN, code="own")
    is_appointed = assignment.source == Source.APPOINTMENT
    if not (is_appointed or _administers_platform(actor) or may(actor, GIVE, group.place)):
        raise RoleRefused(_("You do not give roles at %(place)s.") % {"place": group.place}, code="not-yours")


def _is_last_director(assignment: Assignment, now: datetime) -> bool:
    """Whether the network would have no director left who runs it now; one who is yet to come is none.

    Asked by the clock after the lock was had: `now` may be older than a withdrawal that was waited for.
    """
    if assignment.begins_at > now:
        return False
    return not running_directors(max(now, clock_now())).exclude(pk=assignment.pk).exists()


@transaction.atomic
def end_assignments(*, now: datetime) -> int:
    """Take accounts out of the groups whose assignments have ended, in the network in scope; returns how many.

    The right itself ended with the assignment, to the second; this keeps the groups in step with it.
    """
    ended = Assignment.objects.filter(ends_at__lte=now, account__groups=F("group")).select_related("account", "group")
    return sum(_leave_group(assignment.account, assignment.group, now) for assignment in ended)


def _leave_group(account: Account, group: RoleGroup, now: datetime) -> bool:
    """Take an account out of a group unless another assignment keeps it there or will bring it back."""
    forget_held(account)
    others = Assignment.objects.filter(account=account, group=group)
    if others.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now)).exists():
        return False
    account.groups.remove(group)
    return True


def _span(assignment: Assignment) -> dict[str, Any]:
    return {
        "from": assignment.begins_at.isoformat(),
        "until": assignment.ends_at.isoformat() if assignment.ends_at else None,
    }

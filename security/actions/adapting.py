"""Changing what a role may do in one network, within its limits."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core.history import bulk_create_with_history
from core.records import record
from core.rights import may_everywhere
from core.tenancy.scope import require_network
from security.actions.groups import bring_in_step, lock_role
from security.actions.refusals import RoleRefused
from security.models import Account, Effect, RoleAdaptation
from security.queries import role_permissions
from security.role_limits import ceiling_of, floor_of
from security.roles import Role, permissions_of
from security.words import permission_text

ADAPT = "security.adapt_role"


@transaction.atomic
def adapt_role(
    *,
    role: str,
    permissions: Iterable[str],
    actor: Account | None,
    now: datetime,
    reason: str = "",
    seen: Iterable[str] | None = None,
) -> frozenset[str]:
    """Make what `role` holds in the network in scope exactly `permissions`, at all its places at once.

    `seen` is what it held when somebody chose (None: not asked). Safe to repeat. Returns what it holds then.

    Raises:
        RoleRefused: no such role; beyond its limits; it was changed meanwhile; `actor` does not adapt roles or would
            add what they do not hold themselves.
    """
    if role not in Role.values:
        raise RoleRefused(_("There is no role “%(role)s”.") % {"role": role}, field="role")
    wanted, standard = frozenset(permissions), frozenset(permissions_of(role))
    _check_limits(role, wanted)
    lock_role(role)
    held = role_permissions([role])[role]
    if held == wanted:
        return held
    if seen is not None and held != frozenset(seen):
        raise RoleRefused(_("Somebody else changed this role meanwhile. Look at it again."), code="changed")
    _check_adapter(actor, wanted - held - standard)
    _store(role, added=wanted - standard, removed=standard - wanted, reason=reason)
    bring_in_step(require_network(), roles=[role])
    record(
        "role.adapted",
        target=None,
        actor=actor,
        summary=f"{Role(role).label}: {reason}" if reason else str(Role(role).label),
        before={"role": role, "permissions": sorted(held - wanted)},
        after={"role": role, "permissions": sorted(wanted - held)},
    )
    return wanted


def _check_limits(role: str, wanted: frozenset[str]) -> None:
    missing, beyond = floor_of(role) - wanted, wanted - ceiling_of(role)
    if missing:
        raise RoleRefused(
            _("This cannot be taken from the role: %(permissions)s.") % {"permissions": _named(missing)},
            field="permissions",
            code="below-floor",
        )
    if beyond:
        raise RoleRefused(
            _("The role can never hold this: %(permissions)s.") % {"permissions": _named(beyond)},
            field="permissions",
            code="above-ceiling",
        )


def _check_adapter(actor: Account | None, gained: frozenset[str]) -> None:
    """Nobody adds what they do not hold; what the matrix itself gives may always come back."""
    if actor is None:
        return
    if not may_everywhere(actor, ADAPT):
        raise RoleRefused(_("You do not adapt roles."), code="not-yours")
    more = frozenset(permission for permission in gained if not may_everywhere(actor, permission))
    if more:
        raise RoleRefused(
            _("You cannot add what you may not do yourself: %(permissions)s.") % {"permissions": _named(more)},
            field="permissions",
            code="more-than-held",
        )


def _store(role: str, *, added: frozenset[str], removed: frozenset[str], reason: str) -> None:
    wanted = dict.fromkeys(added, Effect.ADDED) | dict.fromkeys(removed, Effect.REMOVED)
    for row in RoleAdaptation.objects.filter(role=role):
        if wanted.get(row.permission) == row.effect:
            del wanted[row.permission]
        else:
            row._change_reason = reason[:250]
            row.delete()
    rows = [RoleAdaptation(role=role, permission=code, effect=effect) for code, effect in sorted(wanted.items())]
    if rows:
        bulk_create_with_history(RoleAdaptation, rows, reason=reason)


def _named(permissions: Iterable[str]) -> str:
    return ", ".join(sorted(permission_text(permission) for permission in permissions))

"""Reads about people, roles and networks."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from core.tenancy.scope import network_scope
from security.models import (
    Account,
    Approval,
    ApprovalState,
    Assignment,
    Effect,
    ErasureRequest,
    Network,
    RoleAdaptation,
)
from security.rights import active_groups, held_by
from security.role_limits import adapted
from security.roles import Role


def networks_of(account: Any) -> list[Network]:
    """The networks in which `account` holds some role now or later, by name; asked once per loaded account.

    Whether one runs now is asked inside of the network, by its assignments (`network_of`, `roles_in`). Pages show
    them in the switcher, and the door looks into the same list.
    """
    found: list[Network] | None = account.__dict__.get("_networks")
    if found is None:
        found = list(Network.objects.filter(role_groups__user=account).distinct().order_by("name"))
        account.__dict__["_networks"] = found
    return found


def network_of(account: Any, slug: str) -> Network | None:
    """The network of that slug if `account` holds a role in it now, else None.

    The account's group memberships are looked up first, so that a network without the account costs the same as one
    that does not exist.
    """
    network = next((one for one in networks_of(account) if one.slug == slug.lower()), None)
    if network is None:
        return None
    with network_scope(network):
        held = held_by(account)
    return network if held.everywhere or held.somewhere else None


def roles_in(account: Any, network: Network) -> list[str]:
    """The names of the roles that `account` holds in `network` now, for the network switcher."""
    with network_scope(network):
        running = Assignment.objects.filter(account=account, group__in=active_groups(account)).select_related("group")
        return sorted({str(assignment.group.get_role_display()) for assignment in running})


def role_permissions(roles: Iterable[str]) -> dict[str, frozenset[str]]:
    """What each of `roles` holds in the network in scope: the matrix as the network adapts it, within the limits."""
    changes: dict[tuple[str, str], set[str]] = {}
    for role, permission, effect in RoleAdaptation.objects.values_list("role", "permission", "effect"):
        changes.setdefault((role, effect), set()).add(permission)
    return {
        role: adapted(
            role, added=changes.get((role, Effect.ADDED), ()), removed=changes.get((role, Effect.REMOVED), ())
        )
        for role in roles
    }


def overlapping(*, begins_at: datetime, ends_at: datetime | None, **key: Any) -> QuerySet[Assignment]:
    """Assignments with this key in the network in scope that share some time with [begins_at, ends_at)."""
    found = Assignment.objects.filter(**key).filter(Q(ends_at__isnull=True) | Q(ends_at__gt=begins_at))
    return (found if ends_at is None else found.filter(begins_at__lt=ends_at)).order_by("begins_at")


def running(at: datetime) -> QuerySet[Assignment]:
    """Assignments of the network in scope that run at a moment."""
    return Assignment.objects.filter(begins_at__lte=at).filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))


def running_directors(at: datetime) -> QuerySet[Assignment]:
    """Assignments of those who direct the network in scope at a moment and can sign in."""
    return running(at).filter(group__role=Role.DIRECTOR, account__is_active=True)


def approvals_to_decide(account: Any, at: datetime) -> int:
    """How many questions of the network in scope wait for somebody else than who asked, so for `account` too."""
    waiting = Approval.objects.filter(state=ApprovalState.ASKED, expires_at__gt=at)
    return waiting.exclude(asked_by=account).count()


def people_of_network() -> QuerySet[Account]:
    """The accounts that hold, held or will hold a role in the network in scope, by name; erased ones left out."""
    erased = ErasureRequest.objects.filter(erased_at__isnull=False).values("account")
    return Account.objects.filter(pk__in=Assignment.objects.values("account")).exclude(pk__in=erased).order_by("name")

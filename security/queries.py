"""Reads about people, roles and networks."""

from typing import Any

from django.db.models import Q, QuerySet

from core.clock import now
from core.tenancy.scope import network_scope
from security.models import Account, Assignment, ErasureRequest, Network
from security.rights import active_groups, held_by


def networks_of(account: Any) -> list[Network]:
    """The networks in which `account` is in the group of some role, by name; asked once per loaded account.

    Pages show them in the switcher, and the door looks into the same list.
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


def people_of_network() -> QuerySet[Account]:
    """The accounts that hold, held or will hold a role in the network in scope, by name; erased ones left out."""
    erased = ErasureRequest.objects.filter(erased_at__isnull=False).values("account")
    return Account.objects.filter(pk__in=Assignment.objects.values("account")).exclude(pk__in=erased).order_by("name")


def assignments(*, ended: bool = False) -> QuerySet[Assignment]:
    """Assignments of the network in scope, the running and coming ones or those that have ended."""
    over = Q(ends_at__isnull=False, ends_at__lte=now())
    found = Assignment.objects.filter(over if ended else ~over)
    return found.select_related("account", "group__place_type", "given_by").order_by("account__name", "begins_at")

"""The answers about rights: what `core.rights` asks.

A request asks the database once what an account holds in a network, and once for each permission that it holds at
certain sites only, which sites those are; both answers are kept on the loaded account, so until the next request.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from core.clock import now
from core.tenancy.scope import current_network, require_network
from security.models import Assignment, Network
from security.rights_sql import held_codes, site_ids, site_kind

MOST_INLINE = 1_000
"""So many sites are named in a query one by one; above it the query looks them up itself."""


@dataclass(frozen=True)
class Held:
    """What an account holds in one network: permissions for all of it, and permissions at some of its sites."""

    everywhere: frozenset[str] = field(default_factory=frozenset)
    somewhere: frozenset[str] = field(default_factory=frozenset)


def active_groups(account: Any, at: datetime | None = None) -> QuerySet[Assignment]:
    """Ids of the role groups that `account` is in at a moment (now), in the network in scope."""
    at = at or now()
    return (
        Assignment.objects.filter(account=account, begins_at__lte=at)
        .filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))
        .order_by()
        .values("group_id")
    )


def held_by(account: Any) -> Held:
    """What `account` holds in the network in scope; asked once per loaded account and network, so once per request."""
    network = require_network()
    if not getattr(account, "is_authenticated", False) or not account.is_active:
        return Held()
    cache: dict[int, Held] = account.__dict__.setdefault("_held", {})
    if network.pk not in cache:
        cache[network.pk] = _load(account)
    return cache[network.pk]


def forget_held(account: Any) -> None:
    """Ask anew what a loaded account holds, after its roles were changed."""
    account.__dict__.pop("_held", None)
    account.__dict__.pop("_sites", None)


def _load(account: Any) -> Held:
    found = held_codes(require_network().pk, account.pk, now())
    return Held(
        everywhere=frozenset(code for code, everywhere in found if everywhere),
        somewhere=frozenset(code for code, everywhere in found if not everywhere),
    )


class PlaceRights:
    """Rights by roles at places."""

    def may(self, account: Any, permission: str, place: Any = None) -> bool:
        """Whether `account` holds `permission` at `place` (None: anywhere in the network in scope)."""
        network = current_network()
        if network is None:
            return False
        held = held_by(account)
        if permission in held.everywhere:
            return _belongs_to(place, network)
        if permission not in held.somewhere or isinstance(place, Network):
            return False
        return place is None or (_belongs_to(place, network) and place.pk in sites_with(account, permission))

    def may_everywhere(self, account: Any, permission: str) -> bool:
        """Whether `account` holds `permission` for the whole network in scope."""
        return permission in held_by(account).everywhere

    def may_wherever(self, account: Any, permission: str, seen_with: str) -> bool:
        """Whether `account` holds `permission` at every place at which it holds `seen_with`."""
        held = held_by(account)
        if permission in held.everywhere:
            return True
        if permission not in held.somewhere or seen_with in held.everywhere:
            return False
        return sites_with(account, seen_with) <= sites_with(account, permission)

    def visible(self, queryset: Any, account: Any, permission: str) -> Any:
        """The rows of `queryset` that hang on a place where `account` holds `permission`."""
        held = held_by(account)
        if permission in held.everywhere:
            return queryset
        path = queryset.model.site_path
        if permission not in held.somewhere or path is None:
            return queryset.none()
        sites: Any = sites_with(account, permission)
        if len(sites) > MOST_INLINE:
            sites = places_with(account, permission).values("content_object_id")
        lookup = "pk__in" if path == "self" else f"{path}__in"
        return queryset.filter(**{lookup: sites})


def sites_with(account: Any, permission: str) -> frozenset[int]:
    """Ids of the sites of the network in scope at which `account` holds `permission` now; asked once per request."""
    cache: dict[tuple[int, str], frozenset[int]] = account.__dict__.setdefault("_sites", {})
    key = (require_network().pk, permission)
    if key not in cache:
        cache[key] = site_ids(require_network().pk, account.pk, permission, now())
    return cache[key]


def places_with(account: Any, permission: str) -> Any:
    """Rows of the site permission table by which `account` holds `permission` now."""
    held = active_groups(account)
    return site_kind().permissions.objects.filter(group__in=held, permission__codename=permission)


def _belongs_to(place: Any, network: Any) -> bool:
    if place is None:
        return True
    owner: Iterable[Any] = (place.pk,) if isinstance(place, Network) else (place.network_id,)
    return network.pk in owner

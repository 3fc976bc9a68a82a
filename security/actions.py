"""Every write of people, roles and rights."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from core.errors import Refusal
from core.records import record
from core.signals import network_clock_changed
from core.tenancy.scope import network_scope, require_network
from security.models import Account, Assignment, Network, RoleGroup
from security.places import kind_of, place_kinds
from security.roles import MATRIX, Role, permissions_of


class NetworkRefused(Refusal):
    """A network cannot be changed like this."""


class RoleRefused(Refusal):
    """A role cannot be given or withdrawn like this."""


@transaction.atomic
def change_network(*, network: Network, values: dict[str, Any], actor: Account | None) -> Network:
    """Change name, language, zone or start of the day of the network in scope.

    Where the clock changes, everything that is summed by day is computed anew in the same transaction.

    Raises:
        NetworkRefused: one of the values is not valid; with the field it stands in.
    """
    network = Network.objects.select_for_update().get(pk=network.pk)
    before = {name: str(getattr(network, name)) for name in values}
    for name, value in values.items():
        setattr(network, name, value)
    try:
        network.full_clean()
    except ValidationError as error:
        field, texts = next(iter(error.message_dict.items()))
        raise NetworkRefused(texts[0], field=field) from error
    network.save()
    after = {name: str(getattr(network, name)) for name in values}
    if before != after:
        record("network.changed", target=network, actor=actor, before=before, after=after)
    if any(before.get(name) != after.get(name) for name in ("time_zone", "day_starts_at")):
        network_clock_changed.send(sender=Network, network=network)
    return network


@transaction.atomic
def give_role(
    *, account: Account, role: str, place: Any, actor: Account | None, now: datetime, until: datetime | None = None
) -> Assignment:
    """Give `account` a role at a place (the network in scope or one of its sites) from now until `until` (open end).

    Safe to repeat: an assignment that runs already, with the same end, is returned as it is.

    Raises:
        RoleRefused: the role does not exist, or `until` is not in the future.
    """
    network = require_network()
    if role not in Role.values:
        raise RoleRefused(_("There is no role “%(role)s”.") % {"role": role}, field="role")
    if until is not None and until <= now:
        raise RoleRefused(_("The end of an assignment must be in the future."), field="until")
    group = role_group(network=network, role=role, place=place)
    Account.objects.select_for_update().get(pk=account.pk)
    running = Assignment.objects.filter(account=account, group=group, begins_at__lte=now, ends_at=until).first()
    if running is not None:
        return running
    assignment = Assignment(account=account, group=group, begins_at=now, ends_at=until, given_by=actor)
    assignment.save()
    account.groups.add(group)
    account.__dict__.pop("_held", None)
    record("role.given", target=account, actor=actor, summary=f"{role}: {place}", after={"role": role})
    return assignment


@transaction.atomic
def withdraw_role(*, assignment: Assignment, actor: Account | None, now: datetime) -> None:
    """End an assignment now. Safe to repeat: one that has ended stays as it ended."""
    (assignment,) = Assignment.objects.select_for_update().filter(pk=assignment.pk)
    if assignment.ends_at is not None and assignment.ends_at <= now:
        return
    if assignment.begins_at >= now:
        assignment.delete()
    else:
        assignment.ends_at = now
        assignment.save()
    _leave_group(assignment, now)
    record("role.withdrawn", target=assignment.account, actor=actor, summary=str(assignment.group))


@transaction.atomic
def end_assignments(*, now: datetime) -> int:
    """Take accounts out of the groups whose assignments have ended, in the network in scope; returns how many.

    The right itself ended with the assignment, to the second; this keeps the groups in step with it.
    """
    ended = Assignment.objects.filter(ends_at__lte=now, account__groups=F("group")).select_related("account")
    count = 0
    for assignment in ended:
        _leave_group(assignment, now)
        count += 1
    return count


def _leave_group(assignment: Assignment, now: datetime) -> None:
    others = Assignment.objects.filter(account=assignment.account, group=assignment.group, begins_at__lte=now)
    if not others.exclude(ends_at__lte=now).exists():
        assignment.account.groups.remove(assignment.group)
    assignment.account.__dict__.pop("_held", None)


def role_group(*, network: Network, role: str, place: Any) -> RoleGroup:
    """The group of a role at a place, made with its permissions when it is needed first."""
    kind = kind_of(place)
    group, made = RoleGroup.objects.get_or_create(
        network=network,
        role=role,
        place_type=kind.content_type(),
        place_id=place.pk,
        defaults={"name": f"{network.pk}:{place._meta.label_lower}:{place.pk}:{role}"},
    )
    if made:
        _set_permissions(group, place)
    return group


def _set_permissions(group: RoleGroup, place: Any) -> None:
    """Make the group's object permissions exactly those of the matrix."""
    kind = kind_of(place)
    wanted = dict(
        Permission.objects.filter(
            content_type=kind.content_type(), codename__in=permissions_of(group.role)
        ).values_list("codename", "pk")
    )
    rows = kind.permissions.objects.filter(group=group)
    rows.exclude(permission__in=wanted.values()).delete()
    present = set(rows.values_list("permission_id", flat=True))
    kind.permissions.objects.bulk_create(
        kind.permissions(group=group, permission_id=pk, content_object_id=place.pk)
        for pk in wanted.values()
        if pk not in present
    )


def sync_permissions() -> None:
    """Make the Django permissions of every kind of place those of the matrix (after a migration)."""
    for kind in place_kinds():
        content_type = kind.content_type()
        present = set(Permission.objects.filter(content_type=content_type).values_list("codename", flat=True))
        Permission.objects.bulk_create(
            Permission(content_type=content_type, codename=code, name=code) for code in MATRIX if code not in present
        )


def sync_role_groups(networks: Iterable[Network]) -> None:
    """Bring the groups of all roles at all places in step with the matrix (after a migration)."""
    for network in networks:
        with network_scope(network), transaction.atomic():
            for group in RoleGroup.objects.filter(network=network).select_related("place_type"):
                if group.place is not None:
                    _set_permissions(group, group.place)

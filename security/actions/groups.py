"""The groups of roles at places, and the permissions they carry: those of the matrix, as the network adapts it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.models import Permission
from django.db import connection, transaction
from django.db.models import QuerySet

from core.locking import lock_names
from core.tenancy.scope import network_scope
from security.models import Network, RoleGroup
from security.places import PlaceKind, kind_of, place_kinds
from security.queries import role_permissions
from security.roles import MATRIX, Role

# What the groups of one kind of place should carry, against what they do. Both statements see one network only: the
# one in scope, by row-level security and by their own condition.
_WANTED = """
WITH wanted AS (
    SELECT g.group_ptr_id AS group_id, p.id AS permission_id, g.place_id
    FROM security_rolegroup g
    JOIN unnest(%(roles)s::text[], %(codes)s::text[]) AS w (role, codename) ON w.role = g.role
    JOIN auth_permission p ON p.codename = w.codename AND p.content_type_id = g.place_type_id
    WHERE g.network_id = %(network)s AND g.place_type_id = %(kind)s AND g.role = ANY (%(of)s::text[])
      AND (%(group)s::bigint IS NULL OR g.group_ptr_id = %(group)s)
)
"""
_REMOVE = """
DELETE FROM {table} t USING security_rolegroup g
WHERE t.network_id = %(network)s AND g.group_ptr_id = t.group_id AND g.role = ANY (%(of)s::text[])
  AND (%(group)s::bigint IS NULL OR g.group_ptr_id = %(group)s)
  AND NOT EXISTS (
    SELECT FROM wanted w
    WHERE w.group_id = t.group_id AND w.permission_id = t.permission_id AND w.place_id = t.content_object_id
)
"""
_ADD = """
INSERT INTO {table} (network_id, group_id, permission_id, content_object_id)
SELECT %(network)s, w.group_id, w.permission_id, w.place_id FROM wanted w
WHERE EXISTS (SELECT FROM {places} s WHERE s.id = w.place_id)
ON CONFLICT DO NOTHING
"""


def role_group(*, network: Network, role: str, place: Any) -> RoleGroup:
    """The group of a role at a place, made with its permissions when it is needed first."""
    key = {"network": network, "role": role, "place_type": kind_of(place).content_type(), "place_id": place.pk}
    found = RoleGroup.objects.filter(**key).first()
    if found is not None:
        return found
    lock_role(role)
    name = f"{network.pk}:{place._meta.label_lower}:{place.pk}:{role}"
    group, made = RoleGroup.objects.get_or_create(**key, defaults={"name": name})
    if made:
        bring_in_step(network, roles=[role], group=group)
    return group


def lock_role(role: str) -> None:
    """Hold what a role may do in the network in scope until the transaction ends.

    Taken before it is adapted and before a group of it is made, so that no group starts with what was just changed.
    """
    lock_names("role-permissions", [role])


def bring_in_step(
    network: Network, *, roles: Iterable[str] = tuple(Role.values), group: RoleGroup | None = None
) -> tuple[int, int]:
    """Make the permissions of role groups of the network in scope exactly what their roles hold there.

    All groups of these roles, or one `group` of them; a few statements whatever their number. Returns how many
    permissions were taken away and how many were added.
    """
    wanted = role_permissions(roles)
    changes = [_bring_in_step(network, kind, wanted, group) for kind in place_kinds()]
    return sum(removed for removed, _added in changes), sum(added for _removed, added in changes)


def _bring_in_step(
    network: Network, kind: PlaceKind, wanted: Mapping[str, Iterable[str]], group: RoleGroup | None
) -> tuple[int, int]:
    pairs = [(role, code) for role, codes in wanted.items() for code in sorted(codes)]
    values: dict[str, Any] = {
        "roles": [role for role, _code in pairs],
        "codes": [code for _role, code in pairs],
        "of": list(wanted),
        "network": network.pk,
        "kind": kind.content_type().pk,
        "group": group.pk if group else None,
    }
    names = {"table": kind.permissions._meta.db_table, "places": kind.model._meta.db_table}
    with connection.cursor() as cursor:
        cursor.execute(_WANTED + _REMOVE.format(**names), values)
        removed = cursor.rowcount
        cursor.execute(_WANTED + _ADD.format(**names), values)
        return removed, cursor.rowcount


def sync_permissions() -> None:
    """Make the Django permissions of every kind of place those of the matrix (after a migration)."""
    for kind in place_kinds():
        content_type = kind.content_type()
        present = set(_codes(kind))
        Permission.objects.bulk_create(
            Permission(content_type=content_type, codename=code, name=code) for code in MATRIX if code not in present
        )


def _codes(kind: PlaceKind) -> QuerySet[Permission, str]:
    return Permission.objects.filter(content_type=kind.content_type()).values_list("codename", flat=True)


def sync_role_groups(networks: Iterable[Network]) -> None:
    """Bring the groups of all roles at all places in step with the matrix (after a migration).

    What a network adapted stays adapted, within the limits that are in force now.
    """
    for network in networks:
        with network_scope(network), transaction.atomic():
            bring_in_step(network)

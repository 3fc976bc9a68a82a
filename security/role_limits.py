"""The limits within which a network may change what its roles may do.

Each role has a floor, which cannot be taken from it, and a ceiling, which is the most that can be given to it. A
network's own changes (`RoleAdaptation`) are laid over the matrix and cut to these limits whenever they are read, so
that a later version of the matrix or of the limits is in force at once, whatever a network chose before.
"""

from collections.abc import Iterable

from security.roles import FACTS, MATRIX, NETWORK, Role, is_reading, permissions_of

# Rights over rights: only a director ever holds them.
GUARDED = frozenset(
    {
        "network.change_network",
        "security.give_role",
        "security.adapt_role",
        "security.decide_approval",
        "security.change_deedrule",
    }
)

# They act on the network as a whole, wherever they are held: never for roles that are held at sites.
NETWORK_WIDE = frozenset(
    {
        "security.view_assignment",
        "security.view_workrecord",
        "security.view_approval",
        "core.view_job",
        "core.cancel_job",
        "stations.add_district",
        "stations.change_district",
        "stations.delete_district",
        "stations.import_district",
        "stations.add_site",
        "stations.import_site",
        "stations.import_charger",
        "stations.import_connector",
        "stations.match_site",
        "charging.import_session",
    }
)

# Roles that look and never write.
READERS = frozenset({Role.AUDITOR})

_EVERY_FLOOR = frozenset({"network.view_dashboard", "security.view_role"})
_FLOORS: dict[Role, frozenset[str]] = {
    Role.DIRECTOR: GUARDED | {"security.view_assignment", "security.view_workrecord", "security.view_approval"},
    Role.AUDITOR: frozenset({"security.view_assignment", "security.view_workrecord", "security.view_approval"}),
}


def floor_of(role: str) -> frozenset[str]:
    """What cannot be taken from `role`."""
    return (_EVERY_FLOOR | _FLOORS.get(Role(role), frozenset())) & MATRIX.keys()


def ceiling_of(role: str) -> frozenset[str]:
    """The most that `role` can hold. What the matrix itself gives is always within it."""
    role = Role(role)
    if role == Role.DIRECTOR:
        return frozenset(MATRIX)
    if role in READERS:
        return frozenset(permission for permission in MATRIX if is_reading(permission))
    beyond = GUARDED if FACTS[role].places == (NETWORK,) else GUARDED | NETWORK_WIDE
    return frozenset(MATRIX) - beyond | frozenset(permissions_of(role))


def adapted(role: str, *, added: Iterable[str], removed: Iterable[str]) -> frozenset[str]:
    """What `role` holds in a network that adds and removes these permissions; always within floor and ceiling."""
    wanted = (frozenset(permissions_of(role)) | frozenset(added)) - frozenset(removed)
    return wanted & ceiling_of(role) | floor_of(role)

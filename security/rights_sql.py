"""The two questions that every request asks about rights, as statements.

They are written by hand because they run on every page: put together by the ORM they cost more than the database needs
to answer them. Both name the network themselves; row-level security holds them to it besides. The few groups of an
account are found first and looked up in the index as an array; for `IN (SELECT …)` the planner, which does not know
how few they are, would read the whole table of permissions.
"""

from datetime import datetime
from typing import Any

from django.db import connection

from security.models import Network
from security.places import PlaceKind, place_kinds

_RUNNING = """
    a.network_id = %(network)s AND a.account_id = %(account)s AND a.begins_at <= %(at)s
    AND (a.ends_at IS NULL OR a.ends_at > %(at)s)
"""
# A role holds the same at each of its places: one group of each role speaks for the many.
_HELD = f"""
WITH held AS MATERIALIZED (
    SELECT DISTINCT ON (g.place_type_id, g.role) g.group_ptr_id AS id
    FROM security_assignment a JOIN security_rolegroup g ON g.group_ptr_id = a.group_id
    WHERE {_RUNNING}
    ORDER BY g.place_type_id, g.role, g.group_ptr_id
)
"""  # noqa: S608 (no value of anybody stands in it)
_CODES = """
SELECT p.codename, {everywhere} FROM {table} x JOIN auth_permission p ON p.id = x.permission_id
WHERE x.network_id = %(network)s AND x.group_id = ANY (ARRAY(SELECT id FROM held))
"""
_SITES = f"""
SELECT x.content_object_id FROM {{table}} x
WHERE x.network_id = %(network)s
  AND x.permission_id = (SELECT id FROM auth_permission WHERE content_type_id = %(kind)s AND codename = %(code)s)
  AND x.group_id = ANY (ARRAY(SELECT a.group_id FROM security_assignment a WHERE {_RUNNING}))
"""  # noqa: S608 (no value of anybody stands in it)


def held_codes(network_id: int, account_id: int, at: datetime) -> list[tuple[str, bool]]:
    """The permissions that an account holds at a moment, each with whether it is held for the whole network."""
    parts = [
        _CODES.format(everywhere=str(kind.model is Network).lower(), table=kind.permissions._meta.db_table)
        for kind in place_kinds()
    ]
    return _rows(_HELD + " UNION ".join(parts), {"network": network_id, "account": account_id, "at": at})


def site_ids(network_id: int, account_id: int, code: str, at: datetime) -> frozenset[int]:
    """Ids of the sites at which an account holds a permission at a moment."""
    kind = site_kind()
    values = {"network": network_id, "account": account_id, "at": at, "code": code, "kind": kind.content_type().pk}
    return frozenset(pk for (pk,) in _rows(_SITES.format(table=kind.permissions._meta.db_table), values))


def site_kind() -> PlaceKind:
    """The kind of place that is not the network."""
    (kind,) = [kind for kind in place_kinds() if kind.model is not Network]
    return kind


def _rows(statement: str, values: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())

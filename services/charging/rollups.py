"""The rollups against the facts: a proof that they are equal, and how to compute them anew."""

# ruff: noqa: S608  (the statements are made of constants)
from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction

from core.tenancy.scope import require_network
from services.charging.rollup_sql import (
    DAY_KEY,
    DAY_SUMS,
    HOUR_KEY,
    HOUR_SUMS,
    LOCK_KEY,
    day_sums_of,
    hour_sums_of,
)

FACTS = "SELECT *, 1::bigint AS sign FROM charging_chargingsession WHERE network_id = %(network)s"
# Rollup table → its key, its sums and the SELECT of what it must hold.
ROLLUPS = {
    "charging_chargingday": (DAY_KEY, DAY_SUMS, day_sums_of(FACTS)),
    "charging_charginghour": (HOUR_KEY, HOUR_SUMS, hour_sums_of(FACTS)),
}


@dataclass(frozen=True, slots=True)
class RollupDifference:
    """One key of one rollup that is not what the sessions give. `held` and `facts` are the sums by name."""

    table: str
    key: dict[str, Any]
    held: dict[str, int]
    facts: dict[str, int]

    def __str__(self) -> str:
        key = ", ".join(f"{name} {_shown(value)}" for name, value in self.key.items() if name != "network_id")
        sums = ", ".join(
            f"{name} {self.held[name]} instead of {self.facts[name]}"
            for name in self.held
            if self.held[name] != self.facts[name]
        )
        return f"{self.table} ({key}): {sums}"


def _shown(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else repr(value)


def rollup_differences() -> list[RollupDifference]:
    """Where the rollups of the network in scope differ from its sessions; empty when they are equal.

    Reads all sessions of the network; facts and rollups are those of one moment, whoever writes meanwhile.

    Raises:
        ScopeError: no network is in scope.
    """
    network_id = require_network().pk
    return [difference for table in ROLLUPS for difference in _differences(table, network_id)]


def _differences(table: str, network_id: int) -> list[RollupDifference]:
    key_text, sums, facts = ROLLUPS[table]
    key = key_text.split(", ")
    same = " AND ".join(f"held.{name} IS NOT DISTINCT FROM facts.{name}" for name in key)
    # A full join wants a condition that can be hashed; rows that differ are those which the other side has not.
    columns = ", ".join([*key, *sums])
    sql = (
        f"WITH facts AS MATERIALIZED ({facts}), "
        f"held AS MATERIALIZED (SELECT {columns} FROM {table} WHERE network_id = %(network)s "
        f"AND ({' OR '.join(f'{name} <> 0' for name in sums)})), "
        f"differing AS (SELECT DISTINCT {', '.join(key)} FROM ("
        f"(SELECT * FROM facts EXCEPT ALL SELECT * FROM held) UNION ALL "
        f"(SELECT * FROM held EXCEPT ALL SELECT * FROM facts)) AS either) "
        f"SELECT {', '.join(f'differing.{name}' for name in key)}, "
        f"{', '.join(f'coalesce(held.{name}, 0)' for name in sums)}, "
        f"{', '.join(f'coalesce(facts.{name}, 0)' for name in sums)} FROM differing "
        f"LEFT JOIN held ON {same.replace('facts.', 'differing.')} "
        f"LEFT JOIN facts ON {same.replace('held.', 'differing.')} ORDER BY {', '.join(map(str, range(1, len(key))))}"
    )
    # Outside of a transaction the statement would see no rows: row-level security reads a setting of the transaction.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, {"network": network_id})
        rows = cursor.fetchall()
    count = len(key)
    return [
        RollupDifference(
            table,
            dict(zip(key, row[:count], strict=True)),
            dict(zip(sums, row[count : count + len(sums)], strict=True)),
            dict(zip(sums, row[count + len(sums) :], strict=True)),
        )
        for row in rows
    ]


@transaction.atomic
def rebuild_rollups() -> int:
    """Compute the rollups of the network in scope anew from its sessions; returns how many rows they have then.

    Writers of the network's sessions wait until the transaction ends; other networks go on. Safe to repeat.

    Raises:
        ScopeError: no network is in scope.
    """
    network_id = require_network().pk
    count = 0
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock({LOCK_KEY.format(network='%s::bigint')})", [network_id])
        for table, (key, sums, facts) in ROLLUPS.items():
            cursor.execute(f"DELETE FROM {table} WHERE network_id = %s", [network_id])
            cursor.execute(f"INSERT INTO {table} ({key}, {', '.join(sums)}) {facts}", {"network": network_id})
            count += cursor.rowcount
    return count

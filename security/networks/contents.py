"""What belongs to a network: its rows of all tables, its files, its keys in Redis, its schedules."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection
from django_celery_beat.models import PeriodicTask
from redis import Redis

from core.tenancy.guard import is_tenant_model, tenant_tables
from core.tenancy.scope import require_network
from security.models import Network, RoleGroup

FOREIGN_KEYS = """
    SELECT DISTINCT child.relname, parent.relname FROM pg_constraint k
      JOIN pg_class child ON child.oid = k.conrelid JOIN pg_class parent ON parent.oid = k.confrelid
     WHERE k.contype = 'f' AND child.relname = ANY(%(tables)s) AND parent.relname = ANY(%(tables)s)
       AND child.oid <> parent.oid
"""


@dataclass(frozen=True)
class Contents:
    """How much belongs to a network."""

    rows: dict[str, int] = field(default_factory=dict)  # by the label of the model, empty ones left out
    files: int = 0
    file_bytes: int = 0
    roles: int = 0
    schedules: int = 0

    @property
    def row_count(self) -> int:
        """All rows together."""
        return sum(self.rows.values())

    def as_json(self) -> dict[str, Any]:
        """As it is kept with the deletion."""
        return {"rows": self.rows, "files": self.files, "roles": self.roles, "schedules": self.schedules}


def contents_of(network: Network) -> Contents:
    """Count what belongs to `network`, which must be in scope."""
    counts = {}
    for model in tenant_models():
        with connection.cursor() as cursor:
            cursor.execute(
                f'SELECT count(*) FROM "{model._meta.db_table}" WHERE network_id = %s',  # noqa: S608 (a model's name)
                [require_network().pk],
            )
            counts[model._meta.label] = int(cursor.fetchone()[0])
    sizes = [path.stat().st_size for path in folder_of(network.pk).rglob("*") if path.is_file()]
    return Contents(
        rows={label: count for label, count in sorted(counts.items()) if count},
        files=len(sizes),
        file_bytes=sum(sizes),
        roles=RoleGroup.objects.filter(network=network).count(),
        schedules=len(schedules_of(network.pk)),
    )


def tenant_models() -> list[Any]:
    """All models whose rows belong to a network, histories included."""
    return [model for model in apps.get_models(include_auto_created=True) if is_tenant_model(model)]


def tables_in_order() -> list[str]:
    """The tables of networks, those that point before those that are pointed at."""
    tables = sorted(tenant_tables())
    with connection.cursor() as cursor:
        cursor.execute(FOREIGN_KEYS, {"tables": tables})
        edges = cursor.fetchall()
    sorter: TopologicalSorter[str] = TopologicalSorter({table: set() for table in tables})
    for child, parent in edges:
        sorter.add(parent, child)
    return list(sorter.static_order())


def folder_of(network_id: int) -> Path:
    """Where the files of a network are kept."""
    return Path(settings.MEDIA_ROOT) / str(network_id)


def schedules_of(network_id: int) -> list[PeriodicTask]:
    """Schedules whose task works for the network: those with `network_id` among their named arguments."""
    return [
        task
        for task in PeriodicTask.objects.exclude(kwargs="{}")
        if json.loads(task.kwargs or "{}").get("network_id") == network_id
    ]


def redis_keys_of(network_id: int) -> Iterator[bytes]:
    """Keys of the network in Redis: the buckets of its rate limits (see core.rate_limits)."""
    yield from Redis.from_url(settings.REDIS_URL).scan_iter(f"limit:*:{network_id}:*", count=1000)

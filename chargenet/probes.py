"""Questions to the parts of the installation, asked by ``/readyz``, ``/metrics`` and ``manage.py doctor``."""

from __future__ import annotations

import json
import time
from functools import cache

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from chargenet.beat import HEARTBEAT_KEY
from chargenet.celery import SENT_AT

QUEUES = ("default", "reports", "backups")


@cache
def redis_client() -> Redis:
    """The connections of this process; two seconds and a probe has its answer."""
    return Redis.from_url(
        settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2, retry=Retry(NoBackoff(), retries=0)
    )


def database_answers() -> None:
    """Raises Django's ``OperationalError`` where the database is away."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT 1")


def redis_answers() -> None:
    """Raises ``redis.RedisError`` where Redis is away."""
    redis_client().ping()


def pending_migrations() -> list[str]:
    """Names of the migrations that the code has and the database has not: ``["stations.0002_districts"]``."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


@cache
def _migrated() -> list[bool]:
    return []


def is_migrated() -> bool:
    """Whether no migration is pending; a yes is remembered, the running code gets no new ones."""
    if not _migrated() and not pending_migrations():
        _migrated().append(True)
    return bool(_migrated())


def queue_lengths() -> dict[str, int]:
    """Messages that wait, by queue."""
    client = redis_client()
    return {queue: int(client.llen(queue)) for queue in QUEUES}  # type: ignore[arg-type]


def queue_age() -> float:
    """Seconds that the oldest waiting message waits (0 when none does).

    New messages go in at the head of the list, workers take from its tail: the oldest is the last.
    """
    ages = [0.0]
    for queue in QUEUES:
        oldest = redis_client().lindex(queue, -1)
        sent_at = json.loads(oldest)["headers"].get(SENT_AT) if oldest else None  # type: ignore[arg-type]
        if sent_at:
            ages.append(time.time() - float(sent_at))
    return max(ages)


def beat_age() -> float | None:
    """Seconds since beat finished a round; None when it has not within the last hour."""
    stamp = redis_client().get(HEARTBEAT_KEY)
    return None if stamp is None else max(0.0, time.time() - float(stamp))  # type: ignore[arg-type]

"""Live events: "something of this kind changed" in one network, told to open pages through Redis.

An event carries no data worth stealing: an open page that hears of it asks for its part again, with its own rights.
"""

import json
import logging
from functools import cache
from typing import Any

import redis
from django.conf import settings
from django.db import transaction

from core.tenancy.scope import require_network

logger = logging.getLogger(__name__)
PREFIX = "live"


@cache
def client() -> "redis.Redis":
    """The connection pool of this process."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)


def channel(network_id: int, topic: str) -> str:
    """Name of the Redis channel of one topic in one network."""
    return f"{PREFIX}:{network_id}:{topic}"


def publish(topic: str, data: dict[str, Any] | None = None) -> None:
    """Tell open pages of the network in scope, once the transaction has committed.

    A Redis that is away costs a live update, never the deed itself.

    Raises:
        ScopeError: no network is in scope.
    """
    name = channel(require_network().pk, topic)
    message = json.dumps(data or {})
    transaction.on_commit(lambda: _send(name, message), robust=True)


def _send(name: str, message: str) -> None:
    try:
        client().publish(name, message)
    except redis.RedisError:
        logger.warning("Live event on %s was not sent: Redis does not answer", name)

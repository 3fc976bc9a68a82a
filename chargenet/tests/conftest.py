"""Fixtures of the installation's own tests."""

import os
from collections.abc import Iterator

import pytest
from django.conf import LazySettings
from redis import Redis

from chargenet import probes


@pytest.fixture
def own_redis(settings: LazySettings) -> Iterator[Redis]:
    """An empty database of the test server, one for each parallel worker: queues here are nobody else's."""
    number = 9 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 6
    settings.REDIS_URL = settings.REDIS_URL.rpartition("/")[0] + f"/{number}"
    probes.redis_client.cache_clear()
    client = probes.redis_client()
    client.flushdb()
    yield client
    client.flushdb()
    client.close()
    probes.redis_client.cache_clear()


@pytest.fixture
def no_redis(settings: LazySettings) -> Iterator[None]:
    """A port where nobody listens."""
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    probes.redis_client.cache_clear()
    yield
    probes.redis_client.cache_clear()


@pytest.fixture
def no_migrations_remembered() -> Iterator[None]:
    """The process forgets that it has seen every migration applied."""
    probes._migrated.cache_clear()
    yield
    probes._migrated.cache_clear()

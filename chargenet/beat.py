"""The scheduler of beat: schedules are rows, outages are waited out, and a key in Redis says that it lives."""

from __future__ import annotations

import logging
import time
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections
from django_celery_beat.schedulers import DatabaseScheduler
from redis import Redis, RedisError

HEARTBEAT_KEY = "chargenet:beat"
HEARTBEAT_SECONDS = 10.0  # at most this often
RETRY_SECONDS = 2.0
logger = logging.getLogger(__name__)


class Scheduler(DatabaseScheduler):
    """django-celery-beat's, which would end with the first tick during which the database is away."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._redis = Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)
        self._beaten = 0.0
        super().__init__(*args, **kwargs)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """One round; returns the seconds to the next."""
        try:
            pause = float(super().tick(*args, **kwargs))
        except (DatabaseError, InterfaceError):
            logger.warning("Beat cannot reach the database; trying again")
            close_old_connections()
            return RETRY_SECONDS
        self._beat()
        return min(pause, HEARTBEAT_SECONDS)

    def _beat(self) -> None:
        """Only a finished round counts as life."""
        if time.monotonic() - self._beaten < HEARTBEAT_SECONDS and self._beaten:
            return
        try:
            self._redis.set(HEARTBEAT_KEY, f"{time.time():.0f}", ex=3600)
            self._beaten = time.monotonic()
        except RedisError:
            logger.warning("Beat cannot reach Redis; trying again")

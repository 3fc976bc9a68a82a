"""Prometheus metrics: requests counted by this process, queues and parts looked at when asked.

Under gunicorn each worker counts for itself; ``PROMETHEUS_MULTIPROC_DIR`` (set in deploy/gunicorn.conf.py) adds
them up. No label names a network or an account.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

from django.db import Error as DatabaseFailure
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY, Collector
from redis import RedisError

from chargenet import probes

REQUESTS = Counter("chargenet_http_requests", "Requests answered", ["method", "view", "status"])
SECONDS = Histogram(
    "chargenet_http_request_seconds",
    "Time to answer",
    ["view"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})


def observe_request(method: str, view: str, status: int, seconds: float) -> None:
    """Count one request; ``view`` is the URL's name, empty where none matched."""
    REQUESTS.labels(method if method in METHODS else "other", view or "none", str(status)).inc()
    SECONDS.labels(view or "none").observe(seconds)


def exposition() -> bytes:
    """All metrics in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(PartsCollector())
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)
        return generate_latest(registry)
    return generate_latest(REGISTRY) + generate_latest(registry)


class PartsCollector(Collector):
    """The state of database, Redis, queues and beat at this moment."""

    def collect(self) -> Iterator[Metric]:
        """One family a question; a part that is away is 0, its questions are left out."""
        up = GaugeMetricFamily("chargenet_part_up", "1 when the part answers", labels=["part"])
        up.add_metric(["database"], float(_works(probes.database_answers)))
        redis_up = _works(probes.redis_answers)
        up.add_metric(["redis"], float(redis_up))
        yield up
        if not redis_up:
            return
        lengths = GaugeMetricFamily("chargenet_queue_messages", "Messages that wait", labels=["queue"])
        for queue, length in probes.queue_lengths().items():
            lengths.add_metric([queue], length)
        yield lengths
        yield GaugeMetricFamily(
            "chargenet_queue_age_seconds", "Age of the oldest waiting message", value=probes.queue_age()
        )
        age = probes.beat_age()
        if age is not None:
            yield GaugeMetricFamily("chargenet_beat_age_seconds", "Time since beat finished a round", value=age)


def _works(question: Callable[[], None]) -> bool:
    try:
        question()
    except (DatabaseFailure, RedisError):
        return False
    return True

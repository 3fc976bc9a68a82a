"""Redis, the queues, workers and beat."""

from __future__ import annotations

from collections.abc import Iterator

import redis
from django.conf import settings
from kombu.exceptions import KombuError

from chargenet import probes
from chargenet.celery import app
from chargenet.doctor.findings import Finding, fail, ok, warn

BEAT_LATE = 60.0  # seconds; beat finishes a round every 10 at the latest
PING_SECONDS = 1.5


def process_findings() -> Iterator[Finding]:
    """Redis first: without it nothing else can be asked."""
    try:
        yield _redis()
        yield _queues()
        yield _workers()
        yield _beat()
    except (redis.RedisError, KombuError, OSError) as error:
        yield fail("Redis", str(error), "Is the server up and REDIS_URL right? (make run starts one)")


def _redis() -> Finding:
    client = probes.redis_client()
    about = client.info()
    name = "Valkey" if "valkey_version" in about else "Redis"
    detail = f"{name} {about.get('valkey_version') or about['redis_version']}"
    if not about.get("aof_enabled"):
        return warn("Redis", f"{detail}, no append-only file", "Set appendonly yes: jobs that wait outlive a crash.")
    if about.get("aof_last_write_status") != "ok":
        return fail("Redis", f"{detail}, the append-only file cannot be written", "Look at the disk of Redis.")
    policy = about.get("maxmemory_policy")
    if policy != "noeviction":
        return warn("Redis", f"{detail}, maxmemory-policy {policy}", "Set noeviction: it may throw away jobs.")
    return ok("Redis", f"{detail}, append-only file")


def _queues() -> Finding:
    waiting, age = sum(probes.queue_lengths().values()), probes.queue_age()
    detail = f"{waiting} tasks wait, the oldest for {age:.0f} s"
    if age > settings.READY_QUEUE_SECONDS:
        return fail("queues", detail, "Start more workers, or look why they hang.")
    return ok("queues", detail)


def _workers() -> Finding:
    answers = app.control.inspect(timeout=PING_SECONDS).active_queues() or {}
    served = {queue["name"] for queues in answers.values() for queue in queues}
    missing = sorted(set(probes.QUEUES) - served)
    if not answers:
        return fail("workers", "none answers", "Start one: celery -A chargenet worker (make run does).")
    if missing:
        return fail("workers", f"nobody serves {', '.join(missing)}", "Start a worker with -Q and these queues.")
    return ok("workers", f"{len(answers)} answer, all queues served")


def _beat() -> Finding:
    age = probes.beat_age()
    if age is None:
        return fail("beat", "no sign of life within the hour", "Start it: celery -A chargenet beat (make run does).")
    if age > BEAT_LATE:
        return fail("beat", f"last round {age:.0f} s ago", "Look at its log and start it again.")
    return ok("beat", f"last round {age:.0f} s ago")

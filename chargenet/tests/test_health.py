"""What load balancers and Prometheus are told."""

import json
import time
from typing import Any

import pytest
from celery import Celery
from django.conf import LazySettings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from redis import Redis

from chargenet import probes
from chargenet.beat import HEARTBEAT_KEY
from chargenet.celery import app

TOKEN = "a-token-of-at-least-32-characters-for-prometheus"
ALL_WELL = {"database": True, "redis": True, "migrations": True, "queue": True}


def waiting_message(sent_at: float) -> str:
    return json.dumps({"body": "", "headers": {"chargenet_sent_at": sent_at}, "properties": {}})


def test_a_process_is_healthy_without_asking_anybody(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_probes_are_answered_under_any_host_name_and_without_https(
    client: Client, db: None, own_redis: Redis, settings: LazySettings, path: str
) -> None:
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["charge.example.org"], True
    settings.METRICS_TOKEN = TOKEN
    response = client.get(path, headers={"host": "10.0.0.7", "authorization": f"Bearer {TOKEN}"})
    assert response.status_code == 200


def test_pages_are_not_answered_under_any_host_name(client: Client, db: None, settings: LazySettings) -> None:
    settings.ALLOWED_HOSTS = ["charge.example.org"]
    assert client.get("/sign-in/", headers={"host": "10.0.0.7"}).status_code == 400


def test_ready_when_every_part_answers(client: Client, db: None, own_redis: Redis) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"ready": True, "parts": ALL_WELL})


def test_not_ready_without_redis(client: Client, db: None, no_redis: None) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert response.json() == {"ready": False, "parts": ALL_WELL | {"redis": False, "queue": False}}


def test_not_ready_without_the_database(client: Client, transactional_db: None, own_redis: Redis) -> None:
    port = connection.settings_dict["PORT"]
    connection.close()
    connection.settings_dict["PORT"] = 1
    probes._migrated.cache_clear()
    try:
        parts = client.get("/readyz").json()["parts"]
    finally:
        connection.settings_dict["PORT"] = port
        connection.close()
    assert parts == ALL_WELL | {"database": False, "migrations": False}


def test_not_ready_before_the_migrations(
    client: Client, db: None, own_redis: Redis, no_migrations_remembered: None
) -> None:
    MigrationRecorder(connection).record_unapplied("sessions", "0001_initial")
    assert client.get("/readyz").json()["parts"] == ALL_WELL | {"migrations": False}
    assert probes.pending_migrations() == ["sessions.0001_initial"]


def test_not_ready_when_a_task_waits_too_long(
    client: Client, db: None, own_redis: Redis, settings: LazySettings
) -> None:
    own_redis.lpush("reports", waiting_message(time.time() - settings.READY_QUEUE_SECONDS - 5))
    own_redis.lpush("reports", waiting_message(time.time()))
    assert client.get("/readyz").json()["parts"] == ALL_WELL | {"queue": False}


def test_readiness_is_asked_with_few_queries(
    client: Client, db: None, own_redis: Redis, django_assert_num_queries: Any
) -> None:
    client.get("/readyz")
    with django_assert_num_queries(1):
        client.get("/readyz")


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_probes_only_read(client: Client, db: None, own_redis: Redis, path: str) -> None:
    assert client.post(path).status_code == 405


def test_a_task_carries_the_moment_it_was_sent(own_redis: Redis, settings: LazySettings) -> None:
    with app.connection_for_write(url=settings.REDIS_URL) as broker:
        app.send_task("nobody.home", queue="default", connection=broker)
    assert probes.queue_lengths() == {"default": 1, "reports": 0, "backups": 0}
    assert 0 < probes.queue_age() < 10


def test_the_queues_and_limits_are_those_that_were_designed() -> None:
    assert isinstance(app, Celery)
    assert app.conf.task_acks_late is True
    assert app.conf.broker_transport_options["visibility_timeout"] > app.conf.task_time_limit


# --- Metrics ------------------------------------------------------------------------------------


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x"])
def test_metrics_do_not_exist_without_the_token(client: Client, settings: LazySettings, authorization: str) -> None:
    settings.METRICS_TOKEN = TOKEN
    assert client.get("/metrics", headers={"authorization": authorization}).status_code == 404


def test_metrics_do_not_exist_where_no_token_is_set(client: Client, settings: LazySettings) -> None:
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


def metrics(client: Client, settings: LazySettings) -> str:
    settings.METRICS_TOKEN = TOKEN
    response = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert response.status_code == 200
    return response.content.decode()


def test_metrics_count_requests_by_the_name_of_their_view(
    client: Client, db: None, own_redis: Redis, settings: LazySettings
) -> None:
    def counted() -> float:
        wanted = 'chargenet_http_requests_total{method="GET",status="200",view="security:sign-in"} '
        lines = [line for line in metrics(client, settings).splitlines() if line.startswith(wanted)]
        return float(lines[0].removeprefix(wanted)) if lines else 0.0

    before = counted()
    client.get("/sign-in/")
    assert counted() == before + 1


def test_metrics_tell_queues_and_beat(client: Client, db: None, own_redis: Redis, settings: LazySettings) -> None:
    own_redis.lpush("backups", waiting_message(time.time()))
    own_redis.set(HEARTBEAT_KEY, f"{time.time() - 40:.0f}")
    told = metrics(client, settings).splitlines()
    assert 'chargenet_queue_messages{queue="backups"} 1.0' in told
    [age] = [float(line.split()[1]) for line in told if line.startswith("chargenet_beat_age_seconds ")]
    assert 39 <= age <= 45


def test_metrics_answer_while_redis_is_away(client: Client, db: None, no_redis: None, settings: LazySettings) -> None:
    told = metrics(client, settings).splitlines()
    assert {'chargenet_part_up{part="database"} 1.0', 'chargenet_part_up{part="redis"} 0.0'} <= set(told)

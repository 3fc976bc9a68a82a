"""``/healthz``, ``/readyz`` and ``/metrics``: for load balancers and Prometheus, without any data of a network."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from django.conf import settings
from django.db import Error as DatabaseFailure
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST
from redis import RedisError

from chargenet import metrics, probes
from core.rights import public


@public
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; asks nobody else, so that an outage of the database does not restart the web."""
    return HttpResponse("ok\n", content_type="text/plain")


@public
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when database, Redis, migrations and queue are in order, else 503; says which part, never why."""
    parts = {
        "database": _holds(_database),
        "redis": _holds(_redis),
        "migrations": _holds(probes.is_migrated),
        "queue": _holds(lambda: probes.queue_age() <= settings.READY_QUEUE_SECONDS),
    }
    response = JsonResponse({"ready": all(parts.values()), "parts": parts}, status=200 if all(parts.values()) else 503)
    if response.status_code == 503:
        response["Retry-After"] = "5"
    return response


@public
@never_cache
@require_safe
def metrics_page(request: HttpRequest) -> HttpResponse:
    """Prometheus' text, for the bearer of ``METRICS_TOKEN``; to everybody else this page does not exist."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    expected = settings.METRICS_TOKEN
    if not expected or scheme.lower() != "bearer" or not secrets.compare_digest(token.encode(), expected.encode()):
        return HttpResponseNotFound("Not found\n", content_type="text/plain")
    return HttpResponse(metrics.exposition(), content_type=CONTENT_TYPE_LATEST)


def _database() -> bool:
    probes.database_answers()
    return True


def _redis() -> bool:
    probes.redis_answers()
    return True


def _holds(question: Callable[[], bool]) -> bool:
    try:
        return question()
    except (DatabaseFailure, RedisError):
        return False

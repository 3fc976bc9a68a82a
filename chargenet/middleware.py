"""The outermost middleware: request id, the caller's address behind a proxy, one log line and the metrics."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from chargenet import health, metrics
from core import context

HEADER = "X-Request-ID"
logger = logging.getLogger("chargenet.request")
# Answered before the host name is checked and https is asked for: load balancers and Prometheus call by address.
EARLY: dict[str, Callable[[HttpRequest], HttpResponseBase]] = {
    "/healthz": health.healthz,
    "/readyz": health.readyz,
    "/metrics": health.metrics_page,
}
_ACCEPTED = re.compile(r"[A-Za-z0-9._-]{8,64}")
_SECRET_LOOKING = re.compile(r"[^/]{25,}")  # a password-reset token, a signed download
_QUIET = (*EARLY, "/static/")


class RequestIdMiddleware:
    """Takes the proxy's request id or makes one; the answer, the log, history and work records carry it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get(HEADER, "")
        request_id = given if _ACCEPTED.fullmatch(given) else uuid.uuid4().hex
        _take_address_of_proxy(request)
        started = time.perf_counter()
        token = context.request_id.set(request_id)
        try:
            early = EARLY.get(request.path_info)
            response = early(request) if early else self.get_response(request)
            response[HEADER] = request_id
            _report(request, response.status_code, time.perf_counter() - started)
            return response
        finally:
            context.request_id.reset(token)


def _take_address_of_proxy(request: HttpRequest) -> None:
    """Behind our own proxy the caller is the last name in X-Forwarded-For; what stands before it may be invented."""
    if settings.SECURE_PROXY_SSL_HEADER:
        forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if forwarded:
            request.META["REMOTE_ADDR"] = forwarded


def _report(request: HttpRequest, status: int, seconds: float) -> None:
    match = request.resolver_match
    metrics.observe_request(request.method or "", match.view_name if match else "", status, seconds)
    if request.path.startswith(_QUIET) and status < 500:
        return
    network = getattr(request, "network", None)
    account = getattr(request, "_cached_user", None)  # set by Django when somebody asked; asking here would query
    path = _SECRET_LOOKING.sub("…", request.path)
    milliseconds = round(seconds * 1000)
    logger.log(
        logging.ERROR if status >= 500 else logging.INFO,
        "%s %s %s %s ms",
        request.method,
        path,
        status,
        milliseconds,
        extra={
            "network": network.slug if network is not None else "",
            "account": (account.pk or "") if account is not None else "",
            "method": request.method,
            "path": path,
            "status": status,
            "milliseconds": milliseconds,
        },
    )

"""Refusals of requests are recorded, in a transaction of their own after that of the request."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponseBase

from core import context
from core.records import REFUSED, Deed, keep_refusal, refusals_noted
from core.tenancy.scope import network_scope
from security.recording.devices import device_of

logger = logging.getLogger(__name__)


class RefusalsRecorded:
    """Records each page (403) and each deed that the account of a request was refused inside a network.

    It stands around the door: what it writes is not undone with the request's own transaction. Strangers who get 404
    at the door leave no line: a network hears nothing of accounts that have no role in it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = context.device.set(device_of(request.headers.get("User-Agent", "")))
        try:
            with refusals_noted() as noted:
                response = self.get_response(request)
            if response.status_code == 403:
                noted.append(_page_refused(request))
            network = getattr(request, "network", None)
            if noted and network is not None:
                _keep(network, request, noted)
            return response
        finally:
            context.device.reset(token)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Remember which right was missing; the page does not say."""
        if isinstance(exception, PermissionDenied):
            request.refused_permission = str(exception)  # type: ignore[attr-defined]


def _page_refused(request: HttpRequest) -> Deed:
    match = request.resolver_match
    page = match.view_name if match is not None else ""
    after: dict[str, Any] = {"page": page}
    missing = getattr(request, "refused_permission", "")
    if missing:
        after["permission"] = missing
    # Addresses below the network name records by their codes and no people; what was asked for (?…) is left out.
    return Deed("access.refused", summary=f"{request.method} {request.path}"[:500], after=after, result=REFUSED)


def _keep(network: Any, request: HttpRequest, noted: list[Deed]) -> None:
    """Keep them; a database that refuses costs the record of the refusal, never the answer."""
    match = request.resolver_match
    page = match.view_name if match is not None else ""
    try:
        with network_scope(network), transaction.atomic():
            for deed in noted:
                keep_refusal(
                    Deed(
                        deed.verb,
                        deed.target,
                        request.user,
                        deed.summary,
                        after={"page": page, **deed.after},
                        site=deed.site,
                        result=REFUSED,
                    )
                )
    except DatabaseError:
        logger.exception("A refusal could not be recorded")

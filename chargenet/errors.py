"""Error pages: one look, the request's id for whoever searches the log, and nothing about what went wrong inside."""

from __future__ import annotations

import sys
from typing import Any

import redis
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from core.context import request_id

RETRY_AFTER = 15  # seconds; as long as templates/errors/503.html waits before it asks again
AWAY = (OperationalError, InterfaceError, redis.ConnectionError, redis.TimeoutError)


def error_page(status: int, *, reason: str = "") -> HttpResponse:
    """The page of an error. It needs neither account nor network nor database: any of them may be what is broken."""
    content = render_to_string(f"errors/{status}.html", {"request_id": request_id.get(), "reason": reason})
    response = HttpResponse(content, status=status)
    response["Cache-Control"] = "no-store"
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400; 413 for a form that is larger than forms are."""
    if isinstance(exception, RequestDataTooBig):
        return error_page(413)
    if isinstance(exception, TooManyFieldsSent | TooManyFilesSent):
        return error_page(400, reason=_("The form has more fields than forms of this product have."))
    return error_page(400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403. Which right is missing is not said: the text of the exception is meant for the log."""
    return error_page(403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: the same for what is not there and for what is not the reader's to see."""
    return error_page(404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 when the database or Redis does not answer, which passes by itself."""
    if isinstance(sys.exc_info()[1], AWAY):
        response = error_page(503)
        response["Retry-After"] = str(RETRY_AFTER)
        return response
    return error_page(500)


def csrf_failure(request: HttpRequest, reason: str = "", **_ignored: Any) -> HttpResponse:
    """403 for a form without a valid token: mostly one that stood open while somebody signed in again."""
    return error_page(403, reason=_("The form was too old, or did not come from this site. Load the page again."))

"""A fresh proof of who it is before a sensitive deed.

`sensitive(view)` wraps a view (below the decorator that states its permission); `method_decorator(sensitive)` wraps a
method of an admin page. Who has shown password or second factor within `PROOF_MINUTES` passes. A GET comes back to the
same address afterwards; what a POST carried is kept in the session and sent again by the person's own hand, never by
itself.
"""

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import urlencode

from core.clock import now
from security.signing.sessions import PROVED

KEPT = "interrupted_form"
MOST_KEPT = 20_000  # characters of a form that is kept; a longer one is typed again
NEVER_KEPT = ("csrfmiddlewaretoken", "password")


def proved_recently(request: HttpRequest) -> bool:
    """Whether the account of this session has shown password or second factor a short while ago."""
    if not request.user.is_authenticated:
        return False
    records = get_authentication_records(request, request.user)
    moments = [float(record.get("at", 0)) for record in records if record.get("reauthenticated")]
    latest = max([float(request.session.get(PROVED, 0)), *moments])
    return 0 <= now().timestamp() - latest < settings.PROOF_MINUTES * 60


def sensitive(view: Callable[..., Any]) -> Callable[..., Any]:
    """Ask for a proof first when the last one is too old."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return view(request, *args, **kwargs) if proved_recently(request) else ask(request)

    return wrapper


def ask(request: HttpRequest) -> HttpResponse:
    """Send somebody to prove who it is, and then back."""
    path = request.get_full_path()
    if request.method != "GET":
        key = secrets.token_urlsafe(8)
        request.session[KEPT] = {"key": key, "path": path, "fields": _fields(request)}
        path = f"{resolve_url('account:go-on')}?{urlencode({'form': key})}"
    address = f"{resolve_url('account_reauthenticate')}?{urlencode({'next': path})}"
    if "HX-Request" in request.headers:  # a part of a page cannot ask: the whole page goes
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def _fields(request: HttpRequest) -> list[list[str]]:
    """What the form carried; nothing when it is too long, has files or a password in it."""
    pairs = [[name, value] for name, values in request.POST.lists() for value in values if name != NEVER_KEPT[0]]
    size = sum(len(name) + len(value) for name, value in pairs)
    if request.FILES or size > MOST_KEPT or any(NEVER_KEPT[1] in name for name, _value in pairs):
        return []
    return pairs

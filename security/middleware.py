"""Who is asking, and the door into a network."""

import re
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone, translation

from core import context
from core.rights import to_sign_in
from core.tenancy.scope import network_scope
from security.networks.door import suspended_page
from security.queries import network_of

INSIDE = re.compile(r"^/n/(?P<slug>[-a-zA-Z0-9_]+)/")
READING = frozenset({"GET", "HEAD", "OPTIONS"})


class SignedInMiddleware:
    """Names the account in the context of the work, so that history and records carry it; sets the language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        account = request.user if request.user.is_authenticated else None
        token = context.address.set(request.META.get("REMOTE_ADDR") or None)
        try:
            with context.acting_as(account):
                if account is not None and account.language:
                    translation.activate(account.language)
                    request.LANGUAGE_CODE = account.language
                return self.get_response(request)
        finally:
            context.address.reset(token)


class NetworkDoor:
    """Pages under /n/<slug>/ run inside that network for the accounts that hold a role there; others get 404.

    A stranger and a slug that does not exist get the same answer in the same way: neither learns which it was.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        inside = INSIDE.match(request.path_info)
        request.network = None  # type: ignore[attr-defined]
        if inside is None:
            return self.get_response(request)
        if not request.user.is_authenticated:
            return to_sign_in(request)
        network = network_of(request.user, inside["slug"])
        if network is None:
            request.refused_by_door = True  # type: ignore[attr-defined]
            return self.get_response(request)
        if network.is_suspended:
            return suspended_page(network)
        request.network = network  # type: ignore[attr-defined]
        with network_scope(network), timezone.override(network.zone):
            if not request.user.language:
                translation.activate(network.language)
                request.LANGUAGE_CODE = network.language
            if request.method not in READING:
                return self.get_response(request)
            # One transaction for a page that only reads: the tenant's setting is sent once, not with every query.
            with transaction.atomic():
                response = self.get_response(request)
                if response.status_code >= 500:
                    transaction.set_rollback(True)
                return response

    def process_view(self, request: Any, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        """Take the slug off the view's arguments; raises Http404 where the door stays shut."""
        if kwargs.pop("network_slug", None) is None:
            return
        if request.network is None or getattr(request, "refused_by_door", False):
            raise Http404

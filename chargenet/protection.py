"""What every answer carries and what no request may exceed: nothing private is kept, sizes and rates are limited."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chargenet.errors import error_page
from core.rate_limits import Limit, bucket, take

Answer = Callable[[HttpRequest], HttpResponseBase]
PRIVATE = "private, no-store"
MULTIPART_SPARE = 1_000_000  # bytes of a form around its file
ADDRESS_FACTOR = 5  # so many people may stand behind one address


class PrivateAnswers:
    """Answers are private unless they say that they are public (static files do): nobody keeps a copy.

    No validators either: a browser that asks "has it changed?" would need to have kept something.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        said = response.get("Cache-Control", "")
        if "public" not in said:
            if "no-store" not in said:
                response["Cache-Control"] = PRIVATE
            for validator in ("ETag", "Last-Modified", "Expires"):
                if response.has_header(validator):
                    del response[validator]
        return response


class RequestSizes:
    """Refuses a request that says it is too large before anything of it is read."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """413 where the body is larger than the view takes; views that take files say `takes_files`."""
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            return error_page(400)
        takes_files = getattr(view, "takes_files", False)
        most = settings.IMPORT_MAX_BYTES + MULTIPART_SPARE if takes_files else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        return None if length <= most else error_page(413, reason=size_reason(most))


def size_reason(most: int) -> str:
    """How much is taken, for people."""
    return _("At most %(size)s MB are taken here.") % {"size": f"{most / 1e6:,.0f}"}


class RateLimits:
    """429 for whoever signs in, searches, exports or asks for reports more often than people do."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Take a token for the kind of work that this request is."""
        kind = kind_of(request, view)
        limit = settings.RATE_LIMITS.get(kind)
        if limit is None:
            return None
        wait = take(buckets_of(request, kind, Limit.parse(limit)))
        if not wait:
            return None
        response = error_page(429, reason=_waiting(wait))
        response["Retry-After"] = str(wait)
        return response


def kind_of(request: HttpRequest, view: Any) -> str:
    """Which limit a request falls under; "" for none. A view may say its own: `view.rate_limit = "sign-in"`."""
    name = request.resolver_match.view_name if request.resolver_match else ""
    stated = getattr(view, "rate_limit", "")
    if stated or name == "security:sign-in":
        # Opening the form is free, sending it is not.
        return "" if request.method in ("GET", "HEAD", "OPTIONS") else stated or "sign-in"
    if name.endswith(("-export", ":export")) or "format" in request.GET:
        return "export"
    if name == "reports:report-detail":
        return "report"
    if name.endswith(("-choices", ":autocomplete")) or request.GET.get("q"):
        return "search"
    return ""


def buckets_of(request: HttpRequest, kind: str, limit: Limit) -> list[tuple[str, Limit]]:
    """The buckets of a request: its account's in this network, and its address's in this network."""
    network = getattr(request, "network", None)
    network_id = network.pk if network is not None else None
    address = bucket(kind, network_id, f"address:{request.META.get('REMOTE_ADDR', '')}")
    account = getattr(request, "user", None)
    if kind == "sign-in" or account is None or not account.is_authenticated:
        return [(address, limit)]
    return [(bucket(kind, network_id, f"account:{account.pk}"), limit), (address, limit.times(ADDRESS_FACTOR))]


def _waiting(seconds: int) -> str:
    if seconds < 120:
        return ngettext("Try again in %(n)d second.", "Try again in %(n)d seconds.", seconds) % {"n": seconds}
    minutes = -(-seconds // 60)
    return ngettext("Try again in %(n)d minute.", "Try again in %(n)d minutes.", minutes) % {"n": minutes}

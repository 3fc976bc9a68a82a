"""Limits on guessing: per pair of account and address, per address over all accounts, and the page that says so.

A stranger can lock nobody out: the pair is the account at the stranger's own address, and a device that the account
knows counts apart even behind the same address (a shop, a phone network).
"""

import hashlib
import ipaddress
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from core.clock import now
from security.signing.devices import device_of

HOUR = 3600
NO_ADDRESS = "0.0.0.0"  # noqa: S104 (not bound to: stands for a request without an address)


def address_of(request: HttpRequest) -> str:
    """The caller's address as it is counted: of IPv6 the /64, which is one household or one office."""
    text = request.META.get("REMOTE_ADDR") or NO_ADDRESS
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return NO_ADDRESS
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network(f"{address}/64", strict=False).network_address)
    return str(address)


def counted_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """The name under which failures are counted: the address that was typed, and the device if it knows the account.

    What was typed is kept as a hash: people type passwords into the wrong field.
    """
    typed = (credentials or {}).get("username") or request.POST.get("username") or ""
    email = str(typed).casefold()
    return f"{name_digest(email)}:{device_of(request, email)}"


def name_digest(email: str) -> str:
    """The address in lower case as it stands in the counts of failures: nobody reads it there."""
    return hashlib.sha256(f"{settings.SECRET_KEY}:{email}".encode()).hexdigest()[:40]


class AddressCount:
    """Failures of one address within an hour, over all accounts.

    Kept in Redis, counted before the password is looked at: many attempts at once have no more of them.
    """

    def __init__(self, request: HttpRequest) -> None:
        self._key = f"sign-in-failures:{address_of(request)}"

    def take(self) -> bool:
        """Count one attempt; False when the address has had its share."""
        cache.add(self._key, 0, HOUR)
        try:
            return bool(cache.incr(self._key) <= settings.SIGN_IN_FAILURES_AN_HOUR)
        except ValueError:  # it ended between the two commands
            cache.set(self._key, 1, HOUR)
            return True

    def give_back(self) -> None:
        """The attempt was none of a guesser."""
        try:
            cache.decr(self._key)
        except ValueError:
            return


@contextmanager
def same_time_unless(right: Callable[[], bool] = lambda: False) -> Iterator[None]:
    """Take at least `REFUSAL_SECONDS`, so that the time of an answer does not tell whether an account exists.

    Where `right()` holds in the end nothing is hidden, and nobody waits.
    """
    started = time.monotonic()
    try:
        yield
    finally:
        if not right():
            time.sleep(max(0.0, settings.REFUSAL_SECONDS - (time.monotonic() - started)))


def locked_out(request: HttpRequest, original: Any = None, credentials: dict[str, Any] | None = None) -> HttpResponse:
    """What somebody reads after too many wrong passwords for one account from one address."""
    last = (
        AccessAttempt.objects.filter(
            username=counted_name(request, credentials or getattr(request, "axes_credentials", None)),
            ip_address=address_of(request),
        )
        .order_by("-attempt_time")
        .first()
    )
    pause = timedelta(hours=settings.AXES_COOLOFF_TIME)
    until = last.attempt_time + pause if last is not None else now() + pause
    return too_many(request, seconds=max(1.0, (until - now()).total_seconds()))


def too_many(request: HttpRequest, seconds: float = HOUR) -> HttpResponse:
    """429 with when to try again, in words and in the header."""
    minutes = math.ceil(seconds / 60)
    at = time_format(localtime(now() + timedelta(seconds=seconds)), "H:i")
    reason = _("Try again in %(minutes)d minutes (%(time)s).") % {"minutes": minutes, "time": at}
    response = render(request, "errors/429.html", {"reason": reason}, status=429)
    response["Retry-After"] = str(math.ceil(seconds))
    response["Cache-Control"] = "no-store"
    return response

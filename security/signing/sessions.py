"""Sessions: how long they last, when their key changes, how they are listed and ended."""

from collections.abc import Callable
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from core.clock import now
from core.rights import to_sign_in
from security.signing import devices

SIGNED_IN, SEEN, PROVED, STAMP = "signed_in_at", "seen_at", "proved_at", "rights_stamp"
SEEN_EVERY = timedelta(minutes=1)  # a session is not written for each of its requests

current_key: ContextVar[str] = ContextVar("session_key", default="")


def begin(request: HttpRequest, account: Any) -> None:
    """A session begins: signing in is the first proof of who it is."""
    moment = now().timestamp()
    request.session.update({SIGNED_IN: moment, SEEN: moment, PROVED: moment, STAMP: rights_stamp(account)})


def why_over(session: Any) -> str:
    """ "idle", "absolute" or, while the session lasts, empty. Only sessions of accounts are asked about."""
    moment = now().timestamp()
    begun, seen = session.get(SIGNED_IN), session.get(SEEN)
    if begun is None or seen is None or moment - begun >= settings.SESSION_MOST_HOURS * 3600:
        return "absolute"
    return "idle" if moment - seen >= settings.SESSION_IDLE_HOURS * 3600 else ""


def rights_stamp(account: Any) -> str:
    """Differs as soon as anything changed that the account may do."""
    return f"{account.rights_version}:{account.is_staff:d}{account.is_superuser:d}"


def sessions_of(account: Any) -> list[UserSession]:
    """The sessions of `account` that still run, the one used last first."""
    running = UserSession.objects.purge_and_list(account)
    return sorted(running, key=lambda session: session.last_seen_at, reverse=True)


def end_sessions(account: Any, *, but: str = "") -> int:
    """End all sessions of `account` at once, `but` the one of that key; returns how many."""
    ended = list(UserSession.objects.filter(user=account).exclude(session_key=but))
    for session in ended:
        session.end()
    return len(ended)


def forget_ended(*, now: datetime) -> int:
    """Delete sessions whose time is over, their entries in the lists, and old counts; returns how many entries went."""
    Session.objects.filter(expire_date__lt=now).delete()
    running = Session.objects.values("session_key")
    count, _kinds = UserSession.objects.exclude(session_key__in=running).delete()
    return count


class SessionLimits:
    """Ends sessions that were idle or have lasted too long, on the server; renews the key when rights have changed.

    Requests by which a page keeps itself up to date (live events) are nobody's doing: they do not prolong a session.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self._answer(request)
        reason = why_over(request.session)
        if reason:
            request.session_over = reason  # type: ignore[attr-defined]
            logout(request)
            messages.info(request, _("You were signed out for safety. Sign in to go on."))
            return to_sign_in(request)
        _renew(request)
        token = current_key.set(request.session.session_key or "")
        try:
            return self._answer(request)
        finally:
            current_key.reset(token)

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if getattr(request, "came_in", False):
            devices.remember(request, response, request.user.get_username())
        return response


def _renew(request: HttpRequest) -> None:
    """Note that the session is used, and give it a new key when the account's rights are not those it began with."""
    session, moment = request.session, now()
    if request.headers.get("X-Live") != "1" and moment.timestamp() - session[SEEN] >= SEEN_EVERY.total_seconds():
        session[SEEN] = moment.timestamp()
        UserSession.objects.filter(session_key=session.session_key).update(
            last_seen_at=moment,
            ip=request.META.get("REMOTE_ADDR") or "0.0.0.0",  # noqa: S104 (not bound to)
        )
    stamp = rights_stamp(request.user)
    # Only whole pages: what a page fetches besides still carries the key that it was loaded with.
    if session.get(STAMP) != stamp and request.method == "GET" and "HX-Request" not in request.headers:
        session[STAMP] = stamp
        old = session.session_key
        session.cycle_key()
        UserSession.objects.filter(session_key=old).update(session_key=session.session_key)

"""Devices that an account has signed in from: a signed, long-lived cookie, set on success.

Such a device has a count of failures of its own, so that wrong passwords of strangers do not reach it, and signing in
from it is nothing to write a mail about. It proves nothing else.
"""

import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import salted_hmac

COOKIE = "__Host-device" if settings.HTTPS else "device"
SALT = "security.signing.devices"
LIFETIME = 400 * 24 * 3600  # seconds; browsers keep no cookie longer
MOST_ACCOUNTS = 8  # of one device; the oldest is forgotten


def device_of(request: HttpRequest, email: str) -> str:
    """The name of the device if it is known for the account of `email`, else empty."""
    device = _read(request)
    return str(device["id"]) if _mark(email) in device["accounts"] else ""


def remember(request: HttpRequest, response: HttpResponseBase, email: str) -> None:
    """Let the answer carry the cookie that makes this device known for the account of `email`."""
    device = _read(request)
    accounts = [mark for mark in device["accounts"] if mark != _mark(email)]
    value = {"id": device["id"] or secrets.token_urlsafe(9), "accounts": [*accounts, _mark(email)][-MOST_ACCOUNTS:]}
    response.set_cookie(
        COOKIE,
        signing.dumps(value, salt=SALT),
        max_age=LIFETIME,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> dict[str, Any]:
    try:
        value = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LIFETIME)
    except signing.BadSignature:
        value = None
    return value if isinstance(value, dict) else {"id": "", "accounts": []}


def _mark(email: str) -> str:
    """Says to nobody else whose account it is."""
    return salted_hmac(SALT, email.casefold()).hexdigest()[:16]

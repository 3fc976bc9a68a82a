"""``manage.py check --deploy``: what a production environment lacks or has set unsafely, one line each."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured

from core.encryption import KeyRing

TAG = "chargenet"
MIN_SECRET = 50  # characters, as Django's own check
MIN_TOKEN = 32
DATABASES = {
    "DATABASE_URL": "the embedded PostgreSQL is for trying out",
    "DATABASE_OWNER_URL": "migrations run as the owner of the tables",
    "DATABASE_BACKUP_URL": "dumps run as the role that reads every network",
}
NEW_KEY = "manage.py rotate_keys --new-key"
PLACEHOLDERS = ("change-me", "changeme", "example", "development-only")


@register(TAG, deploy=True)
def check_production(app_configs: Sequence[Any] | None, **_: Any) -> list[CheckMessage]:
    """All of the checks below."""
    return [*_web(), *_addresses(), *_servers(), *_mail_and_metrics(), *_jobs()]


def _web() -> Iterator[CheckMessage]:
    if settings.DEBUG:
        yield Error("DEBUG is on: set DEBUG=0.", id="chargenet.E001")
    key = settings.SECRET_KEY
    if len(key) < MIN_SECRET or _is_placeholder(key):
        yield Error(
            f"SECRET_KEY is missing, a placeholder or shorter than {MIN_SECRET} characters.",
            hint="python3 -c 'import secrets; print(secrets.token_urlsafe(64))'",
            id="chargenet.E002",
        )
    keys = settings.FIELD_KEYS
    if not keys or "development:" in keys:
        yield Error("FIELD_KEYS is missing: personal fields would not be encrypted.", hint=NEW_KEY, id="chargenet.E004")
    else:
        try:
            KeyRing.parse(keys)
        except ImproperlyConfigured as error:
            yield Error(str(error), hint=NEW_KEY, id="chargenet.E005")
    if not settings.HTTPS:
        yield Error("HTTPS is off: cookies and sign-in would cross the network readable.", id="chargenet.E003")
    if settings.HTTPS and settings.SECURE_PROXY_SSL_HEADER is None:
        yield Warning(
            "BEHIND_PROXY is off: without a proxy that ends TLS before the web process, every page redirects forever.",
            hint="Set BEHIND_PROXY=1 when nginx (deploy/nginx.conf) stands in front.",
            id="chargenet.W001",
        )


def _addresses() -> Iterator[CheckMessage]:
    hosts, origins = settings.ALLOWED_HOSTS, settings.CSRF_TRUSTED_ORIGINS
    if not hosts or "*" in hosts:
        yield Error("ALLOWED_HOSTS is missing or allows every host: name yours.", id="chargenet.E010")
    if not origins or any(not origin.startswith("https://") for origin in origins):
        yield Error("CSRF_TRUSTED_ORIGINS is missing or not https: set https:// and the host.", id="chargenet.E011")
    if not settings.SITE_URL.startswith("https://"):
        yield Error("SITE_URL is missing or not https: links in mails and reports start with it.", id="chargenet.E012")
    if settings.LIVE_URL and not settings.LIVE_URL.startswith("https://"):
        yield Error("LIVE_URL is not https: browsers refuse it on an https page.", id="chargenet.E013")


def _servers() -> Iterator[CheckMessage]:
    databases = {name: os.environ.get(name, "") for name in DATABASES}
    for number, (name, url) in enumerate(databases.items()):
        if not url:
            yield Error(f"{name} is missing: {DATABASES[name]}.", id=f"chargenet.E02{number}")
        elif _is_placeholder(unquote(urlsplit(url).password or "")):
            yield Error(f"{name} has a placeholder as password.", id=f"chargenet.E02{number}")
    names = [urlsplit(url).username for url in databases.values() if url]
    if len(set(names)) < len(names):
        yield Error(
            "DATABASE_URL, DATABASE_OWNER_URL and DATABASE_BACKUP_URL must name three different roles.",
            hint="python -m chargenet.embedded roles makes them; see docs/running.md.",
            id="chargenet.E025",
        )
    redis = urlsplit(os.environ.get("REDIS_URL", ""))
    if not redis.hostname:
        yield Error("REDIS_URL is missing: the embedded Redis is for trying out.", id="chargenet.E026")
    elif not redis.password or _is_placeholder(unquote(redis.password)):
        yield Error("REDIS_URL has no password or a placeholder.", id="chargenet.E027")


def _mail_and_metrics() -> Iterator[CheckMessage]:
    if not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        yield Error("EMAIL_URL is missing or no mail server: nobody would get a password mail.", id="chargenet.E030")
    elif settings.EMAIL_HOST not in ("localhost", "127.0.0.1") and not (
        settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL
    ):
        yield Error("EMAIL_URL sends without TLS: use smtp+tls:// or smtp+ssl://.", id="chargenet.E031")
    if "@localhost" in settings.DEFAULT_FROM_EMAIL:
        yield Error("DEFAULT_FROM_EMAIL is missing: mails would come from localhost.", id="chargenet.E032")
    token = settings.METRICS_TOKEN
    if not token:
        yield Warning("METRICS_TOKEN is missing: /metrics stays closed.", id="chargenet.W030")
    elif len(token) < MIN_TOKEN or _is_placeholder(token):
        yield Error(f"METRICS_TOKEN is a placeholder or shorter than {MIN_TOKEN} characters.", id="chargenet.E033")


def _jobs() -> Iterator[CheckMessage]:
    visibility = settings.CELERY_BROKER_TRANSPORT_OPTIONS.get("visibility_timeout", 3600)
    if visibility <= settings.CELERY_TASK_TIME_LIMIT:
        yield Error(
            "The broker's visibility timeout is not above CELERY_TASK_TIME_LIMIT: long tasks would run twice.",
            id="chargenet.E040",
        )


def _is_placeholder(value: str) -> bool:
    return any(word in value.lower() for word in PLACEHOLDERS)

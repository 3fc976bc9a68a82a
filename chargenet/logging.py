"""Logs: one JSON object a line in production, a readable line in development.

Every line carries the request id, the network and the account id of the work that wrote it.
"""

from __future__ import annotations

import logging
from logging.config import dictConfig
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from core import context
from core.tenancy.scope import current_network

FIELDS = ("request_id", "network", "account")


class ContextFilter(logging.Filter):
    """Adds who and where to each record; what the caller passed as ``extra`` wins."""

    def filter(self, record: logging.LogRecord) -> bool:
        network, account = current_network(), context.current_actor()
        found = {
            "request_id": context.request_id.get(),
            "network": network.slug if network is not None else context.network_slug.get(),
            "account": account.pk if account is not None else "",
        }
        for name in FIELDS:
            if not hasattr(record, name):
                setattr(record, name, found[name] or "")
        return True


class ConsoleFormatter(logging.Formatter):
    """``12:00:01 INFO chargenet.request [ab12 demo 7] GET /n/demo/ 200 12 ms``."""

    def format(self, record: logging.LogRecord) -> str:
        words = [str(getattr(record, name, "") or "") for name in FIELDS]
        record.where = f" [{' '.join([words[0][:8], *words[1:]]).strip()}]" if any(words) else ""
        return super().format(record)


def json_formatter() -> JsonFormatter:
    """One object a line; times are RFC 3339 in UTC; what the caller passed as ``extra`` follows."""
    return JsonFormatter(
        "{levelname}{name}{message}" + "".join(f"{{{name}}}" for name in FIELDS),
        style="{",
        timestamp="time",
        rename_fields={"levelname": "level", "name": "logger"},
        json_ensure_ascii=False,
    )


def configure(options: dict[str, Any]) -> None:
    """Django's ``LOGGING_CONFIG``: ``options`` is ``{"level": "INFO", "json": True}``."""
    dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "filters": {"context": {"()": ContextFilter}},
            "formatters": {
                "json": {"()": json_formatter},
                "console": {
                    "()": ConsoleFormatter,
                    "format": "{asctime} {levelname} {name}{where} {message}",
                    "style": "{",
                    "datefmt": "%H:%M:%S",
                },
            },
            "handlers": {
                "stderr": {
                    "class": "logging.StreamHandler",
                    "filters": ["context"],
                    "formatter": "json" if options.get("json") else "console",
                }
            },
            "root": {"handlers": ["stderr"], "level": options.get("level", "INFO")},
            "loggers": {
                # Django's own handlers would print a second time.
                "django": {"handlers": [], "level": "INFO"},
                # The request line of our middleware says the same, with more.
                "django.server": {"handlers": [], "propagate": False},
                # 4xx are answers, not incidents; 5xx stay.
                "django.request": {"level": "ERROR"},
                # One line a task is enough: when it has ended.
                "celery.beat": {"level": "WARNING"},
                "celery.worker.strategy": {"level": "WARNING"},
                "fontTools": {"level": "WARNING"},
                "weasyprint": {"level": "ERROR"},
                "axes": {"level": "WARNING"},
            },
        }
    )

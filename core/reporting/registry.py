"""The reports of all apps."""

from __future__ import annotations

import re
from typing import TypeVar

from django.core.exceptions import ImproperlyConfigured

from core.reporting.report import Report

R = TypeVar("R", bound=type[Report])

#: Keys of addresses that are not parameters.
RESERVED = frozenset({"format", "table", "save", "network", "output", "language"})
_NAME = re.compile(r"[a-z][a-z0-9-]*")
_reports: dict[str, Report] = {}


class UnknownReport(LookupError):
    """No app declares a report of that name."""


def register(report: R) -> R:
    """Declares a report; a class decorator. Raises ImproperlyConfigured for one that could not work."""
    name = getattr(report, "name", "")
    if _NAME.fullmatch(name) is None:
        raise ImproperlyConfigured(f"{report.__name__}: the name of a report is lower case, such as “operations”")
    if not getattr(report, "permission", "") or not getattr(report, "title", ""):
        raise ImproperlyConfigured(f"{report.__name__}: a report states its title and its permission")
    known = _reports.get(name)
    if known is not None and _path(type(known)) != _path(report):
        raise ImproperlyConfigured(f"{report.__name__}: {type(known).__name__} is called “{name}” already")
    keys = [key for parameter in report.parameters for key in parameter.keys]
    if len(set(keys)) != len(keys) or RESERVED & set(keys):
        raise ImproperlyConfigured(f"{report.__name__}: two parameters share a key, or take a reserved one")
    _reports[name] = report()
    return report


def _path(report: type[Report]) -> str:
    return f"{report.__module__}.{report.__qualname__}"


def unregister(name: str) -> None:
    """Forgets a report; for tests that declare their own."""
    _reports.pop(name, None)


def registered_reports() -> list[Report]:
    """All reports, by title."""
    return sorted(_reports.values(), key=lambda report: str(report.title))


def report_named(name: str) -> Report:
    """The report of that name. Raises UnknownReport."""
    try:
        return _reports[name]
    except KeyError:
        raise UnknownReport(f"there is no report “{name}”") from None

"""Making a report: the run that computes it, and what was made, with its checksum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied

from core.reporting import document
from core.reporting.asking import Asker
from core.reporting.report import Report
from core.reporting.results import Result
from core.urls import network_url

PAGE = "reports:report-detail"


@dataclass(frozen=True)
class Run:
    """What a computation gets: who asks, and the value of each parameter by its name."""

    asker: Asker
    values: Mapping[str, Any]

    @property
    def network(self) -> Any:
        return self.asker.network

    @property
    def now(self) -> datetime:
        return self.asker.now


@dataclass(frozen=True)
class Made:
    """A made report: the result, and all that its forms need to know. The checksum is of the figures alone."""

    report: Report
    run: Run
    result: Result

    @property
    def network(self) -> Any:
        return self.run.asker.network

    @property
    def made_at(self) -> datetime:
        return self.run.asker.now

    @property
    def made_by(self) -> str:
        return self.run.asker.name

    @property
    def query(self) -> dict[str, str]:
        """The parameters as texts by key."""
        return self.report.query(self.run.values)

    @cached_property
    def canonical(self) -> dict[str, Any]:
        """The figures without words: what the checksum is of."""
        return document.canonical(self)

    @cached_property
    def checksum(self) -> str:
        """SHA-256 of the canonical JSON, in hexadecimal digits."""
        return document.checksum_of(self.canonical)

    @property
    def path(self) -> str:
        """The address of the report's page with these parameters, below the site's own."""
        query = self.report.query_string(self.run.values)
        return network_url(PAGE, self.report.name) + (f"?{query}" if query else "")

    @property
    def url(self) -> str:
        """The whole address, for paper."""
        return f"{settings.SITE_URL.rstrip('/')}{self.path}"


def make(report: Report, asker: Asker, values: Mapping[str, Any]) -> Made:
    """Computes a report for an asker in the network in scope, in the language and zone in force.

    Raises PermissionDenied where the asker does not hold the report's permission.
    """
    if not asker.may(report.permission):
        raise PermissionDenied(report.permission)
    run = Run(asker, values)
    return Made(report, run, report.compute(run))

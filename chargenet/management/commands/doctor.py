"""``manage.py doctor``: the state of every part, with a hint for each problem."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from chargenet.doctor import FAIL, OK, WARN, Finding, examine


class Command(BaseCommand):
    """Prints one line a part; exit code 1 when a part failed."""

    help = "Examine PostgreSQL, Redis, migrations, workers, beat, fonts, disk and clock."
    requires_system_checks: list[str] = []  # it must run just when something is wrong

    def add_arguments(self, parser: ArgumentParser) -> None:
        """``--json`` for monitoring."""
        parser.add_argument("--json", action="store_true", help="print a JSON list")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises ``CommandError`` (exit code 1) on a FAIL; warnings pass."""
        findings = examine()
        if options["json"]:
            self.stdout.write(json.dumps([asdict(finding) for finding in findings], indent=2))
        else:
            for finding in findings:
                self._print(finding)
        failed = [finding.name for finding in findings if finding.state == FAIL]
        if failed:
            raise CommandError(f"{len(failed)} of {len(findings)} parts failed: {', '.join(failed)}")

    def _print(self, finding: Finding) -> None:
        style = {OK: self.style.SUCCESS, WARN: self.style.WARNING, FAIL: self.style.ERROR}[finding.state]
        self.stdout.write(f"{style(f'{finding.state:<4}')}  {finding.name:<24}{finding.detail}")
        if finding.hint:
            self.stdout.write(f"      {'':<24}→ {finding.hint}")

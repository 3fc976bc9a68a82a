"""`manage.py verify_records`: are the work records as they were sealed?"""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.tenancy.scope import network_scope
from security.models import Network
from security.record_sets.proving import wrong_sets
from security.recording.chain import PLATFORM_CHAIN
from security.recording.verifying import Verdict, verify

MOST_NAMED = 20


class Command(BaseCommand):
    """Holds every record against its seal; ends with 1 where something is wrong."""

    help = "Find work records that were edited, removed, reordered, inserted or cut off since they were sealed."

    def add_arguments(self, parser: CommandParser) -> None:
        """--network, --head, --json."""
        parser.add_argument("--network", metavar="SLUG", help="only this network; without it all and the platform")
        parser.add_argument(
            "--head",
            action="append",
            default=[],
            metavar="NUMBER:HASH",
            help="a head from a printed work record set or the log (with --network)",
        )
        parser.add_argument("--json", action="store_true", help="the verdicts as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify and say what was found."""
        heads = dict(_head(text) for text in options["head"])
        if heads and not options["network"]:
            raise CommandError("--head belongs to one network: give --network too.")
        verdicts = {name: verdict for name, verdict in self._verdicts(options["network"], heads)}
        if options["json"]:
            told = {name: verdict.as_dict() for name, verdict in verdicts.items()}
            self.stdout.write(json.dumps(told, indent=2, ensure_ascii=False))
        else:
            for name, verdict in verdicts.items():
                self._say(name, verdict)
        if not all(verdict.is_right for verdict in verdicts.values()):
            sys.exit(1)

    def _verdicts(self, slug: str | None, heads: dict[int, str]) -> Any:
        networks = Network.objects.filter(slug=slug) if slug else Network.objects.order_by("slug")
        if slug and not networks:
            raise CommandError(f"There is no network “{slug}”.")
        for network in networks:
            with network_scope(network):
                verdict = verify(heads=heads)
                verdict.findings += wrong_sets()
                yield network.slug, verdict
        if not slug:
            yield "(platform)", verify(PLATFORM_CHAIN)

    def _say(self, name: str, verdict: Verdict) -> None:
        number, head = verdict.head
        state = "right" if verdict.is_right else "WRONG"
        self.stdout.write(
            f"{name}: {state}. {verdict.records} records in {verdict.seals} seals, {verdict.waiting} not sealed yet; "
            f"head {number}:{head}"
        )
        for finding in verdict.findings:
            named = ", ".join(map(str, finding.records[:MOST_NAMED]))
            more = f" and {len(finding.records) - MOST_NAMED} more" if len(finding.records) > MOST_NAMED else ""
            records = f" Records {named}{more}." if named else ""
            self.stdout.write(f"  {finding.kind}: {finding.text}{records}")


def _head(text: str) -> tuple[int, str]:
    number, _colon, head = text.partition(":")
    if not number.isdecimal() or len(head) != 64:
        raise CommandError(f"“{text}” is no head such as 42:9f86d0…; copy it whole.")
    return int(number), head.lower()

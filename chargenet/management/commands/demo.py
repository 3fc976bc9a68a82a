"""`manage.py demo`: load the demonstration network."""

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from chargenet.demo.load import SLUG, load_demo
from core.clock import now
from security.models import Network


class Command(BaseCommand):
    """Loads an invented city with about 60 sites and three months of sessions."""

    help = "Load the demonstration network: an invented city with about 60 sites and three months of sessions."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing when there is any network already")
        parser.add_argument(
            "--in-production", action="store_true", help="load it although DEBUG is off (invented data among real)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["if_empty"] and Network.objects.exists():
            self.stdout.write("There is a network already; the demonstration is not loaded.")
            return
        if not settings.DEBUG and not options["in_production"]:
            raise CommandError("DEBUG is off: the demonstration is loaded only with --in-production.")
        if Network.objects.filter(slug=SLUG).exists():
            raise CommandError(f"The network “{SLUG}” exists already.")
        started = time.monotonic()
        path = settings.VAR_DIR / "demo-accounts.json"
        made = load_demo(until=now(), accounts_path=path)
        counts = ", ".join(f"{count:,} {name}" for name, count in made.items())
        self.stdout.write(f"Demonstration loaded in {time.monotonic() - started:.1f} s: {counts}.")
        self.stdout.write(f"Sign-in names and passwords: {path}")

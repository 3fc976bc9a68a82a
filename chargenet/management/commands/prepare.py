"""``manage.py prepare``: what a start or an upgrade needs before the processes run, in one go."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Migrates and builds generated files; collects static files in production; loads the demo in development."""

    help = "Migrate, build files, then collect static files (DEBUG=0) or load the demo where nothing is yet (DEBUG=1)."
    requires_system_checks: list[str] = []  # the checks look at tables that the migrations make

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises ``CommandError`` of the command that failed."""
        verbosity = options["verbosity"]
        call_command("migrate", interactive=False, verbosity=verbosity)
        call_command("build_assets")
        if settings.DEBUG:
            call_command("demo", if_empty=True, verbosity=verbosity)
        else:
            call_command("collectstatic", interactive=False, verbosity=verbosity)

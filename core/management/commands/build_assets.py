"""Build the generated static files; a quick no-op when they are current."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.assets import assets_root, build_assets


class Command(BaseCommand):
    help = "Build the static files that are generated from installed packages (the Vega bundle)."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--force", action="store_true", help="build even when the present files are current")

    def handle(self, *args: Any, **options: Any) -> None:
        built = build_assets(force=options["force"])
        self.stdout.write(f"Assets in {assets_root()}: {'built' if built else 'current'}.")

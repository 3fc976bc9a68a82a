"""`manage.py import <importer> <file>…`: the wizard without its pages."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from core.clock import now
from core.context import acting_as
from core.errors import Refusal
from core.importing.actions import choose_columns, read_again, receive_file
from core.importing.files import sent_file
from core.importing.importer import Importer, importer_named, importers
from core.importing.mapping import MappingRefused, propose
from core.importing.models import ImportIssue, ImportRun
from core.importing.queries import remembered_or_preset
from core.importing.reading import Options
from core.importing.work import RowsWrong, apply_file, check_file
from core.tenancy.scope import network_scope

SHOWN_ISSUES = 20


class Command(BaseCommand):
    """Bring files into a network. Each file is one import of its own, all or nothing."""

    help = "Import files: manage.py import <importer> <file>… --network <slug>"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("importer", help="one of: " + ", ".join(importer.name for importer in importers()))
        parser.add_argument("files", nargs="+", type=Path, metavar="file")
        parser.add_argument("--network", required=True, help="slug of the network")
        parser.add_argument("--source", default="", help="name of the source; its mapping is remembered")
        parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE")
        parser.add_argument("--map", action="append", default=[], metavar="COLUMN=FIELD", help="empty field: ignore")
        parser.add_argument(
            "--read", action="append", default=[], metavar="NAME=VALUE", help="encoding, delimiter, sheet…"
        )
        parser.add_argument("--ignore-unknown", action="store_true", help="ignore columns that nothing is known of")
        parser.add_argument("--skip-wrong", action="store_true", help="import the good rows, leave the wrong ones out")
        parser.add_argument("--dry-run", action="store_true", help="only check")
        parser.add_argument("--account", default="", help="e-mail of the account that stands in the records")

    def handle(self, *args: Any, **options: Any) -> None:
        network = apps.get_model("security.Network").objects.filter(slug=options["network"]).first()
        if network is None:
            raise CommandError(f"There is no network {options['network']!r}.")
        try:
            importer = importer_named(options["importer"])
        except LookupError:
            names = ", ".join(known.name for known in importers())
            raise CommandError(f"There is no importer {options['importer']!r}; known are: {names}.") from None
        actor = self._account(options["account"])
        with network_scope(network), acting_as(actor):
            for path in options["files"]:
                self._import(importer, path, actor, options)

    def _account(self, email: str) -> Any:
        if not email:
            return None
        account = apps.get_model("security.Account").objects.filter(email=email.lower()).first()
        if account is None:
            raise CommandError(f"There is no account {email!r}.")
        return account

    def _import(self, importer: type[Importer], path: Path, actor: Any, options: dict[str, Any]) -> None:
        if not path.is_file():
            raise CommandError(f"{path} is not a file.")
        self.stdout.write(self.style.MIGRATE_HEADING(str(path)))
        try:
            run = self._receive(importer, path, actor, options)
            if options["dry_run"]:
                run = check_file(run=run, actor=actor, now=now())
            else:
                run = self._apply(run, actor, skip_wrong=options["skip_wrong"])
        except Refusal as refusal:
            raise CommandError(f"{path}: {refusal}") from refusal
        self._report(importer, run)

    def _receive(self, importer: type[Importer], path: Path, actor: Any, options: dict[str, Any]) -> ImportRun:
        reading = _pairs(options["read"])
        with path.open("rb") as stream, transaction.atomic():
            run = receive_file(
                importer=importer,
                sent=sent_file(path, stream),
                source_name=options["source"] or path.name,
                actor=actor,
                now=now(),
                reading=Options.from_text(reading),
            )
            known = remembered_or_preset(importer, run)
            if known.reading and not reading:
                run = read_again(run=run, reading=Options.from_dict(known.reading), actor=actor)
            mapping = propose(importer, run.columns, known.mapping) | _pairs(options["map"])
            if options["ignore_unknown"]:
                mapping = dict.fromkeys(run.columns, "") | mapping
            chosen = dict(known.options) | _pairs(options["option"])
            try:
                return choose_columns(run=run, mapping=mapping, options=chosen, actor=actor, now=now())
            except MappingRefused as refusal:
                raise CommandError(self._mapping_help(importer, path, refusal)) from refusal

    def _mapping_help(self, importer: type[Importer], path: Path, refusal: MappingRefused) -> str:
        fields = ", ".join(field.name for field in importer.fields)
        return f"{path}: {refusal} Use --map COLUMN=FIELD (fields: {fields}), or --map COLUMN= to ignore a column."

    def _apply(self, run: ImportRun, actor: Any, *, skip_wrong: bool) -> ImportRun:
        """Apply in one pass; only when rows are wrong a second pass lists them."""
        ImportRun.objects.filter(pk=run.pk).update(skip_wrong=skip_wrong)
        try:
            return apply_file(run=run, actor=actor, now=now())
        except RowsWrong as refusal:
            run = check_file(run=run, actor=actor, now=now())
            self._report(importer_named(run.importer), run)
            raise CommandError(f"{run.number}: {refusal}") from refusal

    def _report(self, importer: type[Importer], run: ImportRun) -> None:
        counts = run.counts
        self.stdout.write(f"{run.number} {run.get_state_display()}: {run.total} rows")
        for name in ("new", "changed", "unchanged", "aside", "wrong"):
            self.stdout.write(f"  {name:10} {counts.get(name, 0):>9}")
            for reason, count in counts["reasons"].get(name, {}).items():
                self.stdout.write(f"    {count:>9}  {reason}: {importer.reason_text(reason)}")
        for reason, count in counts["reasons"].get("noted", {}).items():
            self.stdout.write(f"  noted      {count:>9}  {reason}: {importer.reason_text(reason)}")
        for label, value in run.figures:
            self.stdout.write(f"  {label}: {value}")
        for issue in ImportIssue.objects.filter(run=run, kind="wrong")[:SHOWN_ISSUES]:
            place = f"{issue.sheet} {issue.row_number}".strip()
            self.stdout.write(f"  row {place}, {issue.column or '-'}: {issue.message}")


def _pairs(items: list[str]) -> dict[str, str]:
    """["a=b"] → {"a": "b"}; the last "=" divides, as names of columns may hold one."""
    pairs = {}
    for item in items:
        name, equals, value = item.rpartition("=")
        if not equals:
            raise CommandError(f"{item!r} is not of the form NAME=VALUE.")
        pairs[name] = value
    return pairs

"""`manage.py report operations --network dundee --month 2018-03 --format json`: a report without the web."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from core import clock
from core.records import record
from core.reporting import Made, UnknownReport, make, registered_reports, report_named
from core.reporting.asking import Asker
from core.reporting.files import UnknownTable
from core.tenancy.scope import network_scope
from reports.renderings import RENDERINGS
from security.models import Network


class Command(BaseCommand):
    """Makes a report of a network and writes it to a file or to the standard output."""

    help = "Makes a report of a network. The parameters of a report are options: --month 2018-03 --site ST-001."

    def add_arguments(self, parser: ArgumentParser) -> None:
        reports = registered_reports()
        names = ", ".join(report.name for report in reports)
        parser.add_argument("report", help=f"one of: {names}")
        parser.add_argument("--network", required=True, help="short name of the network")
        parser.add_argument("--format", default="text", choices=list(RENDERINGS), help="default: text")
        parser.add_argument("--table", default="", help="with --format csv: the table (default: the figures)")
        parser.add_argument("--language", default="", help="default: the network's")
        parser.add_argument("--output", type=Path, help="file to write (default: standard output)")
        labels: dict[str, list[str]] = {}
        for report in reports:
            for parameter in report.parameters:
                for key in parameter.keys:
                    labels.setdefault(key, []).append(f"{report.name}: {parameter.label}")
        for key, texts in labels.items():
            parser.add_argument(f"--{key.replace('_', '-')}", dest=f"p_{key}", default="", help="; ".join(texts))

    def handle(self, *args: Any, **options: Any) -> None:
        network = Network.objects.filter(slug=options["network"]).first()
        if network is None:
            raise CommandError(f"There is no network “{options['network']}”.")
        language = options["language"] or network.language
        with network_scope(network), timezone.override(network.zone), translation.override(language):
            made = self._made(network, options)
            content = self._content(made, options)
            after = {"report": made.report.name, "format": options["format"]}
            record("report.downloaded", summary=str(made.report.title), after=after)
        if options["output"]:
            options["output"].write_bytes(content)
            self.stderr.write(f"{options['output']}: {len(content)} bytes")
        elif options["format"] in {"pdf", "xlsx", "zip"}:
            sys.stdout.flush()
            sys.stdout.buffer.write(content)
        else:
            self.stdout.write(content.decode(), ending="")

    def _made(self, network: Network, options: dict[str, Any]) -> Made:
        try:
            report = report_named(options["report"])
        except UnknownReport as error:
            raise CommandError(f"{error}; there are: {', '.join(r.name for r in registered_reports())}") from error
        asker = Asker(network=network, now=clock.now(), is_system=True)
        keys = {key for parameter in report.parameters for key in parameter.keys}
        given = {key: options[f"p_{key}"] for key in keys if options[f"p_{key}"]}
        foreign = [name[2:] for name in options if name.startswith("p_") and options[name] and name[2:] not in keys]
        if foreign:
            raise CommandError(f"“{report.name}” has no parameter {', '.join(sorted(foreign))}.")
        form = report.form(asker, given)
        if not form.is_valid():
            wrong = [f"{name}: {' '.join(map(str, errors))}" for name, errors in form.errors.items()]
            raise CommandError("; ".join(wrong))
        return make(report, asker, form.values)

    def _content(self, made: Made, options: dict[str, Any]) -> bytes:
        try:
            return RENDERINGS[options["format"]].write(made, options["table"])
        except UnknownTable as error:
            tables = ", ".join(table.name for table in made.result.tables)
            raise CommandError(f"{error}; there are: figures, {tables}") from error

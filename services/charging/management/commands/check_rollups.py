"""`manage.py check_rollups`: do the sums of the charging sessions equal the sessions?"""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.tenancy.scope import network_scope
from security.models import Network
from services.charging.rollups import rebuild_rollups, rollup_differences

SHOWN = 20


class Command(BaseCommand):
    """Compares the rollups of some or all networks with their sessions; exit status 1 when they differ."""

    help = "Proves that the daily and hourly sums of charging sessions equal the sessions; --repair computes them anew."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--network", action="append", metavar="SLUG", help="only this network (may be repeated)")
        parser.add_argument("--repair", action="store_true", help="compute rollups anew where they differ")

    def handle(self, *args: Any, **options: Any) -> None:
        networks = Network.objects.order_by("slug")
        if options["network"]:
            networks = networks.filter(slug__in=options["network"])
            unknown = set(options["network"]) - {network.slug for network in networks}
            if unknown:
                raise CommandError(_("There is no network %(slugs)s.") % {"slugs": ", ".join(sorted(unknown))})
        left = 0
        for network in networks:
            with network_scope(network):
                left += self._check(network, repair=options["repair"])
        if left:
            raise CommandError(ngettext("%(count)d difference.", "%(count)d differences.", left) % {"count": left})

    def _check(self, network: Network, *, repair: bool) -> int:
        """Look at one network, repair it if asked; returns how many differences are left."""
        differences = rollup_differences()
        if not differences:
            self.stdout.write(_("%(network)s: the rollups equal the sessions.") % {"network": network.slug})
            return 0
        for difference in differences[:SHOWN]:
            self.stdout.write(f"{network.slug}: {difference}")
        if len(differences) > SHOWN:
            self.stdout.write(f"{network.slug}: … {len(differences) - SHOWN}")
        if not repair:
            return len(differences)
        rebuild_rollups()
        self.stdout.write(_("%(network)s: computed anew.") % {"network": network.slug})
        return len(rollup_differences())

"""`manage.py export_person`: what one network knows of one person, as an archive."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.clock import now
from core.tenancy.scope import network_scope
from security.models import Network
from security.privacy.exporting import export_person
from security.queries import people_of_network


class Command(BaseCommand):
    """For the operator of an installation; directors have a page for it."""

    help = "Write everything that a network knows of a person into a ZIP archive (JSON and PDF)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--network", required=True, help="short name of the network")
        parser.add_argument("--email", required=True, help="e-mail address of the person")
        parser.add_argument("--to", required=True, type=Path, help="the archive; an existing file is not replaced")

    def handle(self, *args: Any, **options: Any) -> None:
        network = Network.objects.filter(slug=options["network"]).first()
        if network is None:
            raise CommandError("There is no such network.")
        with network_scope(network):
            account = people_of_network().filter(email=options["email"].lower()).first()
            if account is None:
                raise CommandError("Nobody of that address has or had a role in this network.")
            content = export_person(account=account, actor=None, now=now())
        try:
            with options["to"].open("xb") as file:
                file.write(content)
        except OSError as error:
            raise CommandError(f"{options['to']} cannot be written: {error.strerror}.") from error
        options["to"].chmod(0o600)
        self.stdout.write(f"Account {account.pk}: {len(content)} bytes in {options['to']}.")

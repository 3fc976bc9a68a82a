"""`manage.py rotate_keys`: encrypt everything anew with the first key of FIELD_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.encryption.keys import key_ring, new_key
from core.encryption.rotating import BATCH, models_with_secrets, rotate
from core.tasks import networks
from core.tenancy.guard import is_tenant_model
from core.tenancy.scope import network_scope


class Command(BaseCommand):
    """Put the new key first in FIELD_KEYS, keep the old ones behind it, restart, run this, then take the old ones out.

    Works in batches; after an interruption it is started again and goes on where it stopped.
    """

    help = "Encrypt personal fields anew with the first key of FIELD_KEYS, in batches."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--new-key", action="store_true", help="only print a fresh key and end")
        parser.add_argument("--batch", type=int, default=BATCH, help="rows of a transaction")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["new_key"]:
            self.stdout.write(new_key())
            return
        total = 0
        for model in models_with_secrets():
            if is_tenant_model(model):
                for network in networks():
                    with network_scope(network):
                        total += self._rotate(model, options["batch"], f" of {network.slug}")
            else:
                total += self._rotate(model, options["batch"], "")
        self.stdout.write(f"{total} values are encrypted anew with the key “{key_ring().present}”.")

    def _rotate(self, model: Any, batch: int, where: str) -> int:
        done = sum(rotate(model, batch=batch))
        self.stdout.write(f"{model._meta.label}{where}: {done}")
        return done

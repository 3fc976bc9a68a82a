"""`manage.py flush` as the owner of the tables: the application role may not truncate them."""

from typing import Any

from django.core.management.commands.flush import Command as DjangoFlush

from core.db.roles import as_owner
from core.signals import migrated


class Command(DjangoFlush):
    """Empties the tables as the owner role (tests do it after each test that commits)."""

    def handle(self, **options: Any) -> None:
        with as_owner(options["database"]):
            super().handle(**options)
        migrated.send(sender=type(self))

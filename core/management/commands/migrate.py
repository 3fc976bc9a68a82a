"""`manage.py migrate` as the owner of the tables, followed by what every migration needs."""

from typing import Any

from django.core.management.commands.migrate import Command as DjangoMigrate

from core.db.roles import as_owner, grant_rights
from core.signals import migrated


class Command(DjangoMigrate):
    """Migrates as the owner role, gives the other roles their rights, then tells the apps (as the application)."""

    def check(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        """All checks but those of the tables, which this command is about to make."""
        super().check(*args, **{**kwargs, "databases": None})

    def handle(self, *args: Any, **options: Any) -> None:
        with as_owner(options["database"]) as connection:
            super().handle(*args, **options)
            if not (options["plan"] or options["check_unapplied"]):
                grant_rights(connection)
        if not (options["plan"] or options["check_unapplied"]) and not args and not options["app_label"]:
            migrated.send(sender=type(self))

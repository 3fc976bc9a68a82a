"""The database roles as the program sees them: working as the owner for a moment, and what the others may do."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import environ
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

APP_ROLE = "chargenet_app"
#: Functions of the owner that the application may call begin with this; each looks itself whether it may do its work.
OWNERS_FUNCTIONS = "chargenet_"
BACKUP_ROLE = "chargenet_backup"


@contextmanager
def as_owner(alias: str = "default") -> Iterator[Any]:
    """Connect as the owner of the tables instead of the application role, for migrations and for emptying a test base.

    Raises:
        ImproperlyConfigured: DATABASE_OWNER_URL is not set.
    """
    connection = connections[alias]
    if not settings.DATABASE_OWNER_URL:
        raise ImproperlyConfigured("Set DATABASE_OWNER_URL: tables are changed by their owner, not by the application.")
    owner = environ.Env.db_url_config(settings.DATABASE_OWNER_URL)
    before = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD")}
    if before["USER"] == owner["USER"]:
        yield connection
        return
    connection.close()
    connection.settings_dict.update(USER=owner["USER"], PASSWORD=owner["PASSWORD"])
    try:
        yield connection
    finally:
        connection.close()
        connection.settings_dict.update(before)


def grant_rights(connection: Any) -> None:
    """Give the application role its rights on every table: all of DML, but only SELECT and INSERT where rows are
    never changed; the backup role reads. Run by the owner after every migration; the same at every run."""
    with connection.cursor() as cursor:
        app, backup = (_role_name(cursor, name) for name in (APP_ROLE, BACKUP_ROLE))
        if app:
            cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {app}")
            cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app}")
            for table in sorted(append_only_tables()):
                cursor.execute(f'REVOKE UPDATE, DELETE, TRUNCATE ON "{table}" FROM {app}')
            for function in _owners_functions(cursor):
                cursor.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {app}")
        if backup:
            cursor.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {backup}")
            cursor.execute(f"GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {backup}")


def _owners_functions(cursor: Any) -> list[str]:
    """Functions that work with the owner's rights, as GRANT names them."""
    cursor.execute(
        "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace s ON s.oid = p.pronamespace "
        "WHERE s.nspname = 'public' AND p.prosecdef AND starts_with(p.proname, %s)",
        [OWNERS_FUNCTIONS],
    )
    return [name for (name,) in cursor.fetchall()]


def append_only_tables() -> set[str]:
    """Tables whose rows are never changed or deleted by the application."""
    return {model._meta.db_table for model in apps.get_models() if getattr(model, "append_only", False)}


def _role_name(cursor: Any, name: str) -> str:
    cursor.execute("SELECT quote_ident(rolname) FROM pg_roles WHERE rolname = %s", [name])
    found = cursor.fetchone()
    return str(found[0]) if found else ""

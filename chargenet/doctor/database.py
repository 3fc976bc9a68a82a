"""PostgreSQL: version, the three roles, row-level security, migrations, clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import psycopg2
from django.conf import settings
from django.db import Error as DatabaseFailure
from django.db import connection

from chargenet.doctor.findings import Finding, fail, ok, warn
from chargenet.embedded.binaries import OLDEST_MAJOR
from chargenet.embedded.roles import BACKUP, OWNER, with_database
from chargenet.probes import pending_migrations
from core.tenancy.checks import role_problems, table_problems

CLOCK_WARN, CLOCK_FAIL = 2.0, 30.0  # seconds between this machine and the database
ROLES_HINT = "python -m chargenet.embedded roles makes and mends the roles; see docs/running.md."
ATTRIBUTES = """
    SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user
"""
PROTECTED = "SELECT relname FROM pg_class WHERE relrowsecurity AND relkind IN ('r', 'p') ORDER BY 1"


def database_findings() -> Iterator[Finding]:
    """Everything about PostgreSQL."""
    try:
        yield _version()
        yield _app_role()
        yield from _row_security()
        yield _clock()
        yield _migrations()
    except DatabaseFailure as error:
        yield fail("PostgreSQL", _first_line(error), "Is the server up and DATABASE_URL right? (make run starts one)")
        return
    yield _other_role("owner role", settings.DATABASE_OWNER_URL, OWNER, bypasses=False)
    yield _other_role("backup role", settings.DATABASE_BACKUP_URL, BACKUP, bypasses=True)


def _rows(statement: str) -> list[tuple[Any, ...]]:
    """Asked as the program itself asks: by its role, outside of every network."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _version() -> Finding:
    major, minor = divmod(int(_rows("SHOW server_version_num")[0][0]), 10000)
    if major < OLDEST_MAJOR:
        return fail("PostgreSQL", f"{major}.{minor}", f"Version {OLDEST_MAJOR} or newer is needed.")
    return ok("PostgreSQL", f"{major}.{minor}")


def _app_role() -> Finding:
    """The role of the program must be held by row-level security."""
    problems = role_problems(connection)
    if problems:
        return fail("application role", " ".join(problems), ROLES_HINT)
    name, _, _, makes_roles, makes_databases = _rows(ATTRIBUTES)[0]
    if makes_roles or makes_databases:
        return warn("application role", f"{name} has CREATEROLE or CREATEDB", ROLES_HINT)
    return ok("application role", f"{name}: not owner, not superuser, no BYPASSRLS")


def _other_role(label: str, url: str, expected: str, *, bypasses: bool) -> Finding:
    variable = "DATABASE_BACKUP_URL" if bypasses else "DATABASE_OWNER_URL"
    if not url:
        return warn(label, f"{variable} is not set", "Needed by migrations and backups, not by the web process.")
    try:
        here = with_database(url, connection.settings_dict["NAME"])
        with closing(psycopg2.connect(here, connect_timeout=5)) as other, other.cursor() as cursor:
            cursor.execute(ATTRIBUTES)
            name, superuser, bypassing, makes_roles, _ = cursor.fetchone()
    except psycopg2.Error as error:
        return fail(label, _first_line(error), f"Mend {variable}. {ROLES_HINT}")
    if superuser or makes_roles:
        return fail(label, f"{name} is a superuser or has CREATEROLE", f"Use {expected}. {ROLES_HINT}")
    if bypassing != bypasses:
        wrong = "lacks BYPASSRLS: dumps would be empty" if bypasses else "has BYPASSRLS"
        return fail(label, f"{name} {wrong}", ROLES_HINT)
    return ok(label, f"{name}: {'BYPASSRLS, reads only' if bypasses else 'owns the tables, no superuser'}")


def _row_security() -> Iterator[Finding]:
    """Policies are there, and without a network in scope they show nothing."""
    problems = table_problems(connection)
    if problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        yield fail("row-level security", problems[0] + more, "manage.py check --database default lists them all.")
        return
    protected = [name for (name,) in _rows(PROTECTED)]
    yield ok("row-level security", f"forced on {len(protected)} tables")
    yield _refusal(protected)


def _refusal(tables: list[str]) -> Finding:
    leaking = []
    for table in tables:
        if _rows(f'SELECT EXISTS (SELECT FROM public."{table}")')[0][0]:  # noqa: S608 (a name from the catalogue)
            leaking.append(table)
    if leaking:
        return fail("rows without a network", f"seen in {', '.join(leaking)}", "Check the role and its policies.")
    return ok("rows without a network", f"0 rows in {len(tables)} tables")


def _clock() -> Finding:
    there = _rows("SELECT clock_timestamp()")[0][0]
    apart = abs((datetime.now(UTC) - there).total_seconds())
    detail = f"{apart:.1f} s from the database's, zone of the processes {settings.TIME_ZONE}"
    if apart > CLOCK_FAIL:
        return fail("clock", detail, "Turn on time synchronisation on both machines.")
    if apart > CLOCK_WARN:
        return warn("clock", detail, "Turn on time synchronisation on both machines.")
    return ok("clock", detail)


def _migrations() -> Finding:
    pending = pending_migrations()
    if pending:
        shown = ", ".join(pending[:3]) + (" …" if len(pending) > 3 else "")
        return fail("migrations", f"{len(pending)} pending: {shown}", "Run manage.py migrate.")
    return ok("migrations", "all applied")

"""The three database roles, on the embedded server and on any other one that an administrator's URL opens.

============================ ============ ========== ==========================================================
role                         owns tables  BYPASSRLS  used by
============================ ============ ========== ==========================================================
``chargenet_owner``          yes          no         ``manage.py migrate``
``chargenet_app``            no           no         web, live, worker, beat: rows only through row-level security
``chargenet_backup``         no           yes        dumps; reads everything, writes nothing
============================ ============ ========== ==========================================================

None is a superuser, none may make roles. What the application may do with a table that the owner makes later is said
by default privileges, which are kept per database. Tables that exist are left alone here: migrations give their rights,
and take some away again where rows are never changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

OWNER, APP, BACKUP = "chargenet_owner", "chargenet_app", "chargenet_backup"
DATABASE = "chargenet"
SAFE = "LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION"
ATTRIBUTES = {
    OWNER: f"{SAFE} NOBYPASSRLS NOCREATEDB",
    APP: f"{SAFE} NOBYPASSRLS NOCREATEDB",
    BACKUP: f"{SAFE} BYPASSRLS NOCREATEDB",
}
EXTENSIONS = ("btree_gist", "pg_trgm", "amcheck")  # exclusion constraints, search, checks of the backup


def create_roles(
    admin_url: str, passwords: Mapping[str, str], *, database: str = DATABASE, tests: bool = False
) -> None:
    """Make or mend the roles, the database and the privileges; running it again changes nothing.

    ``passwords``: by role name. ``tests`` lets the owner make databases, and prepares ``template1`` so that those
    databases (the test runner's) get the same privileges.
    """
    with closing(psycopg2.connect(admin_url)) as connection:
        connection.autocommit = True  # CREATE DATABASE runs in no transaction
        with connection.cursor() as cursor:
            for role, attributes in ATTRIBUTES.items():
                _ensure_role(cursor, role, attributes, passwords[role])
            if tests:
                cursor.execute(sql.SQL("ALTER ROLE {} CREATEDB").format(sql.Identifier(OWNER)))
            cursor.execute(
                sql.SQL("ALTER ROLE {} SET default_transaction_read_only = on").format(sql.Identifier(BACKUP))
            )
            _ensure_database(connection, cursor, database)
    for name in (database, "template1") if tests else (database,):
        with (
            closing(psycopg2.connect(with_database(admin_url, name))) as connection,
            connection,
            connection.cursor() as cursor,
        ):
            _grant(cursor, name, own_schema=name == database)


def with_database(url: str, database: str) -> str:
    """The same server and role, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def _ensure_role(cursor: Cursor, role: str, attributes: str, password: str) -> None:
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
    verb = "ALTER" if cursor.fetchone() else "CREATE"
    cursor.execute(
        sql.SQL("{} ROLE {} {} PASSWORD {}").format(
            sql.SQL(verb), sql.Identifier(role), sql.SQL(attributes), sql.Literal(password)
        )
    )


def _ensure_database(connection: Connection, cursor: Cursor, database: str) -> None:
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
    if cursor.fetchone():
        return
    # An administrator who is no superuser must be a member of the role that shall own the database.
    cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    row = cursor.fetchone()
    if not (row and row[0]):
        cursor.execute(sql.SQL("GRANT {} TO current_user").format(sql.Identifier(OWNER)))
    builtin = (
        " LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'" if connection.server_version >= 170000 else ""
    )
    cursor.execute(
        sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'" + builtin).format(
            sql.Identifier(database), sql.Identifier(OWNER)
        )
    )


def _grant(cursor: Cursor, database: str, *, own_schema: bool) -> None:
    """Who may do what in one database; see the table above."""
    names = {
        "database": sql.Identifier(database),
        "owner": sql.Identifier(OWNER),
        "app": sql.Identifier(APP),
        "backup": sql.Identifier(BACKUP),
    }
    statements = [f"CREATE EXTENSION IF NOT EXISTS {name}" for name in EXTENSIONS]
    if own_schema:
        statements += [
            "ALTER DATABASE {database} OWNER TO {owner}",
            "ALTER SCHEMA public OWNER TO {owner}",
            "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
            "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {app}",
            "GRANT CONNECT ON DATABASE {database} TO {backup}",
        ]
    statements += [
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        "GRANT USAGE ON SCHEMA public TO {app}, {backup}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT USAGE, SELECT ON SEQUENCES TO {app}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT SELECT ON TABLES TO {backup}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT SELECT ON SEQUENCES TO {backup}",
    ]
    for statement in statements:
        cursor.execute(sql.SQL(statement).format(**names))

"""What each of the three roles may do, and throw-away servers."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
from psycopg2 import errors

from chargenet.embedded import ServerUrls, servers, throwaway_servers
from chargenet.embedded.roles import create_roles, with_database
from chargenet.embedded.urls import PROJECT_ROOT, UNKNOWN, read_urls, urls_from_environment, write_urls


@pytest.fixture(scope="module")
def urls() -> Iterator[ServerUrls]:
    with throwaway_servers() as started:
        execute(started.owner, "CREATE TABLE goods (id serial PRIMARY KEY, name text)")
        yield started


def execute(url: str, statement: str) -> list[tuple]:
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def passwords(urls: ServerUrls) -> dict[str, str]:
    return {urlsplit(url).username or "": urlsplit(url).password or "" for url in (urls.app, urls.owner, urls.backup)}


def test_only_the_backup_role_passes_row_level_security(urls: ServerUrls) -> None:
    found = execute(
        urls.app,
        "SELECT rolname, rolbypassrls FROM pg_roles WHERE rolname LIKE 'chargenet_%' AND NOT rolsuper ORDER BY 1",
    )
    assert found == [("chargenet_app", False), ("chargenet_backup", True), ("chargenet_owner", False)]


def test_no_role_of_the_product_is_a_superuser_or_makes_roles(urls: ServerUrls) -> None:
    statement = "SELECT rolsuper, rolcreaterole, rolreplication FROM pg_roles WHERE rolname = current_user"
    assert [execute(url, statement) for url in (urls.app, urls.owner, urls.backup)] == [[(False, False, False)]] * 3


def test_the_application_writes_rows_of_tables_that_the_owner_made(urls: ServerUrls) -> None:
    assert execute(urls.app, "INSERT INTO goods (name) VALUES ('cable') RETURNING name") == [("cable",)]


def test_the_application_has_temporary_tables(urls: ServerUrls) -> None:
    assert execute(urls.app, "CREATE TEMP TABLE loading (line text); SELECT count(*) FROM loading") == [(0,)]


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE own (id int)",
        "TRUNCATE goods",
        "ALTER TABLE goods ADD colour text",
        "DROP TABLE goods",
        "CREATE ROLE another",
        "CREATE DATABASE another",
        "SET ROLE chargenet_owner",
    ],
)
def test_the_application_changes_no_structure(urls: ServerUrls, statement: str) -> None:
    with closing(psycopg2.connect(urls.app)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        with pytest.raises(errors.InsufficientPrivilege):
            cursor.execute(statement)


def test_the_backup_role_reads(urls: ServerUrls) -> None:
    assert execute(urls.backup, "SELECT count(*) >= 0 FROM goods") == [(True,)]


@pytest.mark.parametrize("first", ["SELECT 1", "SET default_transaction_read_only = off"])
def test_the_backup_role_writes_nothing_even_if_it_lifts_its_own_setting(urls: ServerUrls, first: str) -> None:
    with closing(psycopg2.connect(urls.backup)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute(first)
        with pytest.raises((errors.ReadOnlySqlTransaction, errors.InsufficientPrivilege)):
            cursor.execute("DELETE FROM goods")


def test_a_right_that_was_taken_away_does_not_come_back_with_the_roles(urls: ServerUrls) -> None:
    execute(urls.owner, "CREATE TABLE sealed (id int); REVOKE UPDATE, DELETE ON sealed FROM chargenet_app")
    create_roles(urls.admin, passwords(urls), tests=True)
    rights = "SELECT has_table_privilege('chargenet_app', 'sealed', 'DELETE'), has_table_privilege('sealed', 'INSERT')"
    assert execute(urls.app, rights) == [(False, True)]


def test_making_the_roles_again_mends_one_that_was_made_too_strong(urls: ServerUrls) -> None:
    execute(urls.admin, "ALTER ROLE chargenet_app BYPASSRLS CREATEDB")
    create_roles(urls.admin, passwords(urls), tests=True)
    assert execute(urls.app, "SELECT rolbypassrls, rolcreatedb FROM pg_roles WHERE rolname = current_user") == [
        (False, False)
    ]


def test_roles_on_another_server_are_made_from_the_command_line(urls: ServerUrls) -> None:
    secrets = {
        "CHARGENET_OWNER_PASSWORD": passwords(urls)["chargenet_owner"],
        "CHARGENET_APP_PASSWORD": passwords(urls)["chargenet_app"],
        "CHARGENET_BACKUP_PASSWORD": passwords(urls)["chargenet_backup"],
    }
    done = command("roles", urls.admin, "--database", "elsewhere", environment=secrets)
    assert (done.returncode, done.stdout) == (0, "Roles, database and privileges are in place.\n")
    there = with_database(urls.owner, "elsewhere")
    execute(there, "CREATE TABLE goods (id int)")
    assert execute(with_database(urls.app, "elsewhere"), "SELECT count(*) FROM goods") == [(0,)]
    execute(urls.admin, "ALTER ROLE chargenet_owner CREATEDB")


def test_the_command_asks_for_missing_passwords(urls: ServerUrls) -> None:
    done = command("roles", urls.admin)
    assert (done.returncode, "CHARGENET_APP_PASSWORD" in done.stderr) == (1, True)


def test_a_test_database_of_the_owner_has_the_same_rights(urls: ServerUrls) -> None:
    with closing(psycopg2.connect(urls.owner)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute("CREATE DATABASE test_rights")
    execute(with_database(urls.owner, "test_rights"), "CREATE TABLE goods (id serial, name text)")
    there = with_database(urls.app, "test_rights")
    assert execute(there, "INSERT INTO goods (name) VALUES ('cable') RETURNING id") == [(1,)]


@pytest.fixture
def own_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory for temporary files in which nobody else starts servers meanwhile."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def test_throw_away_servers_leave_nothing(own_tmp: Path) -> None:
    with throwaway_servers() as started:
        [directory] = own_tmp.iterdir()
        state = servers.servers_state(directory)
        assert execute(started.app, "SHOW fsync") == [("off",)]
    assert list(own_tmp.iterdir()) == []
    assert [pid for pid in state.values() if pid and Path(f"/proc/{pid}").exists()] == []


def test_servers_of_a_killed_test_run_are_cleared_away_by_the_next(own_tmp: Path) -> None:
    code = (
        "import os, signal\nfrom chargenet.embedded import throwaway_servers\n"
        "with throwaway_servers():\n    os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=PROJECT_ROOT, check=False)
    [left] = own_tmp.iterdir()
    pids = servers.servers_state(left)
    servers.sweep_throwaways()
    assert list(own_tmp.iterdir()) == []
    assert [pid for pid in pids.values() if pid is None or Path(f"/proc/{pid}").exists()] == []


def test_a_command_on_throw_away_servers_gets_the_four_urls_and_keeps_its_exit_code() -> None:
    program = "import os, sys; print(sum(name in os.environ for name in sys.argv[1].split())); sys.exit(3)"
    names = "DATABASE_URL DATABASE_OWNER_URL DATABASE_BACKUP_URL REDIS_URL"
    done = command("throwaway", "--", sys.executable, "-c", program, names)
    assert (done.returncode, done.stdout) == (3, "4\n")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another account")
def test_root_without_a_user_namespace_uses_an_existing_account() -> None:
    done = command(
        "throwaway", "--", "ps", "-o", "user=", "-C", "postgres", environment={"CHARGENET_SERVER_ACCOUNT": "nobody"}
    )
    if "cannot reach" in done.stderr:
        pytest.skip("this project directory cannot be entered by other accounts")
    assert (done.returncode, "nobody" in done.stdout.split()) == (0, True)


def command(*words: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "chargenet.embedded", *words],
        cwd=PROJECT_ROOT,
        env={name: value for name, value in os.environ.items() if not name.endswith("_URL")} | (environment or {}),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


# --- Where settings look ------------------------------------------------------------------------


@pytest.fixture
def _no_urls(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_BACKUP_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("_no_urls")
def test_settings_load_before_any_server_was_started(tmp_path: Path) -> None:
    assert urls_from_environment(tmp_path) == ServerUrls(**UNKNOWN)


@pytest.mark.usefixtures("_no_urls")
def test_settings_find_the_embedded_servers(tmp_path: Path) -> None:
    written = ServerUrls(app="a", owner="b", backup="c", redis="d", admin="e")
    write_urls(tmp_path, written)
    assert urls_from_environment(tmp_path) == ServerUrls(app="a", owner="b", backup="c", redis="d")


@pytest.mark.usefixtures("_no_urls")
def test_an_own_database_is_never_mixed_with_the_embedded_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_urls(tmp_path, ServerUrls(app="a", owner="b", backup="c", redis="d", admin="e"))
    monkeypatch.setenv("DATABASE_URL", "postgresql://mine/x")
    found = urls_from_environment(tmp_path)
    assert (found.app, found.owner, found.backup, found.redis) == ("postgresql://mine/x", "", "", "d")


def test_an_unreadable_file_of_urls_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "servers.json").write_text('{"app": ')
    assert read_urls(tmp_path) is None

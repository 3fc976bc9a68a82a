"""The embedded servers: real ones, started, killed and started again."""

import contextlib
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg2
import pytest
import redis

from chargenet.embedded import ServerUrls, servers
from chargenet.embedded.errors import EmbeddedError
from chargenet.embedded.postgres import PostgresServer
from chargenet.embedded.processes import LOOPBACK, is_alive, port_is_free, processes_in, wait_until
from chargenet.embedded.urls import PROJECT_ROOT


@pytest.fixture(scope="module", autouse=True)
def _no_servers_from_the_environment() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_BACKUP_URL", "REDIS_URL"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="module")
def var_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One durable pair of servers for the whole module."""
    directory = tmp_path_factory.mktemp("installation") / "var"
    yield directory
    servers.stop_servers(directory)


@pytest.fixture
def urls(var_dir: Path) -> ServerUrls:
    """The servers run when a test begins, whatever the one before did to them."""
    return servers.ensure_servers(var_dir)


def rows(url: str, statement: str) -> list[tuple]:
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def postgres_pid(var_dir: Path) -> int:
    pid = servers.servers_state(var_dir)["postgres"]
    assert pid is not None
    return pid


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: not is_alive(pid), 5)


def test_the_program_connects_as_the_application_role(urls: ServerUrls) -> None:
    assert rows(urls.app, "SELECT current_user, current_database()") == [("chargenet_app", "chargenet")]


def test_text_sorts_by_code_point_on_every_machine(urls: ServerUrls) -> None:
    assert rows(urls.app, "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'chargenet'") == [
        ("b", "C.UTF-8")
    ]


def test_commits_of_the_normal_server_are_durable(urls: ServerUrls) -> None:
    found = rows(urls.app, "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes')")
    assert sorted(found) == [("fsync", "on"), ("full_page_writes", "on")]


def test_nobody_enters_postgresql_without_the_password(urls: ServerUrls) -> None:
    without = urlsplit(urls.app)._replace(netloc=f"chargenet_app@{LOOPBACK}:{urlsplit(urls.app).port}").geturl()
    with pytest.raises(psycopg2.OperationalError, match="no password supplied"):
        psycopg2.connect(without)


def test_nobody_enters_redis_without_the_password(urls: ServerUrls) -> None:
    client = redis.Redis(host=LOOPBACK, port=urlsplit(urls.redis).port or 0)
    with closing(client), pytest.raises(redis.AuthenticationError):
        client.ping()


def test_the_servers_listen_on_loopback_only(urls: ServerUrls, var_dir: Path) -> None:
    pids = [pid for pid in servers.servers_state(var_dir).values() if pid]
    listening = {
        (entry.laddr.ip, entry.laddr.port)
        for pid in pids
        for entry in psutil.Process(pid).net_connections("inet")
        if entry.status == psutil.CONN_LISTEN
    }
    assert listening == {(LOOPBACK, urlsplit(urls.app).port), (LOOPBACK, urlsplit(urls.redis).port)}


@pytest.mark.parametrize("name", ["secrets.json", "run/servers.json", "run/redis.conf"])
def test_files_with_passwords_are_for_one_account_only(urls: ServerUrls, var_dir: Path, name: str) -> None:
    assert stat.S_IMODE((var_dir / name).stat().st_mode) == 0o600


def test_no_password_shows_in_the_process_list(urls: ServerUrls, var_dir: Path) -> None:
    passwords = json.loads((var_dir / "secrets.json").read_text())
    commands = [
        " ".join(process.cmdline())
        for name in ("postgres-18", "redis")
        for process in processes_in(var_dir / name, ("postgres", "valkey", "redis"))
    ]
    assert commands
    assert [command for command in commands for password in passwords.values() if password in command] == []


def test_starting_what_runs_changes_nothing(urls: ServerUrls, var_dir: Path) -> None:
    before = servers.servers_state(var_dir)
    assert (servers.ensure_servers(var_dir), servers.servers_state(var_dir)) == (urls, before)


def test_data_and_ports_are_kept_over_a_stop_and_a_start(urls: ServerUrls, var_dir: Path) -> None:
    rows(urls.owner, "CREATE TABLE IF NOT EXISTS kept (number int); INSERT INTO kept VALUES (1)")
    with closing(redis.Redis.from_url(urls.redis)) as client:
        client.set("kept", "1")
    servers.stop_servers(var_dir)
    assert servers.ensure_servers(var_dir) == urls
    with closing(redis.Redis.from_url(urls.redis)) as client:
        assert (rows(urls.app, "SELECT count(*) > 0 FROM kept"), client.get("kept")) == ([(True,)], b"1")


def test_nothing_committed_is_lost_when_both_are_killed(urls: ServerUrls, var_dir: Path) -> None:
    rows(urls.owner, "DROP TABLE IF EXISTS committed; CREATE TABLE committed AS SELECT generate_series(1, 1000)")
    with closing(redis.Redis.from_url(urls.redis)) as client:
        client.rpush("committed", *range(100))
        for pid in servers.servers_state(var_dir).values():
            kill(pid or 0)
        servers.ensure_servers(var_dir)
        assert (rows(urls.app, "SELECT count(*) FROM committed"), client.llen("committed")) == ([(1000,)], 100)
        client.delete("committed")


def test_a_backend_that_outlives_its_killed_server_is_ended(urls: ServerUrls, var_dir: Path) -> None:
    # A computation that does not look whether its server still lives, from a client that does not wait for it.
    client = psycopg2.connect(urls.owner, application_name="busy")
    with client.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [(orphan,)] = cursor.fetchall()
    busy = "SELECT count(*) FROM generate_series(1, 2000000000) n WHERE sqrt(n) < 0"

    def send() -> None:
        with contextlib.suppress(psycopg2.OperationalError), client.cursor() as cursor:
            cursor.execute(busy)

    sender = threading.Thread(target=send)
    sender.start()
    active = f"SELECT state FROM pg_stat_activity WHERE pid = {orphan}"
    assert wait_until(lambda: rows(urls.owner, active) == [("active",)], 10)
    kill(postgres_pid(var_dir))
    survived = is_alive(orphan)
    servers.ensure_servers(var_dir)
    sender.join(timeout=10)
    client.close()
    assert (survived, is_alive(orphan), rows(urls.app, "SELECT 1")) == (True, False, [(1,)])


def test_a_pid_file_that_names_a_stranger_does_not_stop_the_start(urls: ServerUrls, var_dir: Path) -> None:
    servers.stop_servers(var_dir)
    data = PostgresServer(var_dir).data
    (data / "postmaster.pid").write_text(f"{os.getpid()}\n{data}\n1\n{urlsplit(urls.app).port}\n\n{LOOPBACK}\n")
    assert rows(servers.ensure_servers(var_dir).app, "SELECT 1") == [(1,)]


def test_another_port_is_taken_when_the_last_one_is_in_use(urls: ServerUrls, var_dir: Path) -> None:
    servers.stop_servers(var_dir)
    port = urlsplit(urls.app).port or 0
    with socket.create_server((LOOPBACK, port)):
        moved = servers.ensure_servers(var_dir)
    assert urlsplit(moved.app).port != port
    assert rows(moved.app, "SELECT 1") == [(1,)]


def test_data_of_a_version_that_is_not_installed_is_never_ignored(tmp_path: Path) -> None:
    (tmp_path / "postgres-99").mkdir()
    (tmp_path / "postgres-99" / "PG_VERSION").write_text("99\n")
    with pytest.raises(EmbeddedError, match="PostgreSQL 99 is not on this machine"):
        PostgresServer(tmp_path)


def test_a_start_that_was_cut_off_leaves_nothing_half_made(tmp_path: Path) -> None:
    half = tmp_path / "var" / "postgres-18.new" / "base"
    half.mkdir(parents=True)
    (half / "1").write_text("half of something")
    try:
        started = servers.ensure_servers(tmp_path / "var", throwaway=True)
        assert rows(started.app, "SELECT 1") == [(1,)]
        assert not half.parent.exists()
    finally:
        servers.stop_servers(tmp_path / "var")


def test_the_watch_starts_killed_servers_again(urls: ServerUrls, var_dir: Path) -> None:
    environment = os.environ | {"VAR_DIR": str(var_dir)}
    command = [sys.executable, "-m", "chargenet.embedded", "watch"]
    with subprocess.Popen(command, env=environment, cwd=PROJECT_ROOT, stdout=subprocess.PIPE, text=True) as watch:
        assert watch.stdout is not None
        assert watch.stdout.readline() == "Watching the embedded servers\n"
        killed = servers.servers_state(var_dir)
        for pid in killed.values():
            kill(pid or 0)

        def back() -> bool:
            state = servers.servers_state(var_dir)
            return all(state.values()) and state != killed

        assert wait_until(back, 20)
        watch.terminate()
        printed, _ = watch.communicate(timeout=10)
    assert "ended, starting again" in printed
    assert rows(urls.app, "SELECT 1") == [(1,)]


def test_a_stopped_server_gives_its_port_back(urls: ServerUrls, var_dir: Path) -> None:
    servers.stop_servers(var_dir)
    assert [port_is_free(urlsplit(url).port or 0) for url in (urls.app, urls.redis)] == [True, True]
    assert servers.servers_state(var_dir) == {"postgres": None, "redis": None}

"""Our launcher of PostgreSQL: data in ``var/postgres-<major>``, TCP on 127.0.0.1, passwords by scram."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg2

from chargenet.embedded.account import server_account
from chargenet.embedded.binaries import PostgresBinaries, find_postgres
from chargenet.embedded.errors import EmbeddedError
from chargenet.embedded.processes import (
    LOOPBACK,
    POLL,
    choose_port,
    end,
    is_alive,
    processes_in,
    run,
    spawn,
    tail,
    trim,
    wait_until,
)

ADMIN = "chargenet_admin"
START_SECONDS = 120.0  # crash recovery replays up to max_wal_size
PORT_TRIES = 3
SHARED_MEMORY = "/dev/shm"  # noqa: S108 (only its size is asked; containers often have 64 MiB)
STOP_SIGNALS = ((signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0))  # fast, immediate, last resort
ORPHAN_SIGNALS = ((signal.SIGQUIT, 3.0), (signal.SIGKILL, 10.0))
THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "log_min_messages": "fatal",
}


@dataclass
class PostgresServer:
    """One server of one data directory under ``var_dir``."""

    var_dir: Path
    throwaway: bool = False
    binaries: PostgresBinaries = field(init=False)

    def __post_init__(self) -> None:
        self.binaries = find_postgres(_stored_major(self.var_dir))

    @property
    def data(self) -> Path:
        """The data directory; the major version in its name keeps a newer server away from older files."""
        return self.var_dir / f"postgres-{self.binaries.major}"

    @property
    def log(self) -> Path:
        """What the server prints."""
        return self.var_dir / "log" / "postgres.log"

    def running(self) -> tuple[int, int] | None:
        """(process id, port) of the server of this data directory, or None."""
        try:
            lines = (self.data / "postmaster.pid").read_text(encoding="ascii").splitlines()
            pid, port = int(lines[0]), int(lines[3])
        except (FileNotFoundError, ValueError, IndexError):
            return None
        return (pid, port) if any(process.pid == pid for process in self._processes()) else None

    def start(self, password: str, last_port: int | None) -> int:
        """Start (making the data directory first) and wait until writes are possible; returns the port."""
        running = self.running()
        if running is not None:
            self._wait_ready(running[0], running[1], password)
            return running[1]
        self._end_orphans()
        if not (self.data / "PG_VERSION").exists():
            self._create(password)
        account = server_account()
        account.own(self.data)
        account.check_reach(self.binaries.program("postgres"), self.data)
        trim(self.log)
        for attempt in range(PORT_TRIES):
            port = choose_port(last_port if attempt == 0 else None)
            pid = spawn(self._command(port), self.log)
            if self._wait_ready(pid, port, password):
                return port
        raise EmbeddedError(f"PostgreSQL did not start. The end of {self.log}:\n{tail(self.log)}")

    def stop(self) -> None:
        """End the server: clients are cut off, what is committed is on disk."""
        running = self.running()
        if running is not None:
            end([running[0]], STOP_SIGNALS)
        self._end_orphans()

    def _processes(self) -> list[psutil.Process]:
        return processes_in(self.data, "postgres")

    def _end_orphans(self) -> None:
        """After kill -9 of the postmaster its backends may live on and hold the shared memory: end them first.

        Only then is a left-over ``postmaster.pid`` surely stale, even if its number belongs to a stranger by now.
        """
        orphans = [process.pid for process in self._processes()]
        if orphans:
            end(orphans, ORPHAN_SIGNALS)
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _command(self, port: int) -> list[str]:
        settings = {
            "listen_addresses": LOOPBACK,
            "port": str(port),
            "unix_socket_directories": "",  # a path over 107 bytes would not start
            **(THROWAWAY if self.throwaway else {}),
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [*server_account().prefix, self.binaries.program("postgres"), "-D", str(self.data), *options]

    def _create(self, password: str) -> None:
        """initdb into a directory beside, moved into place when complete: a cut-off start leaves nothing half made."""
        account = server_account()
        fresh = self.data.with_name(self.data.name + ".new")
        if fresh.exists():
            _remove_tree(fresh)
        fresh.mkdir(mode=0o700, parents=True)
        secret = self.var_dir / "initdb-password"
        descriptor = os.open(secret, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(descriptor, password.encode())
            os.fchown(descriptor, account.uid, account.gid)
            os.lseek(descriptor, 0, os.SEEK_SET)
            account.own(fresh)
            account.check_reach(self.binaries.program("initdb"), fresh)
            run(
                [
                    *account.prefix, self.binaries.program("initdb"), f"--pgdata={fresh}", f"--username={ADMIN}",
                    f"--pwfile={secret}", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C",
                    "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--data-checksums", "--no-instructions",
                    *(["--no-sync"] if self.throwaway else []),
                ]
            )  # fmt: skip
        finally:
            os.close(descriptor)
            secret.unlink()
        with (fresh / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(_tuning())
        fresh.rename(self.data)

    def _wait_ready(self, pid: int, port: int, password: str) -> bool:
        """Wait for the end of recovery, not for the first connection; False when the port was taken meanwhile."""

        def ready() -> bool:
            return not is_alive(pid) or _writable(port, password)

        started = time.monotonic()
        if not wait_until(ready, START_SECONDS):
            raise EmbeddedError(f"PostgreSQL is not ready after {START_SECONDS:.0f} s, see {self.log}")
        if is_alive(pid):
            return True
        if "could not bind" in tail(self.log) and time.monotonic() - started < START_SECONDS:
            time.sleep(POLL)
            return False
        raise EmbeddedError(f"PostgreSQL did not start. The end of {self.log}:\n{tail(self.log)}")


def admin_url(port: int, password: str, database: str = "postgres") -> str:
    """The superuser's address of the embedded server."""
    return f"postgresql://{ADMIN}:{password}@{LOOPBACK}:{port}/{database}"


def _stored_major(var_dir: Path) -> int | None:
    """The newest major version that has data here: its server is the one to start."""
    majors = [int(path.parent.name.rpartition("-")[2]) for path in var_dir.glob("postgres-[0-9][0-9]/PG_VERSION")]
    return max(majors, default=None)


def _writable(port: int, password: str) -> bool:
    try:
        connection = psycopg2.connect(admin_url(port, password), connect_timeout=5)
    except psycopg2.OperationalError as error:
        if "password authentication failed" in str(error):
            raise EmbeddedError(
                "The password of the embedded PostgreSQL (var/secrets.json) is not the one of its data directory. "
                "Restore that file, or move the data directory away to begin anew."
            ) from error
        return False
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT NOT pg_is_in_recovery()")
            row = cursor.fetchone()
        return bool(row and row[0])
    except psycopg2.OperationalError:
        return False
    finally:
        connection.close()


def _tuning() -> str:
    """Settings for a small machine, written once into the new postgresql.conf, where the operator may change them."""
    memory = psutil.virtual_memory().total // 2**20  # MiB
    shm = psutil.disk_usage(SHARED_MEMORY).total // 2**20 if Path(SHARED_MEMORY).is_dir() else 0
    return f"""
# ChargeNet: beginning settings of the embedded server; change them here.
shared_buffers = {max(128, min(memory // 4, 1024))}MB
effective_cache_size = {max(512, memory // 2)}MB
work_mem = 16MB
maintenance_work_mem = 256MB
max_wal_size = 2GB
max_connections = 100
random_page_cost = 1.1
jit = off
huge_pages = off
dynamic_shared_memory_type = {"posix" if shm >= 256 else "mmap"}
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %u@%d '
log_min_duration_statement = 2000
idle_in_transaction_session_timeout = '10min'
"""


def _remove_tree(path: Path) -> None:
    for folder, folders, names in os.walk(path, topdown=False):
        for name in names:
            Path(folder, name).unlink()
        for name in folders:
            Path(folder, name).rmdir()
    path.rmdir()

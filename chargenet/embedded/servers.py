"""Starts and stops both servers together and writes down where they are."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from chargenet.embedded.postgres import PostgresServer, admin_url
from chargenet.embedded.processes import LOOPBACK
from chargenet.embedded.roles import APP, BACKUP, DATABASE, OWNER, create_roles
from chargenet.embedded.urls import VARIABLES, ServerUrls, read_urls, write_private, write_urls
from chargenet.embedded.valkey import RedisServer, redis_url

THROWAWAY_PREFIX = "chargenet-throwaway-"
VARIABLE_OF = {"postgres": "DATABASE_URL", "redis": "REDIS_URL"}
SECRET_NAMES = ("admin", OWNER, APP, BACKUP, "redis")


def ensure_servers(var_dir: Path, *, throwaway: bool = False) -> ServerUrls:
    """Start what does not run and is not given by ``DATABASE_URL`` / ``REDIS_URL``; returns all URLs.

    ``throwaway`` ignores the environment: tests never touch a server that somebody else owns.
    """
    ours = list(VARIABLE_OF) if throwaway else embedded_names()
    # Others may pass through but not look: an account of its own must reach its data directory. All below is private.
    var_dir.mkdir(mode=0o711, parents=True, exist_ok=True)
    with _locked(var_dir):
        passwords = _passwords(var_dir)
        last = read_urls(var_dir)
        if "postgres" in ours:
            databases = _start_postgres(var_dir, passwords, _port_of(last.admin if last else ""), throwaway=throwaway)
        else:
            databases = {name: os.environ.get(VARIABLES[name], "") for name in ("app", "owner", "backup")}
        if "redis" in ours:
            server = RedisServer(var_dir, throwaway=throwaway)
            port = server.start(passwords["redis"], _port_of(last.redis if last else ""))
            redis = redis_url(port, passwords["redis"])
        else:
            redis = os.environ["REDIS_URL"]
        urls = ServerUrls(**databases, redis=redis)
        write_urls(var_dir, urls)
        return urls


def stop_servers(var_dir: Path) -> None:
    """Stop both, Redis first: PostgreSQL then loses no client in mid-job."""
    if not var_dir.is_dir():
        return
    with _locked(var_dir):
        RedisServer(var_dir).stop()
        PostgresServer(var_dir).stop()


def embedded_names() -> list[str]:
    """Which servers are ours to run: those that the environment does not name."""
    return [name for name, variable in VARIABLE_OF.items() if not os.environ.get(variable)]


def servers_state(var_dir: Path) -> dict[str, int | None]:
    """Process ids of the embedded servers by name; None for one that should run and does not."""
    state: dict[str, int | None] = {}
    if "postgres" in embedded_names():
        running = PostgresServer(var_dir).running()
        state["postgres"] = running[0] if running else None
    if "redis" in embedded_names():
        state["redis"] = RedisServer(var_dir).running()
    return state


@contextmanager
def throwaway_servers() -> Iterator[ServerUrls]:
    """Servers without durability in a temporary directory, removed at the end.

    What an earlier run left behind because it was killed is cleared away first.
    """
    sweep_throwaways()
    directory = Path(tempfile.mkdtemp(prefix=THROWAWAY_PREFIX))
    directory.chmod(0o711)
    (directory / "pid").write_text(str(os.getpid()), encoding="ascii")
    try:
        yield ensure_servers(directory, throwaway=True)
    finally:
        _discard(directory)


def sweep_throwaways() -> None:
    """Stop and remove throw-away servers of this account whose maker is gone."""
    for directory in Path(tempfile.gettempdir()).glob(f"{THROWAWAY_PREFIX}*"):
        try:
            mine = directory.stat().st_uid == os.geteuid()
            maker = int((directory / "pid").read_text(encoding="ascii"))
        except (FileNotFoundError, PermissionError, ValueError):
            continue
        if mine and not psutil.pid_exists(maker):
            _discard(directory)


def _discard(directory: Path) -> None:
    stop_servers(directory)
    shutil.rmtree(directory, ignore_errors=True)


def _start_postgres(
    var_dir: Path, passwords: dict[str, str], last_port: int | None, *, throwaway: bool
) -> dict[str, str]:
    server = PostgresServer(var_dir, throwaway=throwaway)
    port = server.start(passwords["admin"], last_port)
    admin = admin_url(port, passwords["admin"])
    create_roles(admin, passwords, tests=throwaway)
    urls = {
        name: f"postgresql://{role}:{passwords[role]}@{LOOPBACK}:{port}/{DATABASE}"
        for name, role in (("app", APP), ("owner", OWNER), ("backup", BACKUP))
    }
    return {**urls, "admin": admin}


def _passwords(var_dir: Path) -> dict[str, str]:
    """Random passwords, made once and kept beside the data, readable by this account only."""
    path = var_dir / "secrets.json"
    stored: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    missing = {name: secrets.token_urlsafe(24) for name in SECRET_NAMES if name not in stored}
    if missing:
        stored |= missing
        write_private(path, json.dumps(stored, indent=2) + "\n")
    return stored


def _port_of(url: str) -> int | None:
    return urlsplit(url).port if url else None


@contextmanager
def _locked(var_dir: Path) -> Iterator[None]:
    """One starter or stopper at a time; the system frees the lock of a process that dies."""
    run_dir = var_dir / "run"
    run_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (run_dir / "servers.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield

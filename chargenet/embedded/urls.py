"""Where the servers are: from the environment, else from the file that the launcher wrote. Standard library only."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, fields
from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parents[2]
VARIABLES = {
    "app": "DATABASE_URL",
    "owner": "DATABASE_OWNER_URL",
    "backup": "DATABASE_BACKUP_URL",
    "redis": "REDIS_URL",
}
# What is answered before any server was ever started: Django must still load for ``check`` or ``--help``.
UNKNOWN = {
    "app": "postgresql://chargenet_app@127.0.0.1:5432/chargenet",
    "owner": "postgresql://chargenet_owner@127.0.0.1:5432/chargenet",
    "backup": "postgresql://chargenet_backup@127.0.0.1:5432/chargenet",
    "redis": "redis://127.0.0.1:6379/0",
}


@dataclass(frozen=True, kw_only=True)
class ServerUrls:
    """The four addresses; ``app`` is the role the program works with, ``owner`` migrates, ``backup`` dumps.

    ``admin`` is the superuser of the embedded server and empty with an external one: no part of the product uses it.
    """

    app: str
    owner: str
    backup: str
    redis: str
    admin: str = ""

    def environment(self) -> dict[str, str]:
        """The same as environment variables, for child processes; addresses that are not known are left out."""
        return {variable: getattr(self, name) for name, variable in VARIABLES.items() if getattr(self, name)}


def default_var_dir() -> Path:
    """``VAR_DIR`` or ``var/`` beside the program."""
    return Path(os.environ.get("VAR_DIR") or PROJECT_ROOT / "var").resolve()


def urls_path(var_dir: Path) -> Path:
    """The 0600 file with the URLs of the embedded servers."""
    return var_dir / "run" / "servers.json"


def read_urls(var_dir: Path) -> ServerUrls | None:
    """The URLs that the launcher wrote, or None when it never ran (or left something unreadable)."""
    try:
        stored = json.loads(urls_path(var_dir).read_text(encoding="utf-8"))
        return ServerUrls(**{field.name: stored[field.name] for field in fields(ServerUrls)})
    except (FileNotFoundError, PermissionError, ValueError, KeyError):
        return None


def write_urls(var_dir: Path, urls: ServerUrls) -> None:
    """Write the URLs for the other processes; readable by this account only."""
    write_private(urls_path(var_dir), json.dumps(asdict(urls), indent=2) + "\n")


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step, with mode 0600 from its first byte on."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def urls_from_environment(var_dir: Path | None = None) -> ServerUrls:
    """What settings call: the environment first, else the running (or last) embedded servers, else the usual ports.

    With an own ``DATABASE_URL`` the owner and backup URLs come from the environment alone: the embedded server's
    would point at another database. They are then empty when not set.
    """
    given = {name: os.environ.get(variable, "") for name, variable in VARIABLES.items()}
    embedded = read_urls(var_dir or default_var_dir())
    fallback = asdict(embedded) if embedded else UNKNOWN
    names = ["redis"] if given["app"] else list(VARIABLES)
    return ServerUrls(**given | {name: fallback[name] for name in names if not given[name]})

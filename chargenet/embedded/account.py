"""Who the PostgreSQL server runs as. It refuses to run as root, so root starts it under another identity."""

from __future__ import annotations

import functools
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from chargenet.embedded.errors import EmbeddedError

NOBODY = 65534
ACCOUNTS = ("postgres", "nobody")  # existing accounts are used, none is ever made
VARIABLE = "CHARGENET_SERVER_ACCOUNT"


@dataclass(frozen=True)
class ServerAccount:
    """``prefix`` goes before the command; ``uid`` and ``gid`` own the files, as this process sees them."""

    prefix: tuple[str, ...]
    uid: int
    gid: int

    def own(self, path: Path) -> None:
        """Give a directory tree to the account; nothing is touched when it already owns the top."""
        status = path.stat()
        if (status.st_uid, status.st_gid) == (self.uid, self.gid):
            return
        for folder, _, names in os.walk(path):
            os.chown(folder, self.uid, self.gid)
            for name in names:
                os.chown(Path(folder, name), self.uid, self.gid, follow_symlinks=False)

    def check_reach(self, program: str, directory: Path) -> None:
        """Raise with a plain message when the account cannot run the program or enter the directory."""
        command = [*self.prefix, "sh", "-c", '"$1" --version >/dev/null && cd "$2"', "sh", program, str(directory)]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
        if answer.returncode != 0:
            raise EmbeddedError(
                f"PostgreSQL does not run as root, and the account it would run as cannot reach {program} or "
                f"{directory} ({answer.stderr.strip()}). Run as an ordinary account, move the project to a directory "
                "that others may enter, or set DATABASE_URL to your own server."
            )


@functools.cache
def server_account() -> ServerAccount:
    """The identity for the server: ourselves, or for root a user namespace, or for root an existing account.

    ``CHARGENET_SERVER_ACCOUNT`` names an account and skips the namespace.
    """
    if os.geteuid() != 0:
        return ServerAccount((), os.geteuid(), os.getegid())
    wanted = os.environ.get(VARIABLE)
    if not wanted:
        namespace = _user_namespace()
        if namespace is not None:
            return namespace
    return _existing_account((wanted,) if wanted else ACCOUNTS)


def _user_namespace() -> ServerAccount | None:
    """Root of this machine seen as ``nobody`` inside: file access stays root's own, no account is needed."""
    unshare = shutil.which("unshare")
    if unshare is None:
        return None
    prefix = (unshare, "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}")
    works = subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0
    return ServerAccount(prefix, 0, 0) if works else None


def _existing_account(names: tuple[str, ...]) -> ServerAccount:
    for name in names:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        setpriv, runuser = shutil.which("setpriv"), shutil.which("runuser")
        if setpriv:
            prefix: tuple[str, ...] = (
                setpriv, f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups",
            )  # fmt: skip
        elif runuser:
            prefix = (runuser, "-u", name, "--")
        else:
            break
        return ServerAccount(prefix, entry.pw_uid, entry.pw_gid)
    raise EmbeddedError(
        f"PostgreSQL does not run as root, and neither a user namespace nor an account ({', '.join(names)}) is "
        "available. Run as an ordinary account, or set DATABASE_URL to your own server."
    )

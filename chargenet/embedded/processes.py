"""Processes and ports of the embedded servers: who runs in a data directory, starting, ending, waiting."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

from chargenet.embedded.errors import EmbeddedError

MARK = "CHARGENET_RUN"  # in the environment of every supervised process: the data directory it works for
LOOPBACK = "127.0.0.1"
POLL = 0.02  # seconds


def processes_in(directory: Path, name_starts: str | tuple[str, ...]) -> list[psutil.Process]:
    """The servers whose working directory is this data directory.

    A process id in a file may be stale and given to somebody else since; the working directory cannot lie. Both
    servers change into their data directory, and PostgreSQL's backends inherit it.
    """
    real = str(directory.resolve())
    found = []
    for process in psutil.process_iter():
        try:
            if process.name().startswith(name_starts) and process.cwd() == real:
                found.append(process)
        except psutil.Error:
            continue  # gone meanwhile, or another account's
    return found


def is_alive(pid: int) -> bool:
    """Whether a process runs; reaps it when it was our child and has ended."""
    try:
        ended, _ = os.waitpid(pid, os.WNOHANG)
        if ended:
            return False
    except ChildProcessError:
        pass
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def spawn(command: list[str], log: Path) -> int:
    """Start a server in a session of its own (Ctrl-C at the terminal does not reach it); output goes to the log."""
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    environment = {name: value for name, value in os.environ.items() if name != MARK}
    return os.posix_spawn(
        command[0],
        command,
        {**environment, "LC_ALL": "C", "PGSYSCONFDIR": "", "TZ": "UTC"},
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
    )


def end(pids: Sequence[int], signals: Sequence[tuple[int, float]]) -> None:
    """Send the first signal, wait its seconds, then the next one to those that are left, and so on."""
    for number, seconds in signals:
        for pid in pids:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue
        if wait_until(lambda: not any(is_alive(pid) for pid in pids), seconds):
            return
    left = [pid for pid in pids if is_alive(pid)]
    raise EmbeddedError(f"The server processes {left} do not end; end them by hand and try again.")


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Poll until the condition holds; False when the time ran out."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL)
    return True


def port_is_free(port: int) -> bool:
    """Whether nobody listens on this loopback port."""
    with socket.socket() as probe:
        # As the servers do it: a port whose last connections are in TIME_WAIT counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def choose_port(last: int | None) -> int:
    """The port of last time when it is still free, else one that the system gives."""
    if last and port_is_free(last):
        return last
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def tail(log: Path, lines: int = 8) -> str:
    """The last lines of a log, for error messages."""
    try:
        return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
    except FileNotFoundError:
        return ""


def run(command: Sequence[str]) -> None:
    """Run a program to its end; raises with what it printed when it failed."""
    answer = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    if answer.returncode != 0:
        raise EmbeddedError(f"{Path(command[0]).name} failed:\n{answer.stdout}{answer.stderr}")


def trim(log: Path, limit: int = 10_000_000) -> None:
    """Keep one older log of at most ``limit`` bytes; called before a start."""
    if log.exists() and log.stat().st_size > limit:
        log.replace(log.with_suffix(".1.log"))

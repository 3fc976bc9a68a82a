"""``make run``: servers, database, demo, then every process of the Procfile under one supervisor.

Ctrl-C (or SIGTERM, or a closed terminal) stops all of it, the embedded servers last. A process that ends by itself is
started again; what an earlier, killed supervisor left behind is ended before anything starts.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import Process
from pathlib import Path
from typing import IO, Any

import psutil
from honcho.compat import ProcessManager
from honcho.environ import parse_procfile
from honcho.manager import Manager
from honcho.printer import Printer

from chargenet.embedded import servers
from chargenet.embedded.dotenv import load_dotenv
from chargenet.embedded.errors import EmbeddedError
from chargenet.embedded.processes import MARK, end, port_is_free
from chargenet.embedded.urls import PROJECT_ROOT, default_var_dir

# Celery's, on every start as root; here it runs on loopback, for a try. Units in deploy/ have an account of their own.
ROOT_WARNING = "You're running the worker with superuser privileges"
FIRST_PORT = 8000
RESTARTS, RESTART_WINDOW = (
    5,
    60.0,
)  # a process that ends more often within these seconds is broken
LEFTOVER_SIGNALS = ((signal.SIGTERM, 3.0), (signal.SIGKILL, 5.0))


class StartError(RuntimeError):
    """The system cannot start; the message says why."""


class LeaderOnly(ProcessManager):
    """Asks the process itself to end, not its children: a worker then finishes what its children have begun."""

    def terminate(self, pid: int) -> None:
        """SIGTERM to the leader; honcho's own SIGKILL after its grace time goes to the whole group."""
        try:
            os.kill(pid, signal.SIGTERM)
        except ProcessLookupError:
            return


class Supervisor(Manager):
    """honcho's manager, which would end everything with the first process that ends."""

    def __init__(self, announce: Callable[[], bool]) -> None:
        super().__init__(Printer(sys.stdout))
        self._procmgr = LeaderOnly()
        self._announce: Callable[[], bool] | None = announce
        self._ends: dict[str, deque[float]] = {}
        self.gave_up = False

    def _any_stopped(self) -> bool:
        """Asked by the loop on every round; True makes it terminate everything."""
        if self._terminating:
            return bool(super()._any_stopped())
        if self._announce is not None and self._announce():
            self._announce = None
        for name, entry in self._processes.items():
            if entry.get("returncode") is not None and not self._restart(name, entry):
                return True
        return False

    def _restart(self, name: str, entry: dict[str, Any]) -> bool:
        now = time.monotonic()
        ends = self._ends.setdefault(name, deque(maxlen=RESTARTS))
        if len(ends) == RESTARTS and now - ends[0] < RESTART_WINDOW:
            self._system_print(f"{name} ends again and again, stopping everything; its last lines above say why\n")
            self.gave_up = True
            return False
        ends.append(now)
        self._system_print(f"{name} ended by itself, starting it again\n")
        entry.pop("returncode")
        self.returncode = None
        entry["process"] = Process(name=name, target=entry["obj"].run, args=(self.events, True))
        entry["process"].start()
        return True


def main() -> int:
    """Entry point; returns the exit code."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    load_dotenv(PROJECT_ROOT)
    var_dir = default_var_dir()
    try:
        with single_instance(var_dir):
            return run(var_dir)
    except KeyboardInterrupt:
        return 0
    except (EmbeddedError, StartError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1


def run(var_dir: Path) -> int:
    """Start, supervise, stop."""
    end_leftovers(var_dir)
    process_environment(var_dir)  # says before the long part which port is taken
    try:
        with timed("PostgreSQL and Redis"):
            servers.ensure_servers(var_dir)
        with timed("database and demo"):
            prepare(process_environment(var_dir))
        # Chosen last: loading the demonstration leaves time for another program to take a port that was free.
        environment = process_environment(var_dir)
        supervisor = Supervisor(lambda: announce(var_dir, environment))
        for name, command in processes():
            supervisor.add_process(name, command, env=environment, cwd=str(PROJECT_ROOT))
        signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
        supervisor.loop()  # takes SIGINT and SIGTERM for itself
        return 1 if supervisor.gave_up else 0
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave servers behind
        servers.stop_servers(var_dir)
        print("Everything is stopped; the data is kept.", flush=True)


def processes() -> Iterator[tuple[str, str]]:
    """The Procfile, and the watch over the embedded servers where there are any."""
    if servers.embedded_names():
        yield "servers", "exec python -m chargenet.embedded watch"
    yield from parse_procfile((PROJECT_ROOT / "Procfile").read_text(encoding="utf-8")).processes.items()


def process_environment(var_dir: Path) -> dict[str, str]:
    """What the processes get beside our own environment: addresses, ports, and the mark that finds them again."""
    port = choose_port("PORT", FIRST_PORT)
    live_port = choose_port("LIVE_PORT", port + 1)
    defaults = {"HOST": "127.0.0.1", "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": f"ignore:{ROOT_WARNING}"}
    if not os.environ.get("SITE_URL"):  # with a name of its own there is a proxy, which joins both under one origin
        defaults |= {"SITE_URL": f"http://localhost:{port}", "LIVE_URL": f"http://localhost:{live_port}"}
    scripts = str(Path(sys.executable).parent)
    return {
        **defaults,
        **os.environ,
        "PORT": str(port),
        "LIVE_PORT": str(live_port),
        "VAR_DIR": str(var_dir),
        "PATH": f"{scripts}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        MARK: str(var_dir),
    }


def choose_port(variable: str, first: int) -> int:
    """The port that was asked for, or the first free one from ``first`` on."""
    wanted = os.environ.get(variable)
    if wanted:
        if not port_is_free(int(wanted)):
            raise StartError(f"Port {wanted} is in use by another program: choose another {variable}.")
        return int(wanted)
    for port in range(first, first + 50):
        if port_is_free(port):
            return port
    raise StartError(f"No free port from {first} to {first + 49}: set {variable}.")


def prepare(environment: dict[str, str]) -> None:
    """Migrations, static files, demo: in one process of its own, so that nothing of Django stays in this one."""
    command = [sys.executable, "manage.py", "prepare", "--verbosity", "0"]
    done = subprocess.run(command, cwd=PROJECT_ROOT, env=environment, check=False)
    if done.returncode != 0:
        raise StartError("The database could not be prepared; the lines above say why.")


def announce(var_dir: Path, environment: dict[str, str]) -> bool:
    """Print the address and the demo accounts once the web answers; False while it does not."""
    address = f"http://{environment['HOST'].replace('0.0.0.0', '127.0.0.1')}:{environment['PORT']}/healthz"  # noqa: S104
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310 (our own address)
            if answer.status != 200:
                return False
    except urllib.error.HTTPError:
        pass  # it answers; a refused host name or a redirect to https is no reason to stay silent
    except OSError:
        return False
    lines = ["", f"ChargeNet runs: {environment['SITE_URL']}/", *demo_lines(var_dir), "Ctrl-C stops everything.", ""]
    print("\n".join(lines), flush=True)
    return True


def demo_lines(var_dir: Path) -> list[str]:
    """Sign-in names and passwords that the demo wrote into its 0600 file."""
    try:
        accounts = json.loads((var_dir / "demo-accounts.json").read_text(encoding="utf-8"))
        width = max(len(account["email"]) for account in accounts)
        return [
            "Demo accounts:",
            *(f"  {one['email']:<{width}}  {one['password']}  {one['role']}" for one in accounts),
        ]
    except (FileNotFoundError, ValueError, KeyError):
        return []


@contextmanager
def single_instance(var_dir: Path) -> Iterator[None]:
    """One supervisor for one data directory; the system frees the lock when this process dies in whatever way."""
    path = var_dir / "run" / "supervisor.lock"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            # A record lock: children that are forked from us do not hold it on when we are killed, as with flock().
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            file.seek(0)
            raise StartError(
                f"ChargeNet already runs on {var_dir} (process {file.read().strip() or 'unknown'}). "
                "Stop it with Ctrl-C in its terminal, or set VAR_DIR to run a second one beside it."
            ) from None
        _write_pid(file)
        yield


def end_leftovers(var_dir: Path) -> None:
    """End web, live, worker and beat processes of an earlier supervisor that was killed."""
    left = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get(MARK) == str(var_dir):
                left.append(process.pid)
        except psutil.Error:
            continue  # gone meanwhile, or another account's
    if left:
        print(f"Ending {len(left)} processes that an earlier run left behind", flush=True)
        end(left, LEFTOVER_SIGNALS)


@contextmanager
def timed(name: str) -> Iterator[None]:
    """Print how long a step took."""
    started = time.monotonic()
    print(f"{name} …", flush=True)
    yield
    print(f"{name}: ready after {time.monotonic() - started:.1f} s", flush=True)


def _write_pid(file: IO[str]) -> None:
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())

"""``python -m chargenet.embedded``: the embedded servers by hand."""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import subprocess
import sys
import time

from chargenet.embedded import servers
from chargenet.embedded.dotenv import load_dotenv
from chargenet.embedded.errors import EmbeddedError
from chargenet.embedded.processes import is_alive
from chargenet.embedded.roles import APP, BACKUP, OWNER, create_roles
from chargenet.embedded.urls import PROJECT_ROOT, default_var_dir

WATCH_SECONDS = 0.5
PASSWORD_VARIABLES = {
    OWNER: "CHARGENET_OWNER_PASSWORD",
    APP: "CHARGENET_APP_PASSWORD",
    BACKUP: "CHARGENET_BACKUP_PASSWORD",
}


def parser() -> argparse.ArgumentParser:
    """The commands and their help."""
    top = argparse.ArgumentParser(prog="python -m chargenet.embedded", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True)
    commands.add_parser("start", help="start the servers that do not run; they stay when this ends")
    commands.add_parser("stop", help="stop the servers")
    commands.add_parser("status", help="say which servers run; exit code 1 when one does not")
    commands.add_parser("env", help='print the URLs as shell assignments: eval "$(… env)"')
    commands.add_parser("watch", help="start the servers and start them again whenever one ends, until stopped")
    throwaway = commands.add_parser("throwaway", help="run a command on throw-away servers: throwaway -- pytest")
    throwaway.add_argument("words", nargs=argparse.REMAINDER, metavar="-- command")
    roles = commands.add_parser(
        "roles",
        help="make the three roles on your own server",
        description=f"Passwords come from {', '.join(PASSWORD_VARIABLES.values())}.",
    )
    roles.add_argument("admin_url", help="postgresql://… of a superuser, any database")
    roles.add_argument("--database", default="chargenet")
    return top


def run_on_throwaway(words: list[str]) -> int:
    """Run the command with the four variables set; its exit code is ours."""
    command = words[1:] if words[:1] == ["--"] else words
    if not command:
        raise EmbeddedError("throwaway: no command given")
    # A terminated wrapper must still take its servers down: let the signal unwind the context manager.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with servers.throwaway_servers() as urls:
        environment = {**os.environ, **urls.environment()}
        with subprocess.Popen(command, env=environment) as process:
            try:
                return process.wait()
            except KeyboardInterrupt:
                return process.wait()  # the terminal sent it the same Ctrl-C
            except SystemExit:
                process.terminate()
                process.wait()
                raise


def watch() -> int:
    """Look every second; a server that ended (or was killed) is started again at the same port.

    Leaves the servers running when it is stopped itself: who started it stops them, after everything that uses them.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    var_dir = default_var_dir()
    first = servers.ensure_servers(var_dir)
    print("Watching the embedded servers", flush=True)
    while True:
        state = servers.servers_state(var_dir)
        while all(pid and is_alive(pid) for pid in state.values()):
            time.sleep(WATCH_SECONDS)
        ended = [name for name, pid in state.items() if not (pid and is_alive(pid))]
        print(f"{', '.join(ended)} ended, starting again", flush=True)
        if servers.ensure_servers(var_dir) != first:
            raise EmbeddedError("A port was taken meanwhile: stop everything and start it again.")


def make_roles(admin_url: str, database: str) -> None:
    """The three roles on a server of the operator's own."""
    missing = [variable for variable in PASSWORD_VARIABLES.values() if not os.environ.get(variable)]
    if missing:
        raise EmbeddedError(f"Set the passwords of the roles first: {', '.join(missing)}")
    create_roles(admin_url, {role: os.environ[name] for role, name in PASSWORD_VARIABLES.items()}, database=database)
    print("Roles, database and privileges are in place.")


def print_status() -> int:
    """One line for each server."""
    state = servers.servers_state(default_var_dir())
    for name, pid in state.items():
        print(f"{name}: {f'runs, process {pid}' if pid else 'does not run'}")
    return 0 if all(state.values()) else 1


def main(arguments: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    load_dotenv(PROJECT_ROOT)
    chosen = parser().parse_args(arguments)
    try:
        match chosen.command:
            case "start":
                servers.ensure_servers(default_var_dir())
                return print_status()
            case "stop":
                servers.stop_servers(default_var_dir())
            case "status":
                return print_status()
            case "env":
                urls = servers.ensure_servers(default_var_dir())
                for name, value in urls.environment().items():
                    print(f"export {name}={shlex.quote(value)}")
            case "watch":
                return watch()
            case "throwaway":
                return run_on_throwaway(chosen.words)
            case "roles":
                make_roles(chosen.admin_url, chosen.database)
    except EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Our launcher of the Redis-compatible server: append-only file in ``var/redis``, loopback, password."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from pathlib import Path

import psutil
import redis

from chargenet.embedded.binaries import find_redis
from chargenet.embedded.errors import EmbeddedError
from chargenet.embedded.processes import (
    LOOPBACK,
    choose_port,
    end,
    is_alive,
    processes_in,
    spawn,
    tail,
    trim,
    wait_until,
)
from chargenet.embedded.urls import write_private

START_SECONDS = 60.0
STOP_SIGNALS = ((signal.SIGTERM, 20.0), (signal.SIGKILL, 10.0))


@dataclass
class RedisServer:
    """One server of one data directory under ``var_dir``."""

    var_dir: Path
    throwaway: bool = False

    @property
    def data(self) -> Path:
        """Where the append-only file is."""
        return self.var_dir / "redis"

    @property
    def log(self) -> Path:
        """What the server prints."""
        return self.var_dir / "log" / "redis.log"

    def running(self) -> int | None:
        """The process id of the server of this data directory, or None."""
        found = self._processes()
        return found[0].pid if found else None

    def start(self, password: str, last_port: int | None) -> int:
        """Start and wait until the append-only file is loaded; returns the port."""
        running = self.running()
        if running is not None and last_port and _answers(last_port, password):
            return last_port
        self.stop()  # one that runs but does not answer at our port with our password is of no use
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        trim(self.log)
        port = choose_port(last_port)
        configuration = self.var_dir / "run" / "redis.conf"  # a password on the command line would show in ``ps``
        write_private(configuration, self._configuration(port, password))
        pid = spawn([find_redis(), str(configuration)], self.log)
        ready = wait_until(lambda: not is_alive(pid) or _answers(port, password), START_SECONDS)
        if not ready or not is_alive(pid):
            raise EmbeddedError(f"The Redis server did not start. The end of {self.log}:\n{tail(self.log)}")
        return port

    def stop(self) -> None:
        """End the server; its append-only file is flushed."""
        end([process.pid for process in self._processes()], STOP_SIGNALS)

    def _processes(self) -> list[psutil.Process]:
        return processes_in(self.data, ("valkey", "redis"))

    def _configuration(self, port: int, password: str) -> str:
        return f"""bind {LOOPBACK}
port {port}
requirepass {password}
dir "{self.data}"
daemonize no
appendonly {"no" if self.throwaway else "yes"}
appendfsync everysec
save ""
maxmemory-policy noeviction
loglevel notice
"""


def redis_url(port: int, password: str) -> str:
    """The address of the embedded server, database 0."""
    return f"redis://:{password}@{LOOPBACK}:{port}/0"


def _answers(port: int, password: str) -> bool:
    client = redis.Redis(host=LOOPBACK, port=port, password=password, socket_connect_timeout=2, socket_timeout=2)
    try:
        return bool(client.ping())
    except redis.RedisError:  # refused, another server's password, or still loading its file
        return False
    finally:
        client.close()

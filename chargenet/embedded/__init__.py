"""PostgreSQL and a Redis-compatible server from pip wheels, for a machine that has neither.

Used where ``DATABASE_URL`` / ``REDIS_URL`` are not set. The servers listen on 127.0.0.1 only, ask for a password, keep
their data in ``var/`` and are started and stopped here::

    urls = ensure_servers(Path("var"))          # start what is not running; idempotent
    stop_servers(Path("var"))
    with throwaway_servers() as urls: ...       # for tests: no durability, removed at the end

Settings call only :func:`urls_from_environment`, which imports nothing but the standard library.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chargenet.embedded.urls import ServerUrls, default_var_dir, urls_from_environment

__all__ = [
    "ServerUrls",
    "default_var_dir",
    "ensure_servers",
    "stop_servers",
    "throwaway_servers",
    "urls_from_environment",
]

# The launcher is imported inside the functions: every process of the product imports this package for the URLs,
# only the supervisor and the tests start servers (psycopg2 and psutil cost 50 ms).


def ensure_servers(var_dir: Path | None = None) -> ServerUrls:
    """Start the servers that are not running and return the four URLs; raises ``EmbeddedError``."""
    from chargenet.embedded import servers  # noqa: PLC0415

    return servers.ensure_servers(var_dir or default_var_dir())


def stop_servers(var_dir: Path | None = None) -> None:
    """Stop both servers of this data directory, waiting until they are gone; does nothing when none runs."""
    from chargenet.embedded import servers  # noqa: PLC0415

    servers.stop_servers(var_dir or default_var_dir())


@contextmanager
def throwaway_servers() -> Iterator[ServerUrls]:
    """Fast servers without durability in a temporary directory; stopped and removed on leaving."""
    from chargenet.embedded import servers  # noqa: PLC0415

    with servers.throwaway_servers() as urls:
        yield urls

"""What the running piece of work knows of itself: who asked for it, under which request id, in which network.

Context variables, so that threads and tasks start with none of it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

request_id: ContextVar[str] = ContextVar("request_id", default="")
network_slug: ContextVar[str] = ContextVar("network_slug", default="")
address: ContextVar[str | None] = ContextVar("address", default=None)
device: ContextVar[str] = ContextVar("device", default="")  # such as "Firefox, Linux"
actor: ContextVar[Any] = ContextVar("actor", default=None)


def current_actor() -> Any:
    """The account in whose name this work is done, or None (the system itself)."""
    return actor.get()


@contextmanager
def acting_as(account: Any) -> Iterator[None]:
    """Do the work inside in the name of `account`; history rows and work records name it."""
    token = actor.set(account)
    try:
        yield
    finally:
        actor.reset(token)

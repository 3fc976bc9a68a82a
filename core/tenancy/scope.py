"""The door: the one way into a network, and the questions what is in scope."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.db import connections
from django_scopes import get_scope, scope
from django_scopes.exceptions import ScopeError

if TYPE_CHECKING:
    from security.models import Network

__all__ = ["ScopeError", "current_network", "current_network_id", "network_scope", "require_network"]


def current_network() -> "Network | None":
    """The network in scope, or None."""
    return get_scope().get("network")


def current_network_id() -> int | None:
    """Database id of the network in scope, or None."""
    network = current_network()
    return None if network is None else network.pk


def require_network() -> "Network":
    """The network in scope.

    Raises:
        ScopeError: no network is in scope.
    """
    network = current_network()
    if network is None:
        raise ScopeError("No network is in scope: enter one with network_scope(network).")
    return network


@contextmanager
def network_scope(network: "Network") -> Iterator["Network"]:
    """Work for `network` and for no other: requests, tasks, commands, streams and the gateway all enter here.

    Nested scopes of the same network are free; entering another network inside a scope is refused, so that a
    loop over networks cannot be written inside one of them by mistake.

    Raises:
        ScopeError: `network` is not a saved network, or another network is in scope already.
    """
    if network is None or network.pk is None:
        raise ScopeError("A scope needs a saved network.")
    outer = current_network()
    if outer is not None:
        if outer.pk != network.pk:
            raise ScopeError(f"Network {outer.slug!r} is in scope; leave it before entering {network.slug!r}.")
        yield network
        return
    with scope(network=network):
        _apply_to_open_transactions()
        try:
            yield network
        finally:
            with scope(network=None):
                _apply_to_open_transactions()


def _apply_to_open_transactions() -> None:
    connection: Any
    for connection in connections.all(initialized_only=True):
        if connection.in_atomic_block and hasattr(connection, "apply_network"):
            connection.apply_network()

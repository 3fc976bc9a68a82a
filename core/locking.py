"""One lock for scarce things: lock, check, take, in one transaction and always in the same order."""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.transaction import TransactionManagementError

from core.tenancy.scope import require_network


def lock(queryset: Any) -> list[Any]:
    """Lock the rows of `queryset` until the transaction ends and return them as they are now.

    Rows are locked in the order of their keys, so two transactions that want the same rows wait for each other
    instead of deadlocking. Call it once per transaction, as late as possible, and check after it.

    Raises:
        TransactionManagementError: no transaction is open.
    """
    _require_transaction()
    return list(queryset.select_for_update(of=("self",)).order_by("pk"))


def lock_names(kind: str, names: Iterable[object]) -> None:
    """Lock things that have no row yet (a slot, a day, a number series) by their names, until the transaction ends.

    The names are those of the network in scope; they are taken in sorted order.

    Raises:
        TransactionManagementError: no transaction is open.
        ScopeError: no network is in scope.
    """
    _require_transaction()
    network_id = require_network().pk
    with connection.cursor() as cursor:
        for name in sorted({str(name) for name in names}):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{network_id}:{kind}:{name}"])


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        raise TransactionManagementError("A lock lives as long as its transaction: open one first.")

"""Gap-free numbers per network, series and year, as bookkeeping wants them."""

from django.db import connection
from django.db.transaction import TransactionManagementError

from core.tenancy.scope import require_network


def next_number(series: str, year: int, *, width: int = 6) -> str:
    """Take the next number of `series` in `year` for the network in scope, such as "SWP-2026-000042".

    The counter's row stays locked until the transaction ends, and a rollback gives the number back: no gaps, and
    numbers in the order of the commits. Take it last in the transaction, others of the series wait for it.

    Raises:
        TransactionManagementError: no transaction is open (a number could be lost).
        ScopeError: no network is in scope.
    """
    network = require_network()
    if not connection.in_atomic_block:
        raise TransactionManagementError("A number is taken inside the transaction of the thing that carries it.")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_counter (network_id, series, year, last) VALUES (%s, %s, %s, 1) "
            "ON CONFLICT (network_id, series, year) DO UPDATE SET last = core_counter.last + 1 RETURNING last",
            [network.pk, series, year],
        )
        last = cursor.fetchone()[0]
    return f"{series}-{year}-{last:0{width}d}"

"""Django's PostgreSQL backend with the tenant in it.

Two things are added, both for row-level security with a setting that lives as long as a transaction
(so a transaction pooler cannot carry it to the next client):

- whenever a transaction begins inside a network's scope, the setting is the first statement of it;
- a statement outside of any transaction gets a transaction of its own, or it would see no rows at all.
"""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.backends.postgresql import base
from psycopg2.extensions import TRANSACTION_STATUS_INERROR

from core.db.operations import DatabaseOperations
from core.tenancy.scope import current_network_id

SETTING = "chargenet.network"


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection; `apply_network()` is called by the scope when it opens or closes inside a transaction."""

    ops_class = DatabaseOperations

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(self._with_transaction)

    def _set_autocommit(self, autocommit: bool) -> None:
        super()._set_autocommit(autocommit)  # type: ignore[misc]
        if not autocommit and current_network_id() is not None:
            self.apply_network()

    def apply_network(self) -> None:
        """Tell the running transaction which network it works for (none: an empty setting, which matches no row)."""
        if self.connection is None or self.needs_rollback or self._is_aborted():
            return  # what was set in here is undone by the rollback that must follow
        network_id = current_network_id()
        with self.wrap_database_errors, self.connection.cursor() as cursor:
            cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, str(network_id or "")])

    def _is_aborted(self) -> bool:
        return bool(self.connection.info.transaction_status == TRANSACTION_STATUS_INERROR)

    def _with_transaction(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if current_network_id() is None or self.in_atomic_block or not self.get_autocommit():
            return execute(sql, params, many, context)
        with transaction.atomic(using=self.alias):
            return execute(sql, params, many, context)

"""What the compilers ask before a statement runs."""

from functools import cache
from typing import Any

from django.apps import apps

from core.tenancy.scope import ScopeError, current_network_id

# Set on a query by the scoped manager: the network in whose scope the query was built (None: outside of any).
BUILT_IN = "built_in_network"


@cache
def tenant_tables() -> frozenset[str]:
    """Names of all tables whose rows belong to a network."""
    return frozenset(
        model._meta.db_table for model in apps.get_models(include_auto_created=True) if is_tenant_model(model)
    )


def is_tenant_model(model: Any) -> bool:
    """Whether rows of `model` belong to a network: it, or the model it keeps the history of, has the column."""
    return bool(getattr(model, "is_tenant_model", False))


def check_statement(query: Any) -> None:
    """Refuse a statement that touches a tenant table outside a scope, or whose query was built in another scope.

    Raises:
        ScopeError: with the table's name and what to do.
    """
    network_id = current_network_id()
    if hasattr(query, BUILT_IN) and getattr(query, BUILT_IN) != network_id:
        raise ScopeError(
            f"This query on {query.model.__name__} was built in another scope than the one it runs in; build it anew."
        )
    if network_id is not None:
        return
    tables = {query.model._meta.db_table} if query.model else set()
    tables.update(join.table_name for join in query.alias_map.values())
    touched = sorted(tables & tenant_tables())
    if touched:
        raise ScopeError(f"No network is in scope for {', '.join(touched)}: enter one with network_scope(network).")


def check_insert(query: Any) -> None:
    """Refuse rows of another network (or of none) in an INSERT.

    Raises:
        ScopeError: naming the model and both networks.
    """
    if query.model._meta.db_table not in tenant_tables():
        return
    network_id = current_network_id()
    for row in query.objs:
        if row.network_id != network_id:
            raise ScopeError(
                f"{query.model.__name__} of network {row.network_id} cannot be stored in the scope of {network_id}."
            )


def check_update(query: Any) -> None:
    """Refuse an UPDATE that gives rows to another network.

    Raises:
        ScopeError: naming the model.
    """
    if query.model._meta.db_table not in tenant_tables():
        return
    for field, _model, value in query.values:
        if field.name == "network" and getattr(value, "pk", value) != current_network_id():
            raise ScopeError(f"{query.model.__name__} rows cannot be given to another network.")

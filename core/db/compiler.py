"""The first wall's gate: every statement the ORM executes passes here.

A manager can be forgotten, replaced or gone around (`_base_manager`, a forward foreign key, `.exists()`, `create()`,
`bulk_create()`, a queryset kept from another scope). The compiler cannot: it is what runs the statement.
"""

from typing import Any

from django.db.backends.postgresql import compiler  # type: ignore[attr-defined]

from core.tenancy.guard import check_insert, check_statement, check_update


class SQLCompiler(compiler.SQLCompiler):
    """SELECT, guarded."""

    def execute_sql(self, *args: Any, **kwargs: Any) -> Any:
        check_statement(self.query)
        return super().execute_sql(*args, **kwargs)


class SQLInsertCompiler(compiler.SQLInsertCompiler):
    """INSERT, guarded: every row must belong to the network in scope."""

    def execute_sql(self, *args: Any, **kwargs: Any) -> Any:
        check_statement(self.query)
        check_insert(self.query)
        return super().execute_sql(*args, **kwargs)


class SQLDeleteCompiler(compiler.SQLDeleteCompiler):
    """DELETE, guarded."""

    def execute_sql(self, *args: Any, **kwargs: Any) -> Any:
        check_statement(self.query)
        return super().execute_sql(*args, **kwargs)


class SQLUpdateCompiler(compiler.SQLUpdateCompiler):
    """UPDATE, guarded: no row may be given to another network."""

    def execute_sql(self, *args: Any, **kwargs: Any) -> Any:
        check_statement(self.query)
        check_update(self.query)
        return super().execute_sql(*args, **kwargs)


class SQLAggregateCompiler(compiler.SQLAggregateCompiler):
    """Aggregates over a subquery, guarded."""

    def execute_sql(self, *args: Any, **kwargs: Any) -> Any:
        inner = getattr(self.query, "inner_query", None)
        if inner is not None:
            check_statement(inner)
        return super().execute_sql(*args, **kwargs)

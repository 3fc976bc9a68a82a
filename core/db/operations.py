"""Operations of the backend: guarded compilers, and emptying tables whose rows are never changed."""

from typing import Any

from django.db.backends.postgresql import operations

from core.db.roles import append_only_tables


class DatabaseOperations(operations.DatabaseOperations):
    """PostgreSQL operations whose statements are compiled by `core.db.compiler`."""

    compiler_module = "core.db.compiler"

    def sql_flush(self, style: Any, tables: Any, **options: Any) -> list[str]:
        """Emptying a test base: triggers that refuse it are switched off for it, which only the tables' owner can."""
        statements = super().sql_flush(style, tables, **options)
        kept = sorted(append_only_tables() & set(tables))
        off = [f'ALTER TABLE "{table}" DISABLE TRIGGER USER' for table in kept]
        on = [
            f"DO $$ BEGIN IF EXISTS (SELECT FROM pg_trigger WHERE tgrelid = '\"{table}\"'::regclass "
            f"AND tgname = 'chargenet_append_only') THEN "
            f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER chargenet_append_only; END IF; END $$'
            for table in kept
        ]
        enable = [f'ALTER TABLE "{table}" ENABLE TRIGGER USER' for table in kept]
        return [*off, *statements, *enable, *on] if statements else []

"""Operations of the backend: they only name the guarded compilers."""

from django.db.backends.postgresql import operations


class DatabaseOperations(operations.DatabaseOperations):
    """PostgreSQL operations whose statements are compiled by `core.db.compiler`."""

    compiler_module = "core.db.compiler"

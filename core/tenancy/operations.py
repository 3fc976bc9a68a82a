"""Reversible migration operations: row-level security and composite foreign keys."""

from hashlib import sha1
from typing import Any

from django.db.migrations.operations.base import Operation

POLICY = "chargenet_network"
CONDITION = "network_id = nullif(current_setting('chargenet.network', true), '')::bigint"


def constraint_name(table: str, column: str, kind: str) -> str:
    """Name of a constraint, at most 63 bytes (PostgreSQL's limit), stable over runs."""
    name = f"{table}_{column}_{kind}"
    if len(name) <= 63:
        return name
    digest = sha1(name.encode(), usedforsecurity=False).hexdigest()[:8]
    return f"{name[: 62 - len(kind) - 9]}_{digest}_{kind}"


class SecureTenantTable(Operation):
    """Enable and force row-level security on a tenant model's table and on its history table, and make the
    composite foreign keys that keep its rows from pointing into another network.

    Parents first: a referenced table must have been secured before (it carries the unique pair (network_id, id)).
    Set `referenced=False` for high-volume facts that nothing points at; it saves an index.
    """

    reversible = True
    reduces_to_sql = True

    def __init__(self, model_name: str, referenced: bool = True) -> None:
        self.model_name = model_name
        self.referenced = referenced

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        kwargs: dict[str, Any] = {"model_name": self.model_name}
        if not self.referenced:
            kwargs["referenced"] = False
        return self.__class__.__name__, [], kwargs

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The state of the models does not change: this is about the tables alone."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        for table in self._tables(app_label, to_state):
            schema_editor.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
            schema_editor.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
            schema_editor.execute(f'CREATE POLICY {POLICY} ON "{table}" USING ({CONDITION}) WITH CHECK ({CONDITION})')
        table = model._meta.db_table
        if self.referenced:
            name = constraint_name(table, "network_id_id", "uniq")
            schema_editor.execute(f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" UNIQUE (network_id, id)')
        for field in tenant_foreign_keys(model):
            add_tenant_foreign_key(schema_editor, model, field)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = from_state.apps.get_model(app_label, self.model_name)
        table = model._meta.db_table
        for field in tenant_foreign_keys(model):
            drop_constraint(schema_editor, table, constraint_name(table, field.column, "tfk"))
        if self.referenced:
            drop_constraint(schema_editor, table, constraint_name(table, "network_id_id", "uniq"))
        for name in self._tables(app_label, from_state):
            schema_editor.execute(f'DROP POLICY {POLICY} ON "{name}"')
            schema_editor.execute(f'ALTER TABLE "{name}" NO FORCE ROW LEVEL SECURITY')
            schema_editor.execute(f'ALTER TABLE "{name}" DISABLE ROW LEVEL SECURITY')

    def _tables(self, app_label: str, state: Any) -> list[str]:
        names = [self.model_name, f"historical{self.model_name}"]
        return [
            state.apps.get_model(app_label, name)._meta.db_table
            for name in names
            if (app_label, name.lower()) in state.models
        ]

    def describe(self) -> str:
        return f"Row-level security and composite foreign keys of {self.model_name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"secure_{self.model_name.lower()}"


class AddTenantForeignKey(Operation):
    """Make the composite constraint of a tenant foreign key that was added after its table was secured."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, model_name: str, field: str) -> None:
        self.model_name = model_name
        self.field = field

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The state of the models does not change."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        add_tenant_foreign_key(schema_editor, model, model._meta.get_field(self.field))

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = from_state.apps.get_model(app_label, self.model_name)
        column = model._meta.get_field(self.field).column
        drop_constraint(schema_editor, model._meta.db_table, constraint_name(model._meta.db_table, column, "tfk"))

    def describe(self) -> str:
        return f"Composite foreign key {self.model_name}.{self.field}"


def tenant_foreign_keys(model: Any) -> list[Any]:
    """Foreign keys of `model` that lead to tenant tables, recognised by their class also in migration states."""
    return [field for field in model._meta.local_fields if type(field).__name__ == "TenantForeignKey"]


def add_tenant_foreign_key(schema_editor: Any, model: Any, field: Any) -> None:
    """ALTER TABLE … ADD CONSTRAINT … FOREIGN KEY (network_id, x_id) REFERENCES parent (network_id, id)."""
    table, parent = model._meta.db_table, field.remote_field.model._meta.db_table
    name = constraint_name(table, field.column, "tfk")
    schema_editor.execute(
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" FOREIGN KEY (network_id, "{field.column}") '
        f'REFERENCES "{parent}" (network_id, id)'
    )


def drop_constraint(schema_editor: Any, table: str, name: str) -> None:
    """ALTER TABLE … DROP CONSTRAINT."""
    schema_editor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')

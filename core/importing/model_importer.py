"""The importer of a simple model: one row is one record, found by its natural key."""

# ruff: noqa: S608  (tables and columns are names of models and of the program; values are parameters)
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.models import NOT_PROVIDED
from django.utils.translation import gettext as _

from core.history import write_history
from core.importing.errors import CellError
from core.importing.importer import Context
from core.importing.model_cells import preparer_of
from core.importing.rows import Outcome, Row
from core.importing.staged import StagedImporter
from core.importing.staging import Stage
from core.tenancy.scope import require_network


@dataclass(frozen=True)
class Reference:
    """A field of the file that names another record of the network by its key, such as a site by its code."""

    model: Any
    key: str = "code"
    upper: bool = False
    """Whether keys are kept in upper case, as codes are."""


class ModelImporter(StagedImporter):
    """Rows become records of `model`; every field's name is that of the model's field.

    `key` names the fields that tell records apart. Only fields that have a column are compared and written, the others
    keep what they have, or get the model's defaults in a new record. `references` is field → `Reference` for foreign
    keys. Overriding `values_for_new` adds fixed values to new records.
    """

    undecided = Outcome.NEW
    model: ClassVar[Any]
    key: ClassVar[tuple[str, ...]]
    references: ClassVar[Mapping[str, Reference]] = {}

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        names = {field.name for field in self.fields}
        missing = [name for name in self.key if name not in names]
        if missing:
            raise ImproperlyConfigured(f"{type(self).__name__}: the key needs the fields {missing}")
        self._used = [field.name for field in self.fields if field.name in context.mapping]
        self._own = [name for name in self._used if name not in self.references]
        self._named = [name for name in self._used if name in self.references]
        self._prepare = [(name, preparer_of(self._field(name))) for name in self._own]
        self._found: dict[str, dict[str, int]] = {name: {} for name in self._named}

    def values_for_new(self) -> Mapping[str, Any]:
        """Field of the model → value for every new record, beside what the file tells."""
        return {}

    def columns_of_stage(self) -> Mapping[str, str]:
        """A column for each field in use, named and typed as the model's; references hold ids."""
        own = {self.staged(name): str(self._field(name).db_type(connection)) for name in self._own}
        return own | {self.staged(name): str(self._field(name).rel_db_type(connection)) for name in self._named}

    def _field(self, name: str) -> Any:
        return self.model._meta.get_field(name)

    def _column(self, name: str) -> str:
        return str(self._field(name).column)

    def staged(self, name: str) -> str:
        """The stage's column of a field: with a mark, as a model may have a "number" and so has every stage."""
        return f"to_{self._column(name)}"

    def parse_row(self, row: Row) -> None:
        """Let the model's fields judge the values: lengths, choices, codes."""
        values, ready = row.values, []
        for name, prepare in self._prepare:
            try:
                ready.append(prepare(values[name]))
            except CellError as refusal:
                row.wrong(str(refusal), field=name)
        row.data = ready

    def classify_batch(self, batch: list[Row]) -> None:
        """Find what the rows refer to, and stage those that refer to nothing unknown."""
        for name in self._named:
            self._resolve(batch, name)
        super().classify_batch(batch)

    def stage_values(self, row: Row) -> list[Any]:
        values: list[Any] = row.data
        return values

    def _resolve(self, batch: list[Row], name: str) -> None:
        """Put the id of the record that each row names behind its values; an unknown name makes the row wrong."""
        reference, found = self.references[name], self._found[name]
        names = [self._name_in(row, name) for row in batch]
        unknown = {text for text in names if text is not None} - found.keys()
        if unknown:
            rows = reference.model.objects.filter(**{f"{reference.key}__in": unknown})
            found.update(rows.values_list(reference.key, "pk"))
        for row, text in zip(batch, names, strict=True):
            row.data.append(None if text is None else found.get(text))
            if text is not None and text not in found:
                what = reference.model._meta.verbose_name
                message = _("There is no %(what)s of this name or code.") % {"what": what}
                row.wrong(message, field=name, reason="unknown")

    def _name_in(self, row: Row, name: str) -> str | None:
        value = row.values[name]
        if value is None:
            return None
        return str(value).upper() if self.references[name].upper else str(value)

    def classify(self, stage: Stage) -> None:
        self._judge_repeated(stage)
        self.judge(stage)
        self._find_present(stage)

    def judge(self, stage: Stage) -> None:
        """Further rules of the model as `stage.decide(…)`; what stays undecided is new, changed or unchanged."""

    def _judge_repeated(self, stage: Stage) -> None:
        """A row that stands twice is set aside once; rows of one key that say different things are all wrong."""
        key = ", ".join(_quoted([self.staged(name) for name in self.key]))
        everything = ", ".join(_quoted([self.staged(name) for name in self._used]))
        if not stage.rows(f'SELECT FROM "{stage.name}" GROUP BY {key} HAVING count(*) > 1 LIMIT 1'):
            return
        repeated = _("Row %(row)s says the same.") % {"row": "{row}"}
        twice = _("Row %(row)s has the same key and says something else.") % {"row": "{row}"}
        stage.execute(
            f'UPDATE "{stage.name}" staged SET outcome = judged.outcome, reason = judged.reason, '
            "message = replace(judged.message, '{row}', judged.other::text) FROM ("
            "  SELECT ordinal, CASE WHEN variants > 1 THEN 'wrong' ELSE 'aside' END AS outcome,"
            "         CASE WHEN variants > 1 THEN 'twice' ELSE 'repeated' END AS reason,"
            "         CASE WHEN variants > 1 THEN %s ELSE %s END AS message,"
            "         CASE WHEN place = 1 THEN last_number ELSE first_number END AS other"
            f"  FROM (SELECT ordinal, place, count(*) FILTER (WHERE nth = 1) OVER same_key AS variants,"
            f"               min(number) OVER same_key AS first_number, max(number) OVER same_key AS last_number"
            f"        FROM (SELECT ordinal, number, {key},"
            f"                     row_number() OVER (PARTITION BY {key} ORDER BY ordinal) AS place,"
            f"                     row_number() OVER (PARTITION BY {everything} ORDER BY ordinal) AS nth"
            f'              FROM "{stage.name}" WHERE outcome IS NULL) numbered'
            f"        WINDOW same_key AS (PARTITION BY {key})) counted"
            "  WHERE variants > 1 OR place > 1) judged WHERE staged.ordinal = judged.ordinal",
            [twice, repeated],
        )

    def _find_present(self, stage: Stage) -> None:
        table = self.model._meta.db_table
        columns = [self._column(name) for name in self._used]
        keys = [self._column(name) for name in self.key]
        same_key = " AND ".join(f'present."{column}" = staged."to_{column}"' for column in keys)
        differs = " OR ".join(f'present."{column}" IS DISTINCT FROM staged."to_{column}"' for column in columns)
        stage.execute(
            f'UPDATE "{stage.name}" staged SET target_id = present.id, '
            f"outcome = CASE WHEN {differs} THEN 'changed' ELSE 'unchanged' END "
            f'FROM "{table}" present WHERE present.network_id = %s AND {same_key} AND staged.outcome IS NULL',
            [require_network().pk],
        )

    def apply(self, stage: Stage) -> None:
        self._update(stage)
        self._insert(stage)

    def _update(self, stage: Stage) -> None:
        ids = [row[0] for row in stage.rows(f"SELECT target_id FROM \"{stage.name}\" WHERE outcome = 'changed'")]
        if not ids:
            return
        self.context.changes.changing(self.model, ids)
        columns = [self._column(name) for name in self._used if name not in self.key]
        assignments = ", ".join(f'"{column}" = staged."to_{column}"' for column in columns)
        stage.execute(
            f'UPDATE "{self.model._meta.db_table}" present SET {assignments} FROM "{stage.name}" staged '
            "WHERE present.id = staged.target_id AND present.network_id = %s AND staged.outcome = 'changed'",
            [require_network().pk],
        )
        self._keep_history(ids, "~")

    def _insert(self, stage: Stage) -> None:
        fixed = {"network": require_network().pk, **self._defaults(), **self.values_for_new()}
        fixed = {name: value for name, value in fixed.items() if name not in self._used}
        columns = [self._column(name) for name in (*self._used, *fixed)]
        staged = [f'staged."{self.staged(name)}"' for name in self._used]
        rows = stage.rows(
            f'INSERT INTO "{self.model._meta.db_table}" ({", ".join(_quoted(columns))}) '
            f'SELECT {", ".join([*staged, *["%s"] * len(fixed)])} FROM "{stage.name}" staged '
            "WHERE staged.outcome IS NULL ORDER BY ordinal RETURNING id",
            [self._field(name).get_db_prep_save(_key_of(value), connection) for name, value in fixed.items()],
        )
        ids = [row[0] for row in rows]
        if ids:
            self.context.changes.made(self.model, ids)
            self._keep_history(ids, "+")

    def _defaults(self) -> dict[str, Any]:
        """The model's defaults for the fields that the file does not tell."""
        defaults: dict[str, Any] = {}
        for field in self.model._meta.concrete_fields:
            if field.primary_key or field.name == "network" or field.name in self._used:
                continue
            if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
                defaults[field.name] = self.context.now
            elif field.default is not NOT_PROVIDED or (field.empty_strings_allowed and not field.null):
                defaults[field.name] = field.get_default()
        return defaults

    def _keep_history(self, ids: list[int], kind: str) -> None:
        if hasattr(self.model._meta, "simple_history_manager_attribute"):
            write_history(self.model, ids, kind=kind, reason=self.context.reason)


def _quoted(columns: list[str]) -> list[str]:
    return [f'"{column}"' for column in columns]


def _key_of(value: Any) -> Any:
    return getattr(value, "pk", value)

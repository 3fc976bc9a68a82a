"""What an app declares to bring files into its models: fields, options, how rows are judged and written."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms

from core.errors import Text
from core.importing.changes import Changes
from core.importing.fields import Field, Preset, Reading
from core.importing.rows import GENERAL_REASONS, Row, Tally
from core.jobs.registry import job
from core.locking import lock_names
from core.tenancy.scope import require_network

__all__ = ["Context", "Field", "Importer", "Preset", "Row", "importer_named", "importers", "register"]


@dataclass(frozen=True)
class Context:
    """The circumstances of one pass over a file."""

    options: Mapping[str, Any]
    """Values of the importer's options form."""
    reading: Reading
    mapping: Mapping[str, str]
    """Field → column, for the fields that have one."""
    actor: Any
    now: datetime
    changes: Changes
    """Where an importer says which rows it made or is about to change, for the undo."""
    applying: bool
    """False while a file is only checked: then nothing may be written."""
    run: Any = None
    """The ImportRun; its `number` names the import in histories."""

    @property
    def network(self) -> Any:
        """The network in scope."""
        return require_network()

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which the file tells times: the option `time_zone`, else the network's."""
        name = self.options.get("time_zone")
        return ZoneInfo(str(name)) if name else self.reading.zone

    @property
    def reason(self) -> str:
        """What stands as the reason in histories."""
        return f"Import {self.run.number}" if self.run is not None else "Import"


class NoOptions(forms.Form):
    """For importers without options."""


class Importer(ABC):
    """Judges and writes the rows of one kind of file. One instance lives for one pass over one file.

    In a pass come `begin`, then for every batch `parse_row` for each row, `classify_batch`, and when the file is
    applied `apply_batch`; then `finish`. Checking and applying run the same code, so both come to the same counts. A
    pass is one transaction; when the file is applied, `lock` comes first.
    """

    do_not_call_in_templates: ClassVar[bool] = True
    name: ClassVar[str]
    """As in addresses and commands: "sites", "charging-sessions"."""
    title: ClassVar[Text]
    description: ClassVar[Text] = ""
    permission: ClassVar[str]
    """Must be held for the whole network."""
    fields: ClassVar[Sequence[Field]]
    options_form: ClassVar[type[forms.Form]] = NoOptions
    presets: ClassVar[Sequence[Preset]] = ()
    reasons: ClassVar[Mapping[str, Text]] = {}
    """Words for the importer's own reasons, shown beside their counts."""
    batch_size: ClassVar[int] = 2_000
    decides_at_end: ClassVar[bool] = False
    """Whether `finish` decides and counts the rows that `classify_batch` left undecided."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def lock(self) -> None:
        """Taken before a file is applied: by default two imports of one importer wait for each other."""
        lock_names("import", [self.name])

    def begin(self) -> None:  # noqa: B027  (a hook that most importers do not need)
        """Before the first row: look up what all rows need."""

    def parse_row(self, row: Row) -> None:  # noqa: B027
        """After all cells of a row were read without an error: `row.values` may be changed, `row.wrong` called."""

    @abstractmethod
    def classify_batch(self, batch: list[Row]) -> None:
        """Decide what becomes of each row, by `row.new()`, `change`, `leave`, `set_aside` or `wrong`."""

    @abstractmethod
    def apply_batch(self, batch: list[Row]) -> None:
        """Write the rows that are new, changed or set aside, and tell `context.changes`."""

    def finish(self, tally: Tally) -> None:  # noqa: B027
        """After the last row."""

    def figures(self) -> list[tuple[Text, Any]]:
        """Sums that a person compares with the file, such as (_("Energy accepted, kWh"), Decimal)."""
        return []

    def before_undo(self, run: Any) -> None:  # noqa: B027
        """Raise Refusal when an import cannot be undone for a reason that only the app knows."""

    @classmethod
    def reason_text(cls, reason: str) -> Text:
        """The words for a reason."""
        return cls.reasons.get(reason) or GENERAL_REASONS.get(reason) or reason

    @classmethod
    def field(cls, name: str) -> Field:
        """The field of that name. Raises LookupError."""
        for field in cls.fields:
            if field.name == name:
                return field
        raise LookupError(name)


_importers: dict[str, type[Importer]] = {}


def register(importer: type[Importer]) -> type[Importer]:
    """Class decorator: make an importer known to the wizard and the command, with its kinds of jobs.

    Declare importers in `<app>/importers.py` and import that module in the app's `ready()`.
    """
    # The jobs of the wizard need the models, which are loaded after this module.
    from core.importing.jobs import PHASES  # noqa: PLC0415

    names = [field.name for field in importer.fields]
    if len(set(names)) != len(names):
        raise ValueError(f"{importer.__name__} has two fields of one name")
    _importers[importer.name] = importer
    for phase, work in PHASES.items():
        job(f"import.{phase}.{importer.name}", permission=importer.permission)(work)
    return importer


def importer_named(name: str) -> type[Importer]:
    """The importer of that name. Raises LookupError."""
    return _importers[name]


def importers() -> list[type[Importer]]:
    """All importers, by name."""
    return [_importers[name] for name in sorted(_importers)]

"""The long work of an import: checking a file, applying it, undoing it. Each is one transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.clock import zone_of
from core.errors import Refusal
from core.events import publish
from core.importing.changes import Changes, undo_blockers, undo_changes
from core.importing.engine import FilePass, Progress, fields_by_column
from core.importing.fields import Reading
from core.importing.files import open_run
from core.importing.importer import Context, Importer, importer_named
from core.importing.issues import IssueKeeper
from core.importing.models import ImportChange, ImportRun, ImportState
from core.importing.rows import Tally
from core.records import record
from core.tenancy.scope import require_network


class ImportRefused(Refusal):
    """A step of an import cannot be taken."""

    code = "import"


class RowsWrong(ImportRefused):
    """Rows are wrong and nobody chose to leave them out."""

    code = "rows-wrong"


class CannotUndo(ImportRefused):
    """The import cannot be taken back; `reasons` lists why."""

    code = "cannot-undo"

    def __init__(self, reasons: list[str]) -> None:
        self.reasons = reasons
        super().__init__(" ".join(reasons))


def no_progress(_done: int) -> None:
    """For work that nobody watches."""


def locked(run: ImportRun) -> ImportRun:
    """The run as it is now, locked until the transaction ends."""
    found: ImportRun = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    return found


def options_of(run: ImportRun) -> dict[str, Any]:
    """Typed values of the importer's options. Raises ImportRefused when they no longer make sense."""
    options_form = importer_named(run.importer).options_form
    usual = {name: field.initial for name, field in options_form.base_fields.items() if field.initial is not None}
    form = options_form(data=usual | run.options)
    if not form.is_valid():
        problems = " ".join(f"{name}: {' '.join(map(str, texts))}" for name, texts in form.errors.items())
        raise ImportRefused(problems, code="options")
    return dict(form.cleaned_data)


def _importer(run: ImportRun, actor: Any, now: datetime, *, applying: bool) -> Importer:
    options = options_of(run)
    reading = Reading(run.detected.get("decimal_mark") or ".", zone_of(require_network()), options)
    changes = Changes(run if applying else None)
    mapping = fields_by_column(run.mapping)
    return importer_named(run.importer)(Context(options, reading, mapping, actor, now, changes, applying, run))


def _pass(importer: Importer, run: ImportRun, progress: Progress) -> Tally:
    table = open_run(run)
    if list(table.columns) != run.columns:
        raise ImportRefused(_("The columns of the file are no longer those that were chosen. Choose them again."))
    tally, keeper = Tally(), IssueKeeper(run)
    FilePass(importer, table, tally).run(progress=progress, keep=keeper)
    keeper.close()
    run.counts, run.issue_count = tally.as_dict(), tally.issue_count
    run.figures = [[str(label), str(value)] for label, value in importer.figures()]
    return tally


@transaction.atomic
def check_file(*, run: ImportRun, actor: Any, now: datetime, progress: Progress = no_progress) -> ImportRun:
    """Judge every row of the file and keep counts and remarks; nothing else is written. Safe to repeat.

    Raises:
        Refusal: the file cannot be read, its options make no sense, or far too much is wrong.
    """
    run = locked(run)
    if run.state not in (ImportState.CHECKING, ImportState.MAPPED, ImportState.CHECKED, ImportState.FAILED):
        return run
    _pass(_importer(run, actor, now, applying=False), run, progress)
    run.state, run.checked_at, run.error = ImportState.CHECKED, now, ""
    run.save()
    publish("imports", {"run": run.number})
    return run


@transaction.atomic
def apply_file(*, run: ImportRun, actor: Any, now: datetime, progress: Progress = no_progress) -> ImportRun:
    """Bring the rows of the file in, all or nothing; they are judged again under the importer's lock. Safe to repeat.

    Raises:
        RowsWrong: rows are wrong and `run.skip_wrong` is not set.
        Refusal: for the reasons of `check_file`, or because the database refuses a row.
    """
    run = locked(run)
    if run.state not in (ImportState.APPLYING, ImportState.CHECKED, ImportState.MAPPED):
        return run
    importer = _importer(run, actor, now, applying=True)
    try:
        with transaction.atomic():
            tally = _pass(importer, run, progress)
    except IntegrityError as error:
        raise ImportRefused(_refused_by_database(error), code="database") from error
    wrong = tally.outcomes["wrong"]
    if wrong and not run.skip_wrong:
        raise RowsWrong(
            ngettext(
                "%(count)d row is wrong, so nothing was imported. Mend it, or choose to leave out wrong rows.",
                "%(count)d rows are wrong, so nothing was imported. Mend them, or choose to leave out wrong rows.",
                wrong,
            )
            % {"count": wrong}
        )
    importer.context.changes.close()
    run.state, run.applied_at, run.applied_by, run.error = ImportState.APPLIED, now, actor, ""
    run.checked_at = run.checked_at or now
    run.save()
    record("import.applied", target=run, actor=actor, summary=f"{run.filename}: {_summary(run)}", after=run.counts)
    publish("imports", {"run": run.number})
    return run


def _summary(run: ImportRun) -> str:
    return ", ".join(f"{name} {run.counts[name]}" for name in ("new", "changed", "unchanged", "aside", "wrong"))


def _refused_by_database(error: IntegrityError) -> str:
    diagnostics = getattr(error.__cause__, "diag", None)
    name = getattr(diagnostics, "constraint_name", None) or str(error).splitlines()[0]
    text: str = _("The database refused this by its rule “%(rule)s”; nothing was changed.") % {"rule": name}
    return text


@transaction.atomic
def undo_import(*, run: ImportRun, actor: Any, now: datetime) -> ImportRun:
    """Take back everything an import did, as if it had never been. Safe to repeat.

    Raises:
        CannotUndo: the time is over, or rows were changed, deleted or referred to since.
    """
    run = locked(run)
    if run.state == ImportState.UNDONE:
        return run
    refuse_late_undo(run, now)
    reasons = undo_blockers(run, lock=True)
    if reasons:
        raise CannotUndo(reasons)
    importer = _importer(run, actor, now, applying=False)
    importer.before_undo(run)
    try:
        with transaction.atomic():
            undo_changes(run, reason=f"Undo of import {run.number}")
    except IntegrityError as error:
        # Somebody referred to an imported row a moment ago.
        raise CannotUndo([_refused_by_database(error)]) from error
    ImportChange.objects.filter(run=run).delete()
    run.state, run.undone_at, run.undone_by, run.error = ImportState.UNDONE, now, actor, ""
    run.save()
    record("import.undone", target=run, actor=actor, summary=run.filename, before=run.counts)
    publish("imports", {"run": run.number})
    return run


def refuse_late_undo(run: ImportRun, now: datetime) -> None:
    """Raise CannotUndo unless the import was applied less than 24 hours ago."""
    if run.state not in (ImportState.APPLIED, ImportState.UNDOING) or run.undo_until is None:
        raise CannotUndo([str(_("This import was not applied, so there is nothing to undo."))])
    if now >= run.undo_until:
        raise CannotUndo([str(_("The 24 hours in which an import can be undone are over."))])

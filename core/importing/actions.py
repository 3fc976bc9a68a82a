"""Every step that a person takes in an import."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from core.importing import records as _records  # noqa: F401  (registers the verbs)
from core.importing.files import Sent, drop_file, keep_file, note_table, open_run
from core.importing.importer import Importer, importer_named
from core.importing.mapping import check_mapping
from core.importing.models import ImportChange, ImportIssue, ImportMapping, ImportRun, ImportState
from core.importing.reading import Options, UnreadableFile
from core.importing.work import ImportRefused, locked, options_of, refuse_late_undo
from core.jobs.actions import cancel_job, start_job
from core.numbering import next_number
from core.records import record
from core.rights import may_everywhere
from core.tenancy.scope import require_network
from core.urls import network_url

OPEN = {ImportState.UPLOADED, ImportState.MAPPED, ImportState.CHECKED, ImportState.FAILED}
BUSY = {ImportState.CHECKING, ImportState.APPLYING, ImportState.UNDOING}
ABANDONED_AFTER = timedelta(days=7)
FILES_KEPT_FOR = timedelta(days=90)


def refuse_without_right(importer: type[Importer], actor: Any) -> None:
    """Raise ImportRefused unless `actor` may run this importer; None is the machine's own operator (a command)."""
    if actor is not None and not may_everywhere(actor, importer.permission):
        raise ImportRefused(_("You do not have the right to import this."), code="forbidden")


@transaction.atomic
def receive_file(
    *,
    importer: type[Importer],
    sent: Sent,
    source_name: str,
    actor: Any,
    now: datetime,
    reading: Options | None = None,
) -> ImportRun:
    """Take a file in and look at it: encoding, header, columns. `reading` is what a person says about it.

    Raises:
        UnreadableFile: it is no table; nothing is kept.
        ImportRefused: `actor` may not import this.
        NoSpace: the disk is nearly full.
    """
    refuse_without_right(importer, actor)
    run = ImportRun(importer=importer.name, source_name=source_name.strip()[:80], actor=actor, created_at=now)
    run.adopt(require_network())
    run.reading = (reading or Options()).as_dict()
    keep_file(run, sent)
    try:
        note_table(run, open_run(run))
    except UnreadableFile:
        drop_file(run)
        raise
    run.number = next_number("IMP", now.year)
    run.save()
    record("import.received", target=run, actor=actor, summary=run.filename, after={"sha256": run.sha256})
    return run


@transaction.atomic
def read_again(*, run: ImportRun, reading: Options, actor: Any) -> ImportRun:
    """Read the file in another way: another encoding, delimiter, sheet …

    Raises:
        UnreadableFile: it is no table when it is read so; nothing is changed.
        ImportRefused: the import is under way or over.
    """
    run = _open_for_change(run, actor)
    run.reading = reading.as_dict()
    note_table(run, open_run(run))
    run.mapping, run.state = {}, ImportState.UPLOADED
    _forget_check(run)
    run.save()
    return run


def _forget_check(run: ImportRun) -> None:
    """What was found under other columns says nothing any more."""
    run.counts, run.figures, run.issue_count, run.checked_at, run.error = {}, [], 0, None, ""
    ImportIssue.objects.filter(run=run).delete()


def _open_for_change(run: ImportRun, actor: Any) -> ImportRun:
    run = locked(run)
    refuse_without_right(importer_named(run.importer), actor)
    if run.state not in OPEN and not is_stuck(run):
        raise ImportRefused(_("This import is under way or over; send the file again."))
    return run


def is_stuck(run: ImportRun) -> bool:
    """Whether a step was begun whose job ended without finishing it."""
    return run.state in BUSY and (run.job is None or not run.job.is_open)


@transaction.atomic
def choose_columns(
    *, run: ImportRun, mapping: Mapping[str, str], options: Mapping[str, Any], actor: Any, now: datetime
) -> ImportRun:
    """Set what each column means and the importer's options, and remember both for the source.

    Raises:
        MappingRefused: the mapping is not complete.
        ImportRefused: the options make no sense, or the import is under way or over.
    """
    run = _open_for_change(run, actor)
    run.mapping = check_mapping(importer_named(run.importer), run.columns, mapping)
    run.options = dict(options)
    options_of(run)
    run.state = ImportState.MAPPED
    _forget_check(run)
    run.save()
    ImportMapping.objects.update_or_create(
        importer=run.importer,
        source_name=run.source_name,
        defaults={"mapping": run.mapping, "options": run.options, "reading": run.reading, "changed_at": now},
    )
    return run


def _start(run: ImportRun, phase: str, state: ImportState, title: str, actor: Any, now: datetime) -> ImportRun:
    url = network_url("imports:run", run.number)
    kind = f"import.{phase}.{run.importer}"
    run.job = start_job(kind=kind, title=title, actor=actor, now=now, params={"run": run.pk}, result_url=url)
    run.state, run.error = state, ""
    run.save()
    return run


@transaction.atomic
def start_check(*, run: ImportRun, actor: Any, now: datetime) -> ImportRun:
    """Send the check of the file to the workers. Raises ImportRefused before the columns are chosen."""
    run = _open_for_change(run, actor)
    if not run.mapping:
        raise ImportRefused(_("Choose the columns first."))
    title = _("Check of %(file)s") % {"file": run.filename}
    return _start(run, "check", ImportState.CHECKING, title, actor, now)


@transaction.atomic
def start_apply(*, run: ImportRun, skip_wrong: bool, actor: Any, now: datetime) -> ImportRun:
    """Send the import of the checked file to the workers.

    Raises ImportRefused when it is not checked, or rows are wrong and `skip_wrong` is not set.
    """
    run = _open_for_change(run, actor)
    if run.state not in (ImportState.CHECKED, ImportState.APPLYING) or run.checked_at is None:
        raise ImportRefused(_("Check the file first."))
    if run.wrong and not skip_wrong:
        raise ImportRefused(_("Rows are wrong. Mend the file, or choose to import the good rows only."))
    run.skip_wrong = skip_wrong
    title = _("Import of %(file)s") % {"file": run.filename}
    return _start(run, "apply", ImportState.APPLYING, title, actor, now)


@transaction.atomic
def start_undo(*, run: ImportRun, actor: Any, now: datetime) -> ImportRun:
    """Send the undo to the workers. Raises CannotUndo when it is too late, ImportRefused without the right."""
    run = locked(run)
    refuse_without_right(importer_named(run.importer), actor)
    refuse_late_undo(run, now)
    if run.state == ImportState.UNDOING and not is_stuck(run):
        return run
    title = _("Undo of %(file)s") % {"file": run.filename}
    return _start(run, "undo", ImportState.UNDOING, title, actor, now)


@transaction.atomic
def cancel_import(*, run: ImportRun, actor: Any, now: datetime) -> ImportRun:
    """Give an import up before anything was imported: its file goes. Safe to repeat.

    A check that runs is stopped first; then the import can be given up.

    Raises:
        ImportRefused: it was imported already (undo it instead), or is being imported.
    """
    refuse_without_right(importer_named(run.importer), actor)
    if run.state == ImportState.CHECKING and run.job is not None and run.job.is_open:
        # The check holds the import's lock until it ends; its job is asked to end.
        cancel_job(job=run.job, actor=actor, now=now)
        return run
    run = locked(run)
    if run.state == ImportState.CANCELLED:
        return run
    if run.state in (ImportState.APPLIED, ImportState.UNDONE, ImportState.UNDOING) or (
        run.state == ImportState.APPLYING and not is_stuck(run)
    ):
        raise ImportRefused(_("This import has been carried out or is under way; it can be undone, not cancelled."))
    run.state = ImportState.CANCELLED
    drop_file(run)
    run.save()
    record("import.cancelled", target=run, actor=actor, summary=run.filename)
    return run


@transaction.atomic
def expire_imports(*, now: datetime) -> int:
    """Let go what is no longer needed, in the network in scope: files of abandoned and old imports, means of undoing.

    Returns how many imports were touched. Safe to repeat.
    """
    abandoned = Q(state__in=OPEN)
    touched = 0
    for run in ImportRun.objects.filter(abandoned, created_at__lt=now - ABANDONED_AFTER):
        run.state = ImportState.CANCELLED
        drop_file(run)
        run.save()
        touched += 1
    for run in ImportRun.objects.exclude(file="").filter(created_at__lt=now - FILES_KEPT_FOR):
        drop_file(run)
        run.save()
        touched += 1
    ImportIssue.objects.filter(run__created_at__lt=now - FILES_KEPT_FOR).delete()
    late = ImportRun.objects.filter(state=ImportState.APPLIED, applied_at__lt=now - timedelta(hours=25))
    ImportChange.objects.filter(run__in=late).delete()
    return touched

"""The jobs of the wizard: each runs one phase of an import, and puts the import back where it was when it fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.utils.translation import gettext as _

from core.clock import now
from core.errors import Refusal
from core.importing import work
from core.importing.models import ImportRun, ImportState
from core.jobs.run import JobCancelled, JobRun


def _progress(job: JobRun, total: int | None) -> Callable[[int], None]:
    def progress(done: int) -> None:
        job.progress(done, total, _("%(count)s rows") % {"count": f"{done:,}"})

    return progress


@contextmanager
def _falling_back(run: ImportRun, state: ImportState, failed: ImportState | None = None) -> Iterator[None]:
    """When the work ends early, the import returns to `state` (`failed` when it was not stopped) and tells why."""
    try:
        yield
    except JobCancelled:
        _return_to(run, state, "")
        raise
    except Refusal as refusal:
        _return_to(run, failed or state, str(refusal))
        raise
    except Exception:
        _return_to(run, failed or state, _("An unexpected error stopped this step. Nothing was half done."))
        raise


def _return_to(run: ImportRun, state: ImportState, error: str) -> None:
    ImportRun.objects.filter(pk=run.pk).update(state=state, error=error)


def _run_of(job: JobRun) -> ImportRun:
    run: ImportRun = ImportRun.objects.get(pk=job.params["run"])
    return run


def check(job: JobRun) -> None:
    """Check the file of an import."""
    run = _run_of(job)
    with _falling_back(run, ImportState.MAPPED, ImportState.FAILED):
        work.check_file(run=run, actor=job.actor, now=now(), progress=_progress(job, None))


def apply(job: JobRun) -> None:
    """Apply the file of an import."""
    run = _run_of(job)
    with _falling_back(run, ImportState.CHECKED):
        work.apply_file(run=run, actor=job.actor, now=now(), progress=_progress(job, run.total or None))


def undo(job: JobRun) -> None:
    """Undo an import."""
    run = _run_of(job)
    with _falling_back(run, ImportState.APPLIED):
        work.undo_import(run=run, actor=job.actor, now=now())


PHASES: dict[str, Callable[[JobRun], Any]] = {"check": check, "apply": apply, "undo": undo}
"""Phase → its work; each importer registers a kind of job for each, with its own permission."""

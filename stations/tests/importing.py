"""What the tests of importers share: bringing a text in as a file, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.clock import now
from core.importing.importer import importer_named
from core.importing.models import ImportIssue, ImportRun
from core.importing.work import apply_file, check_file
from core.tests.importing_tools import received

OUTCOMES = ("new", "changed", "unchanged", "aside", "wrong")


def checked(importer: str, content: str | bytes, **more: Any) -> ImportRun:
    """The import of a file that is only checked."""
    return check_file(run=received(importer_named(importer), content, **more), actor=None, now=now())


def imported(importer: str, content: str | bytes, *, skip_wrong: bool = False, **more: Any) -> ImportRun:
    """The import of a file; `more` goes to `received` (mapping, options, name)."""
    run = received(importer_named(importer), content, **more)
    run.skip_wrong = skip_wrong
    run.save()
    return apply_file(run=run, actor=None, now=now())


def counts(run: ImportRun) -> dict[str, int]:
    """How many rows came to which outcome; outcomes without any are left out."""
    return {name: run.counts[name] for name in OUTCOMES if run.counts[name]}


def remarks(run: ImportRun, kind: str = "wrong") -> list[tuple[int, str, str]]:
    """(row, column, reason) of everything of that kind."""
    issues = ImportIssue.objects.filter(run=run, kind=kind)
    return list(issues.values_list("row_number", "column", "reason"))


def messages(run: ImportRun) -> list[str]:
    """The words of all remarks."""
    return list(ImportIssue.objects.filter(run=run).values_list("message", flat=True))


def figures(run: ImportRun) -> Mapping[str, str]:
    """The sums that a person compares with the file."""
    return dict(run.figures)

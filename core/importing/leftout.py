"""The rows that are wrong or were set aside, with their reasons, as a file that can be mended and sent again."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import IO, Any

from django.utils.translation import gettext as _

from core import export
from core.importing.files import open_run
from core.importing.issues import issues_by_row
from core.importing.mapping import REASON, ROW
from core.importing.models import ImportRun


def heads(run: ImportRun) -> list[export.Column]:
    """The columns of the file and before them the row and the reasons."""
    return [export.Column(name, name) for name in (ROW, REASON, *run.columns)]


def left_out_rows(run: ImportRun) -> Iterator[list[str]]:
    """Row, reasons and cells of each row that is wrong or set aside, in the order of the file; memory stays small.

    Raises FileGone when the file is no longer kept.
    """
    table = open_run(run)
    problems = issues_by_row(run)
    wanted, issues = next(problems, (0, []))
    for ordinal, row in enumerate(table.rows(), start=1):
        if not wanted:
            return
        if ordinal == wanted:
            place = f"{row.sheet} {row.number}".strip()
            yield [place, _reasons(issues), *(row.values[column] for column in run.columns)]
            wanted, issues = next(problems, (0, []))


def _reasons(issues: list[Any]) -> str:
    parts = []
    for issue in issues:
        text = f"{issue.column}: {issue.message}" if issue.column else issue.message
        parts.append(text if issue.kind == "wrong" else _("Set aside: %(reason)s") % {"reason": text})
    return " | ".join(parts)


def left_out_workbook(run: ImportRun) -> IO[bytes]:
    """The same as a workbook, in a temporary file at its beginning."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  (whoever sends it closes it)
    export.write_xlsx(heads(run), left_out_rows(run), file, title=run.number)
    file.seek(0)
    return file

"""What the pages of an import show, as parts for the templates."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.translation import gettext as _

from core.importing.actions import BUSY, is_stuck
from core.importing.encodings import OFFERED
from core.importing.fields import Field
from core.importing.importer import Importer, importer_named
from core.importing.lists import importer_title, state_of
from core.importing.models import ImportIssue, ImportRun, ImportState
from core.importing.queries import same_file_before
from core.importing.rows import NOTED, OUTCOME_LABELS, Outcome
from core.importing.tables import DETECTED_LABELS
from core.importing.text import DELIMITERS
from core.parts import Cell, Column, Crumb, Fact, Page, PageLink, Row, State
from core.rights import may_everywhere
from core.urls import network_url

ISSUES_A_PAGE = 50
_KINDS = (Outcome.WRONG.value, Outcome.ASIDE.value, NOTED)


def steps() -> list[str]:
    """The steps of the wizard in the reader's language."""
    return [_("File"), _("Columns"), _("Check"), _("Import")]


def crumbs(run: ImportRun | None = None) -> list[Crumb]:
    """The path above the title."""
    path = [Crumb(_("Imports"), network_url("imports:list"))]
    return path if run is None else [*path, Crumb(run.number, network_url("imports:run", run.number))]


def may_import(request: HttpRequest, run: ImportRun) -> bool:
    """Whether the reader may carry this import on; one whose importer is gone can only be looked at."""
    try:
        return may_everywhere(request.user, importer_named(run.importer).permission)
    except LookupError:
        return False


def detected_facts(run: ImportRun) -> list[Fact]:
    """How the file is read, in words."""
    found, facts = run.detected, []
    for name, label in DETECTED_LABELS.items():
        value = found.get(name)
        if name == "delimiter":
            value = DELIMITERS.get(value or "", value)
        elif name == "encoding":
            value = OFFERED.get(value or "", str(value or "").upper())
        elif name == "format":
            value = str(value).upper() + (_(", packed with gzip") if found.get("compressed") else "")
        elif name == "titles":
            value = " / ".join(value or [])
        elif name == "decimal_mark":
            value = _("Comma") if value == "," else _("Point")
        if value:
            facts.append(Fact(label, value))
    return facts


def field_facts(importer: type[Importer]) -> list[Fact]:
    """The fields that an importer reads, with their help."""
    return [Fact(field.label, _field_note(field)) for field in importer.fields]


def _field_note(field: Field) -> str:
    need = _("every row needs it") if field.required else _("a column is needed") if field.mapped else ""
    return "; ".join(str(part) for part in (field.help, need) if part)


def file_facts(run: ImportRun) -> list[Fact]:
    """What is known about the import as a whole."""
    facts = [
        Fact(_("What"), importer_title(run)),
        Fact(_("Source"), run.source_name),
        Fact(_("File"), run.filename),
        Fact(_("SHA-256"), run.sha256, "code"),
        Fact(_("Uploaded by"), str(run.actor or _("Command line"))),
        Fact(_("Uploaded at"), run.created_at, "datetime"),
    ]
    if run.applied_at is not None:
        facts += [
            Fact(_("Imported by"), str(run.applied_by or _("Command line"))),
            Fact(_("Imported at"), run.applied_at, "datetime"),
        ]
    if run.undone_at is not None:
        facts += [
            Fact(_("Undone by"), str(run.undone_by or _("Command line"))),
            Fact(_("Undone at"), run.undone_at, "datetime"),
        ]
    return facts


def count_cards(run: ImportRun) -> list[tuple[str, str, int]]:
    """(outcome, label, rows) for every outcome."""
    return [(outcome.value, str(OUTCOME_LABELS[outcome]), int(run.counts.get(outcome.value, 0))) for outcome in Outcome]


def reason_table(run: ImportRun) -> tuple[list[Column], list[Row]]:
    """How many rows are wrong, set aside or noted for each reason."""
    columns = [
        Column("reason", _("Reason")),
        Column("outcome", _("Rows are")),
        Column("count", _("Rows"), "number"),
    ]
    try:
        words: Any = importer_named(run.importer).reason_text
    except LookupError:
        words = str
    rows = []
    for outcome, label in (("wrong", _("Wrong")), ("aside", _("Set aside")), (NOTED, _("Noted"))):
        for reason, count in run.counts.get("reasons", {}).get(outcome, {}).items():
            values = [words(reason), State("row", outcome, label), count]
            rows.append(Row([Cell(column, value) for column, value in zip(columns, values, strict=True)]))
    return columns, rows


def issue_table(run: ImportRun, request: HttpRequest) -> dict[str, Any]:
    """One page of everything that is wrong, was set aside or noted, by row and column."""
    kind = request.GET.get("kind", "")
    issues = ImportIssue.objects.filter(run=run)
    issues = issues.filter(kind=kind) if kind in _KINDS else issues
    page = Paginator(issues, ISSUES_A_PAGE).get_page(request.GET.get("page"))
    columns = [
        Column("row", _("Row")),
        Column("kind", _("Kind")),
        Column("column", _("Column")),
        Column("value", _("Value")),
        Column("message", _("Remark")),
    ]
    rows = [
        Row([Cell(column, value) for column, value in zip(columns, _issue_values(issue), strict=True)])
        for issue in page.object_list
    ]
    return {"issue_columns": columns, "issue_rows": rows, "issue_page": _page(page, kind), "kind": kind}


def _issue_values(issue: ImportIssue) -> list[Any]:
    place = f"{issue.sheet} {issue.row_number}".strip()
    state = State("row", issue.kind, issue.get_kind_display())
    return [place, state, issue.column, issue.value, issue.message]


def _page(page: Any, kind: str) -> Page:
    def url(number: int) -> str:
        chosen = f"&kind={kind}" if kind in _KINDS else ""
        return f"?page={number}{chosen}#issues"

    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    return Page(
        number=page.number,
        first=page.start_index(),
        last=page.end_index(),
        total=page.paginator.count,
        previous_url=url(page.number - 1) if page.has_previous() else "",
        next_url=url(page.number + 1) if page.has_next() else "",
        links=[
            PageLink(number, url(number), number == page.number) if isinstance(number, int) else PageLink(None)
            for number in numbers
        ],
    )


def job_part(run: ImportRun) -> dict[str, Any] | None:
    """The job of a running step, as components/job.html draws it; None when nothing runs."""
    if run.job is None or not is_under_way(run):
        return None
    return {
        "title": run.job.title,
        "state": run.job.state,
        "state_label": run.job.get_state_display(),
        "done": run.job.done,
        "total": run.job.total,
        "message": run.job.message,
        "error": run.job.error,
        "job_url": network_url("imports:progress", run.number),
        "cancel_url": network_url("imports:stop", run.number),
    }


def is_under_way(run: ImportRun) -> bool:
    """Whether a worker is busy with the import."""
    return run.state in BUSY and not is_stuck(run)


def current_step(run: ImportRun) -> int:
    """Where the import stands in the wizard; behind its end when it is over."""
    if run.state in (ImportState.UPLOADED, ImportState.FAILED):
        return 2
    if run.state in (ImportState.MAPPED, ImportState.CHECKING, ImportState.CHECKED):
        return 3
    return 4 if run.state == ImportState.APPLYING else 5


def run_context(request: HttpRequest, run: ImportRun) -> dict[str, Any]:
    """Everything that the page of one import shows."""
    allowed = may_import(request, run)
    reasons = reason_table(run)
    return {
        "title": run.filename,
        "subtitle": run.number,
        "state": state_of(run),
        "breadcrumbs": crumbs(),
        "run": run,
        "allowed": allowed,
        "steps": steps(),
        "step": current_step(run),
        "job": job_part(run),
        "counts": count_cards(run) if run.counts else [],
        "reason_columns": reasons[0],
        "reason_rows": reasons[1],
        "file_facts": file_facts(run),
        "reading_facts": detected_facts(run),
        "before": same_file_before(run) if run.state == ImportState.CHECKED else None,
        "stuck": is_stuck(run),
        **issue_table(run, request),
    }

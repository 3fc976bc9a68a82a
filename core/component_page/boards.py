"""The sample dashboard, and the sheet with every component."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.http import HttpRequest

from core.component_page import charts
from core.component_page.forms import SampleForm
from core.component_page.lists import list_page, sample_columns, sample_rows
from core.component_page.records import ENTRIES, detail_page, record_head
from core.component_page.words import CONNECTORS, KINDS, STATUSES
from core.parts import Action, Delta, Empty, Row

START = (Action("New site", "#", icon="plus", tone="primary"),)
RUNNING_JOB = SimpleNamespace(
    title="Import of sessions",
    state="running",
    state_label="Running",
    done=41_200,
    total=100_000,
    message="Checking rows",
    job_url="/_components/job/",
    cancel_url="#",
)
FAILED_JOB = SimpleNamespace(
    title="Report of April", state="failed", state_label="Failed", error="The disk is full. Nothing was made."
)


def board(request: HttpRequest) -> dict[str, Any]:
    """A dashboard."""
    return {
        "title": "Dashboard",
        "subtitle": "Tuesday, 21 May 2024",
        "actions": [Action("Report of April", "#", icon="chart-column")],
        "columns": sample_columns("")[:1] + sample_columns("")[4:8],
        "rows": [Row([row.cells[0], *row.cells[4:8]], url=row.url) for row in sample_rows(8)],
        "entries": ENTRIES,
        "kinds": KINDS,
        "statuses": STATUSES,
        "sessions_delta": Delta(8.4, good=True, note="than last Tuesday"),
        "energy_delta": Delta(-3.1, good=False, note="than last Tuesday"),
        "flat_delta": Delta(0, note="than last Tuesday"),
        "by_day": charts.sessions_by_day(),
        "by_hour": charts.energy_by_hour(),
        "spark": charts.spark(1),
        "spark_two": charts.spark(5),
    }


def job(request: HttpRequest) -> dict[str, Any]:
    """A job under way, as htmx asks for it again and again."""
    return {"job": RUNNING_JOB}


def sheet(request: HttpRequest) -> dict[str, Any]:
    """Everything at once."""
    return {
        **board(request),
        **record_head("detail"),
        "title": "Components",
        "subtitle": "",
        "state": None,
        "lead": "Every component, as pages use it.",
        "icons": charts.ICONS,
        "buttons": ("primary", "secondary", "quiet", "danger", "destroy"),
        "tones": ("info", "success", "warning", "danger"),
        "connectors": CONNECTORS,
        "severities": (("1", "Severity 1"), ("2", "Severity 2"), ("3", "Severity 3"), ("4", "Severity 4")),
        "job_states": ("waiting", "running", "done", "failed", "cancelled"),
        "form": SampleForm(),
        "wrong_form": SampleForm({"code": "", "power": "many", "name": "x", "kind": "member-store"}),
        "steps": ("Upload", "Columns", "Check", "Import"),
        "empty": Empty("No sites yet", "Bring in a list, or write down the first one.", "map-pin", START),
        "facts": detail_page(request)["sections"][0].facts,
        "page": list_page(request)["page"],
        "page_sizes": list_page(request)["page_sizes"],
        "active_filters": list_page(request)["active_filters"],
        "clear_url": "?",
        "running_job": RUNNING_JOB,
        "failed_job": FAILED_JOB,
        "tokens": charts.TOKENS,
    }

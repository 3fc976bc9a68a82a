"""Pages of jobs: what works, how far it is, stopping it, and its result."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from core.clock import now
from core.crud.declare import Column, Section
from core.crud.views import CRUDView
from core.errors import Refusal, Text
from core.export.filenames import CONTENT_TYPES, as_download
from core.jobs.actions import cancel_job
from core.jobs.models import Job, JobState
from core.jobs.queries import jobs_of, may_cancel, may_take_result
from core.records import note_refusal, record
from core.rights import SIGNED_IN, signed_in
from core.urls import network_url


@dataclass(frozen=True)
class JobCard:
    """A job as templates/components/job.html draws it."""

    title: str
    state: str
    state_label: Text
    done: int
    total: int | None
    message: str
    error: str
    job_url: str
    cancel_url: str
    result_url: str
    result_label: Text


def job_card(account: Any, job: Job, *, whole_page: bool = False) -> JobCard:
    """What `account` sees of a job and may do with it; for any page that shows one.

    With `whole_page` the page around it is loaded anew when the job has ended.
    """
    file_url = network_url("core:job-result", job.pk) if job.result_file and may_take_result(account, job) else ""
    return JobCard(
        title=job.title,
        state=job.state,
        state_label=JobState(job.state).label,
        done=job.done,
        total=job.total,
        message=_message(job),
        error=job.error,
        job_url=network_url("core:job-part", job.pk) + ("?whole-page=1" if whole_page else ""),
        cancel_url=network_url("core:job-cancel", job.pk) if may_cancel(account, job) else "",
        result_url=(job.result_url or file_url) if job.state == JobState.DONE else "",
        result_label=_("Open the result") if job.result_url else _("Download the result"),
    )


def _message(job: Job) -> str:
    if job.is_open and job.cancel_requested:
        return _("Stopping …")
    return job.message or (_("Working …") if job.state == JobState.RUNNING else "")


def _took(job: Job) -> Any:
    return job.finished_at - job.started_at if job.finished_at and job.started_at else None


class JobViews(CRUDView):
    """The jobs of an account; all of the network for those who may see them."""

    model = Job
    permissions = {"view": SIGNED_IN}
    icon = "list-checks"
    lead = gettext_lazy("Long work runs beside the pages. What you start goes on when you leave the page.")
    empty_text = gettext_lazy("Imports, reports and other long work that you start stand here.")
    live_topic = "jobs"
    detail_template = "core/job_detail.html"
    columns = [
        "title",
        Column("state", vocabulary="job"),
        Column("percent", label=gettext_lazy("Done"), kind="number", unit="%", sort=None),
        "actor",
        "created_at",
        "finished_at",
        Column("took", label=gettext_lazy("Took"), kind="duration", value=_took, sort=None),
        "message",
    ]
    default_columns = ["title", "state", "percent", "actor", "created_at", "finished_at"]
    search_fields = ["title"]
    filters = ["state", "created_at"]
    ordering = ["-id"]
    sections = [
        Section(
            gettext_lazy("About this job"),
            ["actor", "created_at", "started_at", "finished_at", Column("took", label=gettext_lazy("Took"),
             kind="duration", value=_took), "attempts"],
        )
    ]  # fmt: skip

    @classmethod
    def rows(cls, request: HttpRequest, permission: str) -> Any:
        """Whose jobs are seen is no matter of places."""
        return jobs_of(request.user)

    @classmethod
    def detail_context(cls, request: HttpRequest, row: Any, context: dict[str, Any]) -> dict[str, Any]:
        """The part that refreshes itself stands above the facts."""
        return context | {"job": job_card(request.user, row, whole_page=True)}


@require_safe
@signed_in
def job_part(request: HttpRequest, id: int) -> HttpResponse:
    """How far a job is: the part of a page that asks for itself again until the job has ended."""
    job = JobViews.get_row(request, SIGNED_IN, id=id)
    whole_page = "whole-page" in request.GET
    response = render(request, "components/job.html", {"job": job_card(request.user, job, whole_page=whole_page)})
    if whole_page and not job.is_open:
        response["HX-Refresh"] = "true"
    add_never_cache_headers(response)
    return response


@require_POST
@signed_in
def job_cancel(request: HttpRequest, id: int) -> HttpResponse:
    """Ask a job to stop."""
    job = JobViews.get_row(request, SIGNED_IN, id=id)
    if not may_cancel(request.user, job) and job.is_open:
        raise PermissionDenied("core.cancel_job")
    try:
        cancel_job(job=job, actor=request.user, now=now())
    except Refusal as refusal:
        note_refusal(refusal, target=job)
        messages.warning(request, str(refusal))
    else:
        messages.info(request, _("The job is asked to stop."))
    return redirect(JobViews.url(job))


@require_safe
@signed_in
def job_result(request: HttpRequest, id: int) -> HttpResponseBase:
    """The result file of a job, for those who may have it now."""
    job = JobViews.get_row(request, SIGNED_IN, id=id)
    if not job.result_file or job.state != JobState.DONE:
        raise Http404
    if not may_take_result(request.user, job):
        raise PermissionDenied(job.kind)
    name = PurePath(job.result_file.name).name
    try:
        file = job.result_file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    if request.method != "HEAD":
        record("job.result-taken", target=job, summary=name)
    if name.rpartition(".")[2] in CONTENT_TYPES:
        return as_download(FileResponse(file), name)
    response = FileResponse(file, as_attachment=True, filename=name, content_type="application/octet-stream")
    add_never_cache_headers(response)
    return response

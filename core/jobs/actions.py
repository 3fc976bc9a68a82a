"""Start, run, cancel and sweep jobs."""

import logging
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.utils.translation import gettext as _

from core.clock import now as clock_now
from core.context import acting_as
from core.errors import Refusal
from core.events import publish
from core.jobs.models import OPEN_STATES, Job, JobState
from core.jobs.registry import job_kind
from core.jobs.run import JobCancelled, JobRun, Pulse
from core.records import DONE, FAILED, REFUSED, record
from core.rights import may
from core.tenancy.scope import require_network

logger = logging.getLogger(__name__)
LOST_AFTER = timedelta(seconds=45)  # no sign of life for so long: the worker is gone
MOST_ATTEMPTS = 3


class JobRefused(Refusal):
    """A job cannot be started or cancelled."""


@transaction.atomic
def start_job(
    *, kind: str, title: str, actor: Any, now: datetime, params: dict[str, Any] | None = None, result_url: str = ""
) -> Job:
    """Make a job and send it to the workers when the transaction commits.

    Raises:
        JobRefused: `actor` does not hold the permission of this kind of job.
    """
    if not may(actor, job_kind(kind).permission):
        raise JobRefused(_("You do not have the right to do this."))
    job = Job(kind=kind, title=title[:200], actor=actor, params=params or {}, created_at=now, result_url=result_url)
    job.save()
    record("job.started", target=job, actor=actor, summary=job.title, after={"kind": kind})
    _send(job, now)
    return job


def _send(job: Job, now: datetime) -> None:
    Job.objects.filter(pk=job.pk).update(sent_at=now)
    network_id, job_id = require_network().pk, job.pk
    transaction.on_commit(lambda: current_app.send_task("core.run_job", args=[network_id, job_id]), robust=True)


def run_job(*, job_id: int) -> JobState | None:
    """Run a waiting job in the name of its actor; None when there is nothing to run (done, or running elsewhere)."""
    job = _claim(job_id)
    if job is None:
        return None
    run = JobRun(job)
    with acting_as(job.actor):
        try:
            if not may(job.actor, job_kind(job.kind).permission):
                raise JobRefused(_("The account that started this job no longer has the right to do it."))
            with Pulse(run):
                job_kind(job.kind).run(run)
        except JobCancelled:
            return _finish(run, JobState.CANCELLED)
        except SoftTimeLimitExceeded:
            return _finish(run, JobState.FAILED, _("This took longer than a job may take. Try a smaller part."))
        except Refusal as refusal:
            return _finish(run, JobState.FAILED, str(refusal), refused=True)
        except Exception:
            logger.exception("Job %s (%s) failed", job.pk, job.kind)
            return _finish(run, JobState.FAILED, _("An unexpected error stopped this job. Nothing was half done."))
    return _finish(run, JobState.DONE)


@transaction.atomic
def _claim(job_id: int) -> Job | None:
    job = Job.objects.select_for_update(of=("self",)).select_related("actor").filter(pk=job_id).first()
    if job is None or job.state != JobState.WAITING:
        return None
    if job.cancel_requested:
        job.state = JobState.CANCELLED
        job.finished_at = clock_now()
        job.save()
        return None
    job.state = JobState.RUNNING
    job.attempts += 1
    job.started_at = job.beat_at = clock_now()
    job.save()
    return job


@transaction.atomic
def _finish(run: JobRun, state: JobState, error: str = "", *, refused: bool = False) -> JobState:
    values: dict[str, Any] = {"state": state, "error": error, "finished_at": clock_now(), "message": run.message[:300]}
    total = run.total
    if state == JobState.DONE and total is not None:
        run.done = total
    Job.objects.filter(pk=run.job.pk).update(done=run.done, total=total, **values)
    began = run.job.started_at
    record(
        "job.ended",
        target=run.job,
        actor=run.actor,
        summary=error or run.job.title,
        after={"kind": run.job.kind, "state": str(state)},
        result=(REFUSED if refused else FAILED) if state == JobState.FAILED else DONE,
        took=values["finished_at"] - began if began is not None else None,
    )
    publish("jobs", {"job": run.job.pk})
    return state


@transaction.atomic
def cancel_job(*, job: Job, actor: Any, now: datetime) -> Job:
    """Ask a job to stop: a waiting one ends at once, a running one at its next step. Safe to repeat.

    Raises:
        JobRefused: the job has ended already in another way.
    """
    job = Job.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if job.state == JobState.CANCELLED:
        return job
    if not job.is_open:
        raise JobRefused(_("This job has ended already."))
    job.cancel_requested = True
    if job.state == JobState.WAITING:
        job.state, job.finished_at = JobState.CANCELLED, now
    job.save()
    record("job.cancelled", target=job, actor=actor, summary=job.title)
    publish("jobs", {"job": job.pk})
    return job


@transaction.atomic
def sweep_jobs(*, now: datetime) -> int:
    """Send jobs again whose worker or message was lost, in the network in scope; returns how many."""
    sent = 0
    jobs = Job.objects.select_for_update(skip_locked=True, of=("self",)).filter(state__in=OPEN_STATES)
    for job in jobs:
        last_sign = job.beat_at if job.state == JobState.RUNNING else job.sent_at
        if last_sign is not None and now - last_sign < LOST_AFTER:
            continue
        if job.attempts >= MOST_ATTEMPTS:
            job.state, job.finished_at = JobState.FAILED, now
            job.error = _("The worker was lost three times; the job was given up.")
            job.save()
            after = {"kind": job.kind, "state": str(job.state)}
            record("job.ended", target=job, summary=job.error, after=after, result=FAILED)
            continue
        job.state = JobState.WAITING
        job.save()
        _send(job, now)
        sent += 1
    return sent

"""Long work of this app."""

from __future__ import annotations

from datetime import date

from core.clock import now
from core.jobs.models import Job
from core.jobs.registry import job
from core.jobs.run import JobRun
from core.urls import network_url
from security.record_sets.actions import make_set

MAKE_SET = "security.make-record-set"


@job(MAKE_SET, permission="security.make_recordset")
def make_record_set(run: JobRun) -> None:
    """Make one work record set. Parameters: `kind`, `day` (ISO). One that was made before is what it leads to."""
    run.progress(0, 1)
    made = make_set(kind=run.params["kind"], day=date.fromisoformat(run.params["day"]), actor=run.actor, now=now())
    Job.objects.filter(pk=run.job.pk).update(result_url=network_url("supervision:record-set-detail", made.number))
    run.progress(1, 1)

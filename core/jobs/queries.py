"""Which jobs somebody may see, stop and take the result of."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from core.jobs.models import Job
from core.jobs.registry import job_kind
from core.rights import may, may_everywhere

SEE_ALL, STOP_ALL = "core.view_job", "core.cancel_job"


def jobs_of(account: Any) -> QuerySet[Job]:
    """The jobs that `account` may see: its own, or all of the network."""
    jobs = Job.objects.select_related("actor")
    return jobs if may_everywhere(account, SEE_ALL) else jobs.filter(actor=account)


def may_cancel(account: Any, job: Job) -> bool:
    """Whether `account` may stop a job that it can see: its own, or anybody's."""
    return job.is_open and (job.actor_id == account.pk or may_everywhere(account, STOP_ALL))


def may_take_result(account: Any, job: Job) -> bool:
    """Whether `account` may have the result file of a job that it can see.

    The right to the kind of work is asked again: whoever has lost it since does not get the file any more. Others than
    the one who started the job need it for the whole network, as the file may hold anything of it.
    """
    try:
        permission = job_kind(job.kind).permission
    except LookupError:
        return False
    return may(account, permission) if job.actor_id == account.pk else may_everywhere(account, permission)

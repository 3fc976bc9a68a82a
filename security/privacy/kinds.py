"""The kinds of data of the ground and of this app that are not kept for ever."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.importing.files import drop_file
from core.importing.models import ImportRun
from core.jobs.models import OPEN_STATES, Job
from core.retention import RetentionKind, register_retention

YEAR = 365


def _job_files(before: datetime) -> Any:
    return Job.objects.filter(created_at__lt=before).exclude(result_file="").exclude(state__in=OPEN_STATES)


def _forget_job_files(before: datetime, most: int) -> int:
    jobs = list(_job_files(before).order_by("pk")[:most])
    for job in jobs:
        job.result_file.delete(save=False)
        Job.objects.filter(pk=job.pk).update(result_file="")
    return len(jobs)


def _import_files(before: datetime) -> Any:
    return ImportRun.objects.filter(created_at__lt=before).exclude(file="")


def _forget_import_files(before: datetime, most: int) -> int:
    runs = list(_import_files(before).order_by("pk")[:most])
    for run in runs:
        drop_file(run)
        ImportRun.objects.filter(pk=run.pk).update(file="")
    return len(runs)


register_retention(
    RetentionKind(
        name="core.exports",
        label=_("Files of exports and reports"),
        help=_("The files that jobs made. The jobs stay in the list; what they made can be made again."),
        days=90,
        least=1,
        most=10 * YEAR,
        count=lambda before: _job_files(before).count(),
        forget=_forget_job_files,
    )
)
register_retention(
    RetentionKind(
        name="core.import_files",
        label=_("Files that were imported"),
        help=_("The files as they were sent. What was imported from them stays, with its check sums."),
        days=180,
        least=7,
        most=10 * YEAR,
        count=lambda before: _import_files(before).count(),
        forget=_forget_import_files,
    )
)

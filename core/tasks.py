"""Tasks of the ground: get by id, enter the network, call one action."""

from typing import Any

from celery import shared_task
from django.apps import apps
from django.conf import settings

from core.clock import now
from core.importing.actions import expire_imports
from core.jobs.actions import run_job, sweep_jobs
from core.tenancy.scope import network_scope


def networks() -> Any:
    """All networks; the ground knows the tenant's model by its name only."""
    return apps.get_model("security.Network").objects.all()


def working_networks() -> Any:
    """The networks whose tasks run: those that are not suspended."""
    return networks().filter(suspended_at=None)


@shared_task(name="core.run_job", acks_late=True, time_limit=settings.CELERY_TASK_TIME_LIMIT)
def run_job_task(network_id: int, job_id: int) -> None:
    """Run one job; one of a suspended network waits until its network works again."""
    network = working_networks().filter(pk=network_id).first()
    if network is not None:
        with network_scope(network):
            run_job(job_id=job_id)


@shared_task(name="core.sweep_jobs")
def sweep_jobs_task() -> None:
    """Send lost jobs again, network by network."""
    for network in working_networks():
        with network_scope(network):
            sweep_jobs(now=now())


@shared_task(name="core.expire_imports")
def expire_imports_task() -> None:
    """Forget what is kept for undoing imports once its time is over, network by network."""
    for network in working_networks():
        with network_scope(network):
            expire_imports(now=now())

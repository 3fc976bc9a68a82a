"""Scheduled work of this app."""

from celery import shared_task

from core.clock import now
from core.tenancy.scope import network_scope
from security.actions import end_assignments
from security.models import Network
from security.signing.mail import deliver  # noqa: F401 (a task, found here by the workers)


@shared_task(name="security.end_assignments")
def end_assignments_everywhere() -> None:
    """Take accounts out of the groups of assignments that have ended, network by network."""
    for network in Network.objects.all():
        with network_scope(network):
            end_assignments(now=now())

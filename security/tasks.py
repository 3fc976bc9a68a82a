"""Scheduled work of this app."""

from celery import shared_task

from core.clock import now
from core.tenancy.scope import network_scope
from security.actions import end_assignments
from security.four_eyes import expire_due
from security.models import Network
from security.signing import sessions
from security.signing.mail import deliver  # noqa: F401 (a task, found here by the workers)


@shared_task(name="security.end_assignments")
def end_assignments_everywhere() -> None:
    """Take accounts out of the groups of assignments that have ended, network by network."""
    for network in Network.objects.all():
        with network_scope(network):
            end_assignments(now=now())


@shared_task(name="security.expire_approvals")
def expire_approvals_everywhere() -> None:
    """Mark questions for a second person that waited too long, network by network."""
    for network in Network.objects.all():
        with network_scope(network):
            expire_due(now=now())


@shared_task(name="security.tidy_sign_ins")
def tidy_sign_ins() -> None:
    """Forget sessions that are over, and what was counted of failures that no longer count."""
    sessions.forget_ended(now=now())

"""Scheduled work of this app."""

import logging
from collections.abc import Callable

from celery import shared_task

from core.clock import now
from core.tasks import working_networks
from core.tenancy.scope import network_scope
from security.actions import end_assignments
from security.four_eyes import expire_due
from security.networks.deleting import delete_waiting_networks
from security.privacy.erasing import erase_waiting
from security.privacy.forgetting import forget_in_network, forget_on_platform
from security.record_sets.actions import make_due_sets
from security.recording.sealing import seal_platform_records, seal_records
from security.signing import sessions
from security.signing.mail import deliver  # noqa: F401 (a task, found here by the workers)
from security.supervision.watching import watch_records

logger = logging.getLogger(__name__)


@shared_task(name="security.end_assignments")
def end_assignments_everywhere() -> None:
    """Take accounts out of the groups of assignments that have ended, network by network."""
    for network in working_networks():
        with network_scope(network):
            end_assignments(now=now())


@shared_task(name="security.expire_approvals")
def expire_approvals_everywhere() -> None:
    """Mark questions for a second person that waited too long, network by network."""
    for network in working_networks():
        with network_scope(network):
            expire_due(now=now())


@shared_task(name="security.tidy_sign_ins")
def tidy_sign_ins() -> None:
    """Forget sessions that are over, and what was counted of failures that no longer count."""
    sessions.forget_ended(now=now())


@shared_task(name="security.seal_records")
def seal_records_everywhere() -> None:
    """Seal new work records, network by network, and those of the platform."""
    seal_platform_records(now=now())
    _in_each_network(seal_records)


@shared_task(name="security.watch_records")
def watch_records_everywhere() -> None:
    """Hold new work records against the watch rules, network by network."""
    _in_each_network(watch_records)


@shared_task(name="security.make_record_sets")
def make_record_sets_everywhere() -> None:
    """Make the work record sets of the days, weeks and months that have ended, network by network."""
    _in_each_network(make_due_sets)


def _in_each_network(work: Callable[..., object]) -> None:
    """Do `work(now=…)` in every network; one that fails does not keep the others waiting."""
    for network in working_networks():
        try:
            with network_scope(network):
                work(now=now())
        except Exception:
            logger.exception("%s failed in one network", work.__name__, extra={"network": network.slug})


@shared_task(name="security.delete_networks", acks_late=True)
def delete_networks() -> None:
    """Go on with the deletions of networks that were asked for."""
    delete_waiting_networks(now=now())


@shared_task(name="security.erase_persons")
def erase_persons() -> None:
    """Anonymise the accounts whose erasure was asked for and that no network needs any more."""
    erase_waiting(now=now())


@shared_task(name="security.apply_retention")
def apply_retention() -> None:
    """Forget what is past its retention, network by network, then on the platform."""
    for network in working_networks():
        with network_scope(network):
            forget_in_network(now=now())
    forget_on_platform(now=now())

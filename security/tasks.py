"""Scheduled work of this app."""

from celery import shared_task

from core.clock import now
from core.tasks import working_networks
from core.tenancy.scope import network_scope
from security.actions import end_assignments
from security.networks.deleting import delete_waiting_networks
from security.privacy.erasing import erase_waiting
from security.privacy.forgetting import forget_in_network, forget_on_platform


@shared_task(name="security.end_assignments")
def end_assignments_everywhere() -> None:
    """Take accounts out of the groups of assignments that have ended, network by network."""
    for network in working_networks():
        with network_scope(network):
            end_assignments(now=now())


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

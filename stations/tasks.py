"""Scheduled work of this app."""

from celery import shared_task

from core.clock import now
from core.tasks import working_networks
from core.tenancy.scope import network_scope
from stations.actions import close_due_sites


@shared_task(name="stations.close_due_sites")
def close_due_sites_everywhere() -> None:
    """Close the sites whose planned day has come, network by network."""
    for network in working_networks():
        with network_scope(network):
            close_due_sites(actor=None, now=now())

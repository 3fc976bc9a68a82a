"""Every write of whole networks: made, suspended, resumed, marked for deletion."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import Refusal
from core.jobs.models import OPEN_STATES, Job, JobState
from core.records import record
from core.tenancy.scope import network_scope
from security.models import Account, Network, NetworkDeletion
from security.networks.contents import contents_of
from security.platform_records import platform_deed

#: A job that gave no sign of life for so long is over.
JOB_LOST_AFTER = timedelta(seconds=45)


class NetworkLifeRefused(Refusal):
    """A network cannot be made, suspended, resumed or deleted like this."""


def create_network(*, values: dict[str, Any], actor: Account | None, now: datetime) -> Network:
    """Make a network.

    Raises:
        NetworkLifeRefused: one of the values is not valid; with the field it stands in.
    """
    network = Network(**values)
    try:
        network.full_clean()
    except ValidationError as error:
        field, texts = next(iter(error.message_dict.items()))
        raise NetworkLifeRefused(texts[0], field=field) from error
    with transaction.atomic():
        network.save()
        after = {name: str(value) for name, value in values.items()}
        platform_deed("network.created", target=network, actor=actor, after=after)
        with network_scope(network):
            record("network.created", target=network, actor=actor, after=after)
    return network


@transaction.atomic
def suspend_network(*, network: Network, reason: str, actor: Account | None, now: datetime) -> Network:
    """Close the door of a network: its people read why, its tasks stop, running jobs are asked to stop.

    Safe to repeat: a suspended network stays as it is.

    Raises:
        NetworkLifeRefused: no reason is given.
    """
    if not reason.strip():
        raise NetworkLifeRefused(_("Say why: the people of the network will read it."), field="reason")
    network = Network.objects.select_for_update().get(pk=network.pk)
    if network.is_suspended:
        return network
    network.suspended_at, network.suspension_reason = now, reason.strip()[:300]
    network.save(update_fields=["suspended_at", "suspension_reason"])
    with network_scope(network):
        Job.objects.filter(state__in=OPEN_STATES).update(cancel_requested=True)
        record("network.suspended", target=network, actor=actor, summary=network.suspension_reason)
    platform_deed("network.suspended", target=network, actor=actor, summary=network.suspension_reason)
    return network


@transaction.atomic
def resume_network(*, network: Network, actor: Account | None, now: datetime) -> Network:
    """Open the door of a suspended network again. Safe to repeat.

    Raises:
        NetworkLifeRefused: the network is being deleted, which is not taken back.
    """
    network = Network.objects.select_for_update().get(pk=network.pk)
    if network.deleting_since is not None:
        raise NetworkLifeRefused(_("This network is being deleted. That cannot be taken back."))
    if not network.is_suspended:
        return network
    network.suspended_at, network.suspension_reason = None, ""
    network.save(update_fields=["suspended_at", "suspension_reason"])
    with network_scope(network):
        record("network.resumed", target=network, actor=actor)
    platform_deed("network.resumed", target=network, actor=actor)
    return network


@transaction.atomic
def ask_for_deletion(*, network: Network, typed: str, reason: str, actor: Account, now: datetime) -> NetworkDeletion:
    """Have everything of a suspended network deleted in the background; there is no way back.

    Safe to repeat: a network that is being deleted keeps its deletion.

    Raises:
        NetworkLifeRefused: `typed` is not the network's short name, no reason is given, the network is not suspended,
            or one of its jobs still runs.
    """
    network = Network.objects.select_for_update().get(pk=network.pk)
    if typed.strip() != network.slug:
        raise NetworkLifeRefused(
            _("Type the short name of the network, %(slug)s, exactly.") % {"slug": network.slug}, field="typed"
        )
    if not reason.strip():
        raise NetworkLifeRefused(
            _("Say why the network is deleted: this is all that will be left of it."), field="reason"
        )
    if network.deleting_since is not None:
        return NetworkDeletion.objects.get(network_number=network.pk)
    if not network.is_suspended:
        raise NetworkLifeRefused(_("Suspend the network first: then nobody works in it while it is deleted."))
    with network_scope(network):
        if Job.objects.filter(state=JobState.RUNNING, beat_at__gt=now - JOB_LOST_AFTER).exists():
            raise NetworkLifeRefused(_("A job of this network still runs. Wait a minute until it has stopped."))
        expected = contents_of(network).as_json()
    network.deleting_since = now
    network.save(update_fields=["deleting_since"])
    deletion = NetworkDeletion.objects.create(
        network_number=network.pk,
        slug=network.slug,
        name=network.name,
        reason=reason.strip()[:300],
        asked_by=actor,
        asked_at=now,
        expected=expected,
    )
    platform_deed("network.deletion-asked", target=network, actor=actor, summary=deletion.reason, after=expected)
    transaction.on_commit(lambda: current_app.send_task("security.delete_networks"), robust=True)
    return deletion

"""Deleting everything of a network, in batches that can be taken up again after an interruption."""

from __future__ import annotations

import shutil
import time
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, transaction
from redis import Redis

from core.clock import now as clock_now
from core.tenancy.scope import network_scope
from security.models import DeletionState, Network, NetworkDeletion, RoleGroup
from security.networks.contents import folder_of, redis_keys_of, schedules_of, tables_in_order
from security.platform_records import platform_deed

BATCH = 5_000  # rows of a transaction
LOST_AFTER = timedelta(minutes=2)  # no sign of life for so long: the worker is gone
MOST_SECONDS = 1_500.0  # one task goes on for so long, then the next one takes over


def delete_waiting_networks(*, now: datetime) -> int:
    """Go on with the deletions that wait or lost their worker; returns how many networks are gone now."""
    gone = 0
    while (deletion := _claim(now)) is not None:
        if not delete_network(deletion):
            break
        gone += 1
    return gone


@transaction.atomic
def _claim(now: datetime) -> NetworkDeletion | None:
    waiting = NetworkDeletion.objects.select_for_update(skip_locked=True).exclude(state=DeletionState.DONE)
    for deletion in waiting:
        if deletion.beat_at is None or now - deletion.beat_at > LOST_AFTER or deletion.state == DeletionState.WAITING:
            deletion.state, deletion.beat_at = DeletionState.RUNNING, now
            deletion.save()
            return deletion
    return None


def delete_network(deletion: NetworkDeletion, *, most_seconds: float = MOST_SECONDS) -> bool:
    """Delete what belongs to the network of `deletion`, then the network; returns whether it is gone.

    Every other network stays as it is. Running it twice has the effect of running it once.
    """
    network = Network.objects.filter(pk=deletion.network_number).first()
    until = time.monotonic() + most_seconds
    if network is not None:
        if not _delete_rows(network, deletion, until):
            deletion.state = DeletionState.WAITING
            deletion.save()
            return False
        _delete_the_rest(network)
    shutil.rmtree(folder_of(deletion.network_number), ignore_errors=True)
    keys = list(redis_keys_of(deletion.network_number))
    if keys:
        Redis.from_url(settings.REDIS_URL).delete(*keys)
    with transaction.atomic():
        deletion.state, deletion.finished_at = DeletionState.DONE, clock_now()
        deletion.save()
        platform_deed("network.deleted", target=deletion, actor=deletion.asked_by, after=deletion.deleted)
    return True


def _delete_rows(network: Network, deletion: NetworkDeletion, until: float) -> bool:
    """Delete the rows of all tables, those that point before those that are pointed at; False when time is over.

    Triggers may write sums into a table that was emptied before, which then hold on to others: round by round until
    nothing is left.
    """
    while True:
        gone_in_round, held = 0, None
        for table in tables_in_order():
            try:
                while gone := _delete_batch(network, table):
                    gone_in_round += gone
                    deletion.deleted[table] = deletion.deleted.get(table, 0) + gone
                    deletion.beat_at = clock_now()
                    deletion.save(update_fields=["deleted", "beat_at"])
                    if time.monotonic() > until:
                        return False
            except IntegrityError as error:
                held = error
        if not gone_in_round:
            if held is not None:
                raise held
            return True


def _delete_batch(network: Network, table: str) -> int:
    with network_scope(network), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT chargenet_delete_rows(%s, %s, %s)", [network.pk, table, BATCH])
        return int(cursor.fetchone()[0])


@transaction.atomic
def _delete_the_rest(network: Network) -> None:
    """The groups of its roles with who is in them, what beat would still send for it, and the network itself.

    Inside its scope, as Django looks for rows that still point at it: one that came late stops the deletion here, and
    the next run takes it along.
    """
    with network_scope(network):
        Group.objects.filter(pk__in=RoleGroup.objects.filter(network=network).values("pk")).delete()
        for schedule in schedules_of(network.pk):
            schedule.delete()
        network.delete()

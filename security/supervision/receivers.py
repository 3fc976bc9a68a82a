"""Each network has its watch rules, from its first moment and after every migration."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from core.signals import migrated
from core.tenancy.scope import current_network, network_scope
from security.models import Network
from security.supervision.watching import ensure_rules


@receiver(migrated, dispatch_uid="security.supervision.rules")
def give_rules(**kwargs: Any) -> None:
    """Networks from before a rule get it."""
    for network in Network.objects.all():
        with network_scope(network):
            ensure_rules()


@receiver(post_save, sender=Network, dispatch_uid="security.supervision.network")
def network_made(instance: Network, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """A new network starts with its rules."""
    if not created or raw or current_network() is not None:
        return
    with network_scope(instance):
        ensure_rules()

"""What this app does when something happens in a lower one."""

from typing import Any

from django.dispatch import receiver

from core.signals import network_clock_changed
from services.charging.rollups import rebuild_rollups


@receiver(network_clock_changed, dispatch_uid="charging.rollups")
def follow_the_clock(sender: Any, **_: Any) -> None:
    """Days and hours have moved: compute the rollups of the network in scope anew, in the transaction of the change."""
    rebuild_rollups()

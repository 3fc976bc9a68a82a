"""Changing the settings of a network."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from core.records import record
from core.signals import network_clock_changed
from security.actions.refusals import NetworkRefused
from security.models import Account, Network


@transaction.atomic
def change_network(*, network: Network, values: dict[str, Any], actor: Account | None) -> Network:
    """Change name, language, zone or start of the day of the network in scope.

    Where the clock changes, everything that is summed by day is computed anew in the same transaction.

    Raises:
        NetworkRefused: one of the values is not valid; with the field it stands in.
    """
    network = Network.objects.select_for_update().get(pk=network.pk)
    before = {name: str(getattr(network, name)) for name in values}
    for name, value in values.items():
        setattr(network, name, value)
    try:
        network.full_clean()
    except ValidationError as error:
        field, texts = next(iter(error.message_dict.items()))
        raise NetworkRefused(texts[0], field=field) from error
    network.save()
    after = {name: str(getattr(network, name)) for name in values}
    if before != after:
        record("network.changed", target=network, actor=actor, before=before, after=after)
    if any(before.get(name) != after.get(name) for name in ("time_zone", "day_starts_at")):
        network_clock_changed.send(sender=Network, network=network)
    return network

"""States of chargers and connectors."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.errors import Refusal
from core.events import publish
from core.history import update_with_history
from core.locking import lock
from core.records import record
from stations.actions.saving import save_with_reason
from stations.models import Charger, Connector, Site
from stations.queries import BUSY
from stations.vocabulary import ChargerState, ConnectorState, SiteStatus


class EquipmentRefused(Refusal):
    """A charger or connector cannot take this state."""

    default_field = "state"


# What a connector of a charger that does not work may be.
_AT_REST = (ConnectorState.UNAVAILABLE, ConnectorState.FAULTED)


@transaction.atomic
def set_charger_state(*, charger: Charger, state: str, reason: str, actor: Any, now: datetime) -> Charger:
    """Put a charger in or out of service; its connectors become available or unavailable with it.

    Connectors that are faulted stay so. Safe to repeat.

    Raises:
        EquipmentRefused: no such state, a connector is with a customer, or the site is closed.
    """
    if state not in ChargerState.values:
        raise EquipmentRefused(_("There is no such state."), code="unknown-state")
    # The site first, as closing it does: a charger never goes into service while its site closes.
    (site,) = lock(Site.objects.filter(pk=charger.site_id))
    (charger,) = lock(Charger.objects.filter(pk=charger.pk))
    if charger.state == state:
        return charger
    works = state == ChargerState.IN_SERVICE
    if works and site.status == SiteStatus.CLOSED:
        raise EquipmentRefused(_("Its site is closed; open the site first."), code="site-closed")
    connectors = Connector.objects.filter(charger=charger)
    if not works and connectors.filter(state__in=BUSY).exists():
        raise EquipmentRefused(_("A connector of this charger is with a customer. Wait until it is free."), code="busy")
    before, charger.state = charger.state, state
    save_with_reason(charger, reason)
    old, new = ConnectorState.AVAILABLE, ConnectorState.UNAVAILABLE
    if works:
        old, new = new, old
    update_with_history(connectors.filter(state=old), reason=reason, state=new, state_since=now)
    record(
        "charger.state-changed",
        target=charger,
        actor=actor,
        summary=reason,
        before={"state": before},
        after={"state": state},
    )
    publish("sites", {"site": site.code})
    return charger


@transaction.atomic
def set_connector_state(*, connector: Connector, state: str, reason: str, actor: Any, now: datetime) -> Connector:
    """Set what a connector is doing, since `now`. Safe to repeat.

    Raises:
        EquipmentRefused: no such state, or its charger does not work and the state is neither unavailable nor faulted.
    """
    if state not in ConnectorState.values:
        raise EquipmentRefused(_("There is no such state."), code="unknown-state")
    (charger,) = lock(Charger.objects.filter(pk=connector.charger_id).select_related("site"))
    connector = Connector.objects.select_for_update(of=("self",)).select_related("charger").get(pk=connector.pk)
    if connector.state == state:
        return connector
    if charger.state != ChargerState.IN_SERVICE and state not in _AT_REST:
        raise EquipmentRefused(
            _("Charger %(charger)s is not in service; put it in service first."),
            params={"charger": charger.code},
            code="charger-not-in-service",
        )
    before, connector.state, connector.state_since = connector.state, state, now
    save_with_reason(connector, reason)
    record(
        "connector.state-changed",
        target=connector,
        actor=actor,
        summary=reason,
        before={"state": before},
        after={"state": state},
    )
    publish("sites", {"site": charger.site.code})
    return connector

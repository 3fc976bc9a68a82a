"""Opening, suspending and closing sites."""

from __future__ import annotations

import logging
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from core.clock import day_of
from core.errors import Refusal, with_values
from core.events import publish
from core.history import update_with_history
from core.locking import lock
from core.records import record
from core.tenancy.scope import require_network
from stations.actions.saving import save_with_reason
from stations.models import Charger, Connector, Site
from stations.queries import closing_of, sites_due_to_close, sites_supplied_by
from stations.vocabulary import ChargerState, ConnectorState, SiteStatus

logger = logging.getLogger(__name__)


class SiteRefused(Refusal):
    """A site cannot be opened, suspended or closed like this."""


@transaction.atomic
def change_status(*, site: Site, status: str, reason: str, actor: Any, now: datetime) -> Site:
    """Set a site's status to planned, open or suspended; opening it first notes the day, reopening forgets the end.

    Safe to repeat. A closed site's equipment stays out of service until it is put back piece by piece.

    Raises:
        SiteRefused: `status` is none of these (closing is `close_site`), or a site that is to be supplied again has a
            supplier that is closed.
    """
    if status not in (SiteStatus.PLANNED, SiteStatus.OPEN, SiteStatus.SUSPENDED):
        raise SiteRefused(_("A site is closed by closing it, from a date."), field="status", code="closing")
    site = _locked(site)
    if site.status == status:
        return site
    supplier = site.supplied_by
    if site.status == SiteStatus.CLOSED and supplier is not None and supplier.status == SiteStatus.CLOSED:
        raise SiteRefused(
            _("Its supplier %(supplier)s is closed; choose another supplier first."),
            params={"supplier": supplier.code},
            code="supplier-closed",
        )
    before = _standing(site)
    if site.status == SiteStatus.CLOSED:
        site.closed_on = None
    if status == SiteStatus.OPEN and site.opened_on is None:
        site.opened_on = day_of(now, require_network())
    site.status = status
    save_with_reason(site, reason)
    record("site.status-changed", target=site, actor=actor, summary=reason, before=before, after=_standing(site))
    publish("sites", {"site": site.code})
    return site


@transaction.atomic
def close_site(*, site: Site, closes_on: date, reason: str, actor: Any, now: datetime) -> Site:
    """Close a site from a day of the network.

    From today or an earlier day it closes at once: its chargers go out of service and its connectors become
    unavailable. For a later day the closing is noted, and done when the day comes. Safe to repeat.

    Raises:
        SiteRefused: it supplies other sites, a connector is with a customer, it closed on another day already, or it
            would close before it opened.
    """
    site = _locked(site)
    at_once = closes_on <= day_of(now, require_network())
    if site.status == SiteStatus.CLOSED:
        if site.closed_on == closes_on:
            return site
        raise SiteRefused(
            _("The site is closed already, since %(day)s."),
            params={"day": site.closed_on.isoformat() if site.closed_on else "–"},
            code="closed-already",
        )
    if site.closed_on == closes_on and not at_once:
        return site
    _check_closing(site, closes_on, at_once=at_once)
    before = _standing(site)
    site.closed_on = closes_on
    if at_once:
        _take_out_of_service(site, reason, now)
        site.status = SiteStatus.CLOSED
    save_with_reason(site, reason)
    verb = "site.closed" if at_once else "site.closing-planned"
    record(verb, target=site, actor=actor, summary=reason, before=before, after=_standing(site))
    publish("sites", {"site": site.code})
    return site


def _check_closing(site: Site, closes_on: date, *, at_once: bool) -> None:
    if site.opened_on is not None and closes_on < site.opened_on:
        raise SiteRefused(
            _("The site opened on %(day)s; it cannot close before."),
            params={"day": site.opened_on.isoformat()},
            field="closes_on",
            code="before-opening",
        )
    if at_once:
        closing = closing_of(site)
        if closing.busy:
            text = ngettext_lazy(
                "%(count)d connector is with a customer. Wait until it is free, or close from a later day.",
                "%(count)d connectors are with customers. Wait until they are free, or close from a later day.",
                closing.busy,
            )
            raise SiteRefused(with_values(text, {"count": closing.busy}), code="busy")
    supplied = list(sites_supplied_by(site).order_by("code").values_list("code", flat=True))
    if supplied:
        raise SiteRefused(
            _("The site supplies %(sites)s. Give them another supplier first."),
            params={"sites": ", ".join(supplied[:10]) + (" …" if len(supplied) > 10 else "")},
            code="supplies",
        )


@transaction.atomic
def withdraw_closing(*, site: Site, reason: str, actor: Any, now: datetime) -> Site:
    """Forget the planned closing of a site. Safe to repeat.

    Raises:
        SiteRefused: the site is closed already.
    """
    site = _locked(site)
    if site.status == SiteStatus.CLOSED:
        raise SiteRefused(_("The site is closed already; set its status to open it again."), code="closed-already")
    if site.closed_on is None:
        return site
    before = _standing(site)
    site.closed_on = None
    save_with_reason(site, reason)
    record("site.closing-withdrawn", target=site, actor=actor, summary=reason, before=before, after=_standing(site))
    publish("sites", {"site": site.code})
    return site


def close_due_sites(*, actor: Any, now: datetime) -> int:
    """Close the sites of the network in scope whose planned day has come; returns how many.

    A site that cannot close yet (a customer is charging, it supplies others) is left for the next time.
    """
    closed = 0
    for site in sites_due_to_close(day_of(now, require_network())).order_by("pk"):
        try:
            close_site(site=site, closes_on=site.closed_on, reason=_PLANNED, actor=actor, now=now)
        except SiteRefused as refusal:
            logger.warning("Site %s could not close on its planned day: %s", site.code, refusal.code)
        else:
            closed += 1
    return closed


_PLANNED = "Planned closing"


def _take_out_of_service(site: Site, reason: str, now: datetime) -> None:
    chargers = Charger.objects.filter(site=site).exclude(state__in=[ChargerState.REMOVED, ChargerState.OUT_OF_SERVICE])
    update_with_history(chargers, reason=reason, state=ChargerState.OUT_OF_SERVICE)
    connectors = Connector.objects.filter(charger__site=site).exclude(state=ConnectorState.UNAVAILABLE)
    update_with_history(connectors, reason=reason, state=ConnectorState.UNAVAILABLE, state_since=now)


def _locked(site: Site) -> Site:
    row: Site
    (row,) = lock(Site.objects.filter(pk=site.pk))
    return row


def _standing(site: Site) -> dict[str, Any]:
    """What these verbs change, for the work record."""
    return {
        "status": str(site.status),
        "opened_on": site.opened_on.isoformat() if site.opened_on else None,
        "closed_on": site.closed_on.isoformat() if site.closed_on else None,
    }

"""The sheet of one site: everything that is kept about it, on paper."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Text
from core.export.columns import Column
from core.field_rules import may_see_of
from core.formatting import number
from core.pdf import Paper, Pdf, paper_pdf, paper_size
from core.tenancy.scope import require_network
from core.urls import network_url
from stations.geo import Place
from stations.models import Charger, Connector, Site, SiteListing
from stations.opening import opening_text
from stations.printing.locator import LARGEST_REACH_M, Spot, locator_svg
from stations.queries import outlined_districts, sites_near, sites_on_the_map, sites_supplied_by
from stations.vocabulary import SiteService, SiteStatus

TEMPLATE = "stations/pdf/site_sheet.html"
_NEAR_M = 2_500.0
_ENOUGH = 8

CHARGER_COLUMNS = [
    Column("code", gettext_lazy("Charger"), "code"),
    Column("what", gettext_lazy("Vendor, model")),
    Column("serial_number", gettext_lazy("Serial number")),
    Column("method", gettext_lazy("Method")),
    Column("rated_kw", gettext_lazy("Power"), "number", unit="kW"),
    Column("firmware", gettext_lazy("Firmware")),
    Column("commissioned_on", gettext_lazy("Commissioned"), "date"),
    Column("state", gettext_lazy("State")),
]
CONNECTOR_COLUMNS = [
    Column("charger", gettext_lazy("Charger"), "code"),
    Column("number", gettext_lazy("No."), "number"),
    Column("standard", gettext_lazy("Standard")),
    Column("current", gettext_lazy("Current")),
    Column("rated_kw", gettext_lazy("Power"), "number", unit="kW"),
    Column("state", gettext_lazy("State")),
    Column("state_since", gettext_lazy("Since"), "datetime"),
]
SUPPLIED_COLUMNS = [
    Column("code", gettext_lazy("Site"), "code"),
    Column("name", gettext_lazy("Name")),
    Column("kind", gettext_lazy("Kind")),
    Column("status", gettext_lazy("Status")),
]
LISTING_COLUMNS = [
    Column("source", gettext_lazy("Source")),
    Column("external_id", gettext_lazy("Number there"), "code"),
    Column("name", gettext_lazy("Name there")),
    Column("piles", gettext_lazy("Piles"), "number"),
    Column("fast_piles", gettext_lazy("Fast"), "number"),
    Column("slow_piles", gettext_lazy("Slow"), "number"),
    Column("zone_code", gettext_lazy("Zone")),
]


@dataclass(frozen=True)
class PaperTable:
    """A titled table of the sheet."""

    title: Text
    columns: list[Column]
    rows: list[list[Any]]


def site_sheet_pdf(site: Site, *, account: Any, now: datetime) -> Pdf:
    """The sheet of `site` as PDF, with what `account` may see, in the language that is active.

    Raises what `core.pdf.make_pdf` raises.
    """
    network = require_network()
    paper = Paper(
        title=site.name,
        subtitle=f"{site.code} · {site.get_kind_display()} · {site.get_status_display()}",
        network=network.name,
        made_at=now,
        zone=network.time_zone,
        language=translation.get_language() or settings.LANGUAGE_CODE,
        made_by=str(account),
        url=page_address(site),
        size=paper_size(network.country),
    )
    context = {
        "site": site,
        "facts": site_facts(site, account),
        "services": ", ".join(str(SiteService(service).label) for service in site.services),
        "locator": _locator(site, account),
        "tables": [table for table in _tables(site, account) if table.rows],
    }
    return paper_pdf(TEMPLATE, context, paper)


def page_address(site: Site) -> str:
    """The full address of the site's page, for paper."""
    return settings.SITE_URL.rstrip("/") + network_url("stations:site-detail", site.code)


def site_facts(site: Site, account: Any) -> list[tuple[str, str]]:
    """What `account` may know about the site as (label, text); what is not known is left out."""
    place = ""
    if site.latitude is not None and site.longitude is not None:
        place = f"{site.latitude:.6f}, {site.longitude:.6f} (WGS 84)"
    closes = _("Closed on") if site.status == SiteStatus.CLOSED else _("Closes on")
    storage = _("%(count)s batteries") % {"count": number(site.battery_capacity)}
    facts = [
        (_("Address"), ", ".join(filter(None, [site.address, f"{site.postcode} {site.town}".strip(), site.region]))),
        (_("District"), str(site.district or "")),
        (_("Coordinates"), place),
        (_("Opening hours"), str(opening_text(always_open=site.always_open, week=site.opening_week))),
        (_("Phone"), site.phone if may_see_of(account, Site, "phone", site) else ""),
        (_("Operator"), site.operator),
        (_("Opened on"), site.opened_on.isoformat() if site.opened_on else ""),
        (closes, site.closed_on.isoformat() if site.closed_on else ""),
        (_("Grid connection"), f"{number(site.grid_kw)} kW" if site.grid_kw is not None else ""),
        (_("Battery storage"), storage if site.battery_capacity else ""),
        (_("Supplied by"), str(site.supplied_by or "")),
        (_("Test site"), _("yes: its sessions stand apart in reports") if site.is_test else ""),
    ]
    return [(label, text) for label, text in facts if text]


def _locator(site: Site, account: Any) -> str:
    """The drawing of where the site lies as a `data:` address; empty for a site without a place."""
    if site.latitude is None or site.longitude is None:
        return ""
    here = Place(float(site.latitude), float(site.longitude))
    shown = sites_on_the_map(Site.objects.visible_to(account, "stations.view_site")).exclude(pk=site.pk)
    others = _spots(sites_near(shown, here, _NEAR_M))
    if len(others) < _ENOUGH:
        others = _spots(sites_near(shown, here, LARGEST_REACH_M))
    svg = locator_svg(
        Spot(site.code, here, site.kind, site.status),
        others,
        [district.outline or {} for district in outlined_districts(account)],
        title=_("Where %(site)s lies among the sites around it") % {"site": site.code},
    )
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def _spots(sites: Any) -> list[Spot]:
    rows = sites.order_by("code").values_list("code", "latitude", "longitude", "kind", "status")
    return [Spot(code, Place(float(lat), float(lng)), kind, status) for code, lat, lng, kind, status in rows]


def _tables(site: Site, account: Any) -> list[PaperTable]:
    return [
        PaperTable(_("Chargers"), CHARGER_COLUMNS, _chargers(site, account)),
        PaperTable(_("Connectors"), CONNECTOR_COLUMNS, _connectors(site, account)),
        PaperTable(_("Sites that it supplies"), SUPPLIED_COLUMNS, _supplied(site, account)),
        PaperTable(_("What registers say"), LISTING_COLUMNS, _listings(site, account)),
    ]


def _chargers(site: Site, account: Any) -> list[list[Any]]:
    rows = Charger.objects.visible_to(account, "stations.view_charger").filter(site=site).order_by("code")
    return [
        [
            row.code,
            " ".join(filter(None, [row.vendor, row.model])),
            row.serial_number,
            row.get_method_display(),
            row.rated_kw,
            row.firmware,
            row.commissioned_on,
            row.get_state_display(),
        ]
        for row in rows
    ]


def _connectors(site: Site, account: Any) -> list[list[Any]]:
    rows = Connector.objects.visible_to(account, "stations.view_connector").filter(charger__site=site)
    return [
        [
            row.charger.code,
            row.number,
            row.get_standard_display(),
            row.get_current_display(),
            row.rated_kw,
            row.get_state_display(),
            row.state_since,
        ]
        for row in rows.select_related("charger").order_by("charger__code", "number")
    ]


def _supplied(site: Site, account: Any) -> list[list[Any]]:
    visible = sites_supplied_by(site).visible_to(account, "stations.view_site").order_by("code")
    return [[row.code, row.name, row.get_kind_display(), row.get_status_display()] for row in visible]


def _listings(site: Site, account: Any) -> list[list[Any]]:
    rows = SiteListing.objects.visible_to(account, "stations.view_site").filter(site=site)
    return [
        [row.source, row.external_id, row.name, row.piles, row.fast_piles, row.slow_piles, row.zone_code]
        for row in rows.order_by("source", "external_id")
    ]

"""Pages of chargers and connectors."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.crud.declare import Column, Filter, RelatedRows, RowAction, Section
from core.crud.views import CRUDView
from stations.models import Charger, Connector
from stations.panels import panels_of
from stations.queries import connectors_at_charger


class ChargerViews(CRUDView):
    """Chargers of the network."""

    model = Charger
    icon = "plug-zap"
    parent = "site"
    state = "state"
    live_topic = "sites"
    permissions = {
        "view": "stations.view_charger",
        "add": "stations.add_charger",
        "change": "stations.change_charger",
        "delete": "stations.delete_charger",
    }
    columns = [
        "code",
        "site",
        Column("site_name", label=_("Site name"), value=lambda row: row.site.name, needs=("site",), sort="site__name"),
        "vendor",
        "model",
        "serial_number",
        Column("method"),
        Column("rated_kw", unit="kW"),
        Column("state", vocabulary="charger"),
        Column("connectors", label=_("Connectors"), kind="number", annotate=connectors_at_charger),
        "firmware",
        "commissioned_on",
        "note",
    ]
    default_columns = ["code", "site", "vendor", "model", "method", "rated_kw", "state", "connectors"]
    search_fields = ["code", "vendor", "model", "serial_number", "site__code", "site__name"]
    filters = [
        "site", "method", "state", "vendor", "rated_kw", "commissioned_on",
        Filter("status", "site__status", _("Status of the site")),
    ]  # fmt: skip
    fields = [
        "site", "code", "vendor", "model", "serial_number", "method", "rated_kw", "firmware", "commissioned_on", "note",
    ]  # fmt: skip
    sections = [
        Section(
            _("Charger"),
            [
                "site",
                "method",
                Column("rated_kw", unit="kW"),
                Column("state", vocabulary="charger"),
                "commissioned_on",
                "note",
            ],
        ),
        Section(_("Device"), ["vendor", "model", "serial_number", "firmware"]),
    ]
    related = [
        RelatedRows(
            "stations.Connector", by="charger", rows=20,
            columns=["connector", "standard", "current", "rated_kw", "state", "state_since"],
        ),
    ]  # fmt: skip
    actions = [
        RowAction(_("Change state"), "stations:charger-state", "stations.change_charger", icon="power", dialog=True),
    ]

    @classmethod
    def detail_context(cls, request: HttpRequest, row: Any, context: dict[str, Any]) -> dict[str, Any]:
        """The panels of higher apps follow the connectors."""
        context["related"] += panels_of(row, account=request.user, site=row.site)
        return context


class ConnectorViews(CRUDView):
    """Connectors of the network."""

    model = Connector
    icon = "plug"
    parent = "charger"
    state = "state"
    live_topic = "sites"
    permissions = {
        "view": "stations.view_connector",
        "add": "stations.add_connector",
        "change": "stations.change_connector",
        "delete": "stations.delete_connector",
    }
    columns = [
        Column(
            "connector",
            label=_("Connector"),
            kind="code",
            value=lambda row: f"{row.charger.code}/{row.number}",
            needs=("charger",),
            sort=("charger__code", "number"),
        ),
        "charger",
        "number",
        "point",
        Column(
            "site",
            label=_("Site"),
            value=lambda row: row.charger.site,
            needs=("charger__site",),
            sort="charger__site__code",
        ),
        "standard",
        "current",
        Column("rated_kw", unit="kW"),
        Column("state", vocabulary="connector"),
        Column("state_since", kind="ago"),
    ]  # fmt: skip
    default_columns = ["connector", "site", "standard", "current", "rated_kw", "state", "state_since"]
    ordering = ["charger__code", "number"]
    search_fields = ["charger__code", "charger__site__code", "charger__site__name"]
    filters = [
        "charger", Filter("site", "charger__site", _("Site")), "standard", "current", "state", "rated_kw",
        Filter("method", "charger__method", _("Charging method")),
    ]  # fmt: skip
    fields = ["charger", "number", "point", "standard", "current", "rated_kw"]
    actions = [
        RowAction(
            _("Change state"), "stations:connector-state", "stations.change_connector", icon="power", dialog=True
        ),
    ]

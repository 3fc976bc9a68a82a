"""Pages of sites."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.crud.declare import Column, ListAction, RelatedRows, RowAction, Section
from core.crud.details import related_of
from core.crud.views import CRUDView
from core.formatting import day
from core.parts import State
from core.rights import may
from core.urls import network_url
from stations.actions import keep_site
from stations.filters import SiteFilters
from stations.forms.sites import SiteForm
from stations.mapping import map_words
from stations.models import Site
from stations.opening import opening_text
from stations.panels import panels_of
from stations.queries import chargers_at_site, connectors_at_site, states_at_site, suppliers
from stations.vocabulary import ConnectorState, SiteKind, SiteStatus


def _may_close(site: Site) -> bool:
    return site.status != SiteStatus.CLOSED and site.closed_on is None


def _closing_is_planned(site: Site) -> bool:
    return site.status != SiteStatus.CLOSED and site.closed_on is not None


def _hours(site: Site) -> Any:
    return opening_text(always_open=site.always_open, week=site.opening_week)


class SiteViews(CRUDView):
    """Sites of the network."""

    model = Site
    icon = "map-pin"
    state = "status"
    lead = _("Charging stations, battery distribution centres and member stores of the network.")
    empty_text = _("Make the first one, or import a register of stations.")
    live_topic = "sites"
    permissions = {"view": "stations.view_site", "add": "stations.add_site", "change": "stations.change_site"}
    columns = [
        "code",
        "name",
        Column("kind", vocabulary="site-kind"),
        Column("status", vocabulary="site-status"),
        "district",
        "address",
        "postcode",
        "town",
        "region",
        "operator",
        Column("chargers", label=_("Chargers"), kind="number", annotate=chargers_at_site),
        Column("connectors", label=_("Connectors"), kind="number", annotate=connectors_at_site),
        Column("grid_kw", unit="kW"),
        "battery_capacity",
        "supplied_by",
        "opened_on",
        "closed_on",
        Column("hours", label=_("Opening hours"), value=_hours, sort=None),
        "services",
        "phone",
        Column("latitude", decimals=6),
        Column("longitude", decimals=6),
        "is_test",
    ]
    default_columns = ["code", "name", "kind", "status", "district", "town", "chargers", "connectors"]
    search_fields = ["code", "name", "address", "town"]
    filterset_class = SiteFilters
    filters = ["kind", "status", "district", "town", "operator", "supplied_by", "services", "opened_on", "is_test"]
    choices = {"supplied_by": suppliers}
    form_class = SiteForm
    form_template = "stations/site_form.html"
    detail_template = "stations/site_detail.html"
    create_action = staticmethod(keep_site)
    change_action = staticmethod(keep_site)
    fieldsets = [
        (_("What it is"), "", ["code", "name", "kind", "status", "operator", "phone", "is_test"]),
        (_("Where it is"), "", ["address", "postcode", "town", "region", "district", "latitude", "longitude", "datum"]),
        (_("When it is open"), "", ["opened_on", "always_open", "opening_week"]),
        (_("What it offers"), "", ["services", "battery_capacity", "grid_kw", "supplied_by"]),
    ]
    sections = [
        Section(
            _("Place"), ["address", "postcode", "town", "region", "district", Column("latitude", decimals=6),
                         Column("longitude", decimals=6)],
        ),
        Section(
            _("Operation"),
            [Column("kind", vocabulary="site-kind"), "operator", "phone", Column("hours", label=_("Opening hours"),
             value=_hours), "opened_on", "closed_on", "services", Column("grid_kw", unit="kW"), "battery_capacity",
             "supplied_by", "is_test"],
        ),
    ]  # fmt: skip
    related = [
        RelatedRows(
            "stations.Charger", by="site", columns=["code", "method", "rated_kw", "state", "connectors"], rows=10
        ),
        RelatedRows("stations.SiteListing", by="site", columns=["source", "external_id", "name", "piles"]),
        RelatedRows("security.WorkRecord", by="site", columns=["recorded_at", "account", "verb", "result"]),
    ]
    actions = [
        RowAction(_("Print"), "stations:site-sheet", "stations.view_site", icon="printer"),
        RowAction(_("Change status"), "stations:site-status", "stations.change_site", icon="refresh-cw", in_menu=True),
        RowAction(
            _("Close site"), "stations:site-close", "stations.close_site",
            icon="circle-x", tone="danger", in_menu=True, when=_may_close,
        ),
        RowAction(
            _("Withdraw the closing"), "stations:site-keep-open", "stations.close_site",
            icon="undo-2", in_menu=True, when=_closing_is_planned,
        ),
    ]  # fmt: skip
    list_actions = [
        ListAction(_("Map"), "stations:map", "stations.view_site", icon="map"),
        ListAction(_("Structure"), "stations:structure", "stations.view_site", icon="network", in_menu=True),
        ListAction(_("Print list"), "stations:site-list-print", "stations.view_site", icon="printer", in_menu=True),
    ]

    @classmethod
    def tone_of(cls, row: Any) -> str:
        """What is closed stands back."""
        return "muted" if row.status == SiteStatus.CLOSED else ""

    @classmethod
    def list_context(cls, request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
        """Map and print show what the list shows."""
        query = f"?{context['refresh_url'].partition('?')[2]}".rstrip("?")
        shared = {network_url("stations:map"), network_url("stations:site-list-print")}
        context["actions"] = [
            replace(action, url=f"{action.url}{query}") if action.url in shared else action
            for action in context["actions"]
        ]
        return context

    @classmethod
    def detail_context(cls, request: HttpRequest, row: Any, context: dict[str, Any]) -> dict[str, Any]:
        """The small map, the connectors' states, what the site supplies, and the panels of higher apps."""
        context["notice"] = _closing_notice(row)
        context["points_url"] = network_url("stations:site-points", row.code) if row.latitude is not None else ""
        context |= map_words()
        if may(request.user, "stations.view_connector", row):
            context["connector_states"] = _connector_states(row)
        if row.kind == SiteKind.DISTRIBUTION_CENTRE:
            supplied = RelatedRows(
                Site,
                by="supplied_by",
                columns=["code", "name", "kind", "status", "battery_capacity"],
                rows=10,
                title=_("Sites that it supplies"),
            )
            context["related"].insert(0, related_of(request, cls, row, supplied))
        context["related"] += panels_of(row, account=request.user, site=row)
        return context


def _closing_notice(site: Site) -> str:
    if site.closed_on is None or not _closing_is_planned(site):
        return ""
    return gettext("This site closes on %(day)s.") % {"day": day(site.closed_on)}


def _connector_states(site: Site) -> list[tuple[State, int, str]]:
    """Each state with its count and the address of those connectors."""
    labels = dict(ConnectorState.choices)
    path = network_url("stations:connector-list")
    return [
        (State("connector", state, labels.get(state, state)), count, f"{path}?site={site.code}&state={state}")
        for state, count in states_at_site(site).items()
    ]

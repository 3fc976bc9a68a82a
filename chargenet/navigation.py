"""The side bar: every page one starts from, with the right that shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch
from django.utils.translation import gettext_lazy as _

from core.errors import Text
from core.parts import NavGroup, NavItem
from core.rights import SIGNED_IN, may
from core.urls import network_url


@dataclass(frozen=True)
class Entry:
    """A line of the side bar: shown to those who hold `permission` anywhere in the network."""

    label: Text
    view: str
    icon: str
    permission: str
    args: Sequence[str] = ()


@dataclass(frozen=True)
class Group:
    """Lines under a common title."""

    title: Text
    entries: Sequence[Entry]


NAVIGATION = (
    Group("", [Entry(_("Dashboard"), "dashboard", "layout-dashboard", "network.view_dashboard")]),
    Group(
        _("Places and equipment"),
        [
            Entry(_("Map"), "stations:map", "map", "stations.view_site"),
            Entry(_("Sites"), "stations:site-list", "map-pin", "stations.view_site"),
            Entry(_("Chargers"), "stations:charger-list", "plug-zap", "stations.view_charger"),
            Entry(_("Connectors"), "stations:connector-list", "plug", "stations.view_connector"),
            Entry(_("Districts"), "stations:district-list", "land-plot", "stations.view_district"),
            Entry(_("Structure"), "stations:structure", "network", "stations.view_site"),
            Entry(_("Register listings"), "stations:listing-list", "scale", "stations.match_site"),
        ],
    ),
    Group(
        _("Charging"),
        [
            Entry(_("Sessions"), "charging:session-list", "battery-charging", "charging.view_session"),
            Entry(_("Doubtful sessions"), "charging:doubt-list", "circle-question-mark", "charging.review_session"),
        ],
    ),
    Group(
        _("Evaluation"), [Entry(_("Reports"), "reports:report-list", "chart-column", "charging.view_operations_report")]
    ),
    Group(
        _("Data"),
        [
            Entry(_("Imports"), "imports:list", "upload", "core.view_importrun"),
            Entry(_("Jobs"), "core:job-list", "list-checks", SIGNED_IN),
        ],
    ),
    Group(
        _("Supervision"),
        [
            Entry(_("Work records"), "supervision:record-list", "eye", "security.view_workrecord"),
            Entry(_("Alerts"), "supervision:alert-list", "siren", "security.view_alert"),
            Entry(_("Work record sets"), "supervision:record-set-list", "book-marked", "security.view_recordset"),
            Entry(_("Watch rules"), "supervision:watch-rule-list", "sliders-horizontal", "security.view_watchrule"),
        ],
    ),
    Group(
        _("Network"),
        [
            Entry(_("People and roles"), "people:role-list", "users", "security.view_assignment"),
            Entry(_("What roles may do"), "people:matrix", "table", "security.view_role"),
            Entry(_("Approvals"), "people:approval-list", "shield-check", "security.view_approval"),
            Entry(_("Personal data"), "privacy:retention", "shield-check", "security.view_retention"),
            Entry(_("Settings of the network"), "people:network-settings", "settings", "network.change_network"),
        ],
    ),
)


def entries() -> list[Entry]:
    """All lines, without their groups."""
    return [entry for group in NAVIGATION for entry in group.entries]


def navigation(account: Any, path: str) -> list[NavGroup]:
    """The side bar for an account on the page at `path`; groups without a line for them fall away."""
    addresses = {entry: url for entry in entries() if _shown(account, entry) and (url := address(entry))}
    current = max((url for url in addresses.values() if path.startswith(url)), key=len, default="")
    groups = [
        NavGroup(
            group.title,
            [
                NavItem(entry.label, addresses[entry], entry.icon, addresses[entry] == current)
                for entry in group.entries
                if entry in addresses
            ],
        )
        for group in NAVIGATION
    ]
    return [group for group in groups if group.items]


def _shown(account: Any, entry: Entry) -> bool:
    return entry.permission == SIGNED_IN or may(account, entry.permission)


def address(entry: Entry) -> str:
    """Where a line leads in the network in scope; "" for a page that is not there."""
    try:
        return network_url(entry.view, *entry.args)
    except NoReverseMatch:
        return ""

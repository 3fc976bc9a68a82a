"""Sample pages of one record, its history, its forms."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpRequest

from core.component_page.forms import ReasonForm, SampleForm, SignInForm
from core.component_page.words import CONNECTORS, KINDS, NOW
from core.parts import (
    Action,
    Cell,
    Change,
    Column,
    Consequence,
    Crumb,
    Entry,
    Fact,
    Link,
    Related,
    Row,
    Section,
    State,
    Tab,
)


def record_head(tab: str) -> dict[str, Any]:
    return {
        "title": "Harbour 14",
        "subtitle": "ST-014",
        "state": State("site-status", "open", "Open"),
        "breadcrumbs": [Crumb("Dundee", "/_components/board/"), Crumb("Sites", "/_components/list/"), Crumb("ST-014")],
        "actions": [
            Action("Print", "#", icon="printer", tone="quiet"),
            Action("Edit", "/_components/form/", icon="pencil"),
            Action("Suspend", "#", icon="pause", in_menu=True),
            Action(
                "Close this site", "/_components/confirm/", icon="archive", tone="danger", in_menu=True, dialog=True
            ),
        ],
        "tabs": [
            Tab("Details", "/_components/detail/", current=tab == "detail"),
            Tab("Chargers", "#", count=6),
            Tab("Sessions", "#", count=18_204),
            Tab("History", "/_components/history/", current=tab == "history"),
        ],
    }


def detail_page(request: HttpRequest) -> dict[str, Any]:
    """The record of a site."""
    place = [
        Fact("Code", "ST-014", "code"),
        Fact("Kind", State("site-kind", *KINDS[0])),
        Fact("Address", "14 Harbour Road, Dundee DD1 3DU"),
        Fact("District", Link("City Centre", "#")),
        Fact("Position", "56.46130, -2.96890", "code", help="WGS 84, from the register of 2024"),
        Fact("Supplied by", Link("DC-02 Kingsway depot", "#")),
    ]
    running = [
        Fact("Grid connection", 350_000, "power"),
        Fact("Opening hours", "24/7"),
        Fact("Opened", date(2019, 4, 1), "date"),
        Fact("Phone", None),
        Fact("Energy, 30 days", 12_480_400, "energy"),
        Fact("Revenue, 30 days", Decimal("4318.5"), "money", currency="GBP"),
    ]
    columns = [
        Column("identity", "Charger", "code"),
        Column("method", "Method"),
        Column("state", "Connector", "state"),
        Column("power", "Power", "power"),
        Column("firmware", "Firmware", "code"),
    ]
    rows = [
        Row(
            [
                Cell(column, value)
                for column, value in zip(
                    columns,
                    (
                        f"CP-{index + 1:02d}",
                        "DC" if index % 2 else "AC",
                        State("connector", name, name),
                        22_000,
                        "1.4.2",
                    ),
                    strict=True,
                )
            ],
            url="#",
        )
        for index, name in enumerate(CONNECTORS)
    ]
    return {
        **record_head("detail"),
        "sections": [Section("Place", place), Section("Operation", running)],
        "related": [Related("Chargers", columns, rows, count=9, url="#", actions=[Action("Add", "#", icon="plus")])],
    }


ENTRIES = [
    Entry(
        NOW,
        "Changed",
        "Morag Innes",
        reason="New connection by the grid operator",
        changes=[Change("Grid connection", "250 kW", "350 kW"), Change("Phone", None, "+44 1382 000000")],
    ),
    Entry(NOW - timedelta(days=12), "Opened again", "Ewan Reid", icon="play", tone="success"),
    Entry(NOW - timedelta(days=14), "Suspended", "Ewan Reid", icon="pause", tone="warning", reason="New surface"),
    Entry(NOW - timedelta(days=210), "Imported", "System", icon="file-up", tone="info", url="#"),
]


def history_page(request: HttpRequest) -> dict[str, Any]:
    """The history of a site."""
    return {**record_head("history"), "entries": ENTRIES}


def form_page(request: HttpRequest) -> dict[str, Any]:
    """A form that was sent with two mistakes."""
    return {
        "title": "New site",
        "lead": "A place where the network does business. What is not known yet can be added later.",
        "breadcrumbs": [Crumb("Dundee", "#"), Crumb("Sites", "/_components/list/"), Crumb("New")],
        "form": SampleForm({"code": "ST-014", "kind": "charging-station", "power": "many"}),
        "fieldsets": [
            ("Identity", "How people and labels call the place.", ["code", "name", "kind"]),
            ("Operation", "", ["power", "supplier", "services", "always_open"]),
        ],
        "submit_label": "Create site",
        "cancel_url": "/_components/list/",
    }


def confirm_page(request: HttpRequest) -> dict[str, Any]:
    """Closing a site."""
    return {
        "title": "Close the site ST-014 Harbour 14?",
        "lead": "It disappears from the map and from new sessions. It can be opened again.",
        "breadcrumbs": [Crumb("Sites", "/_components/list/"), Crumb("ST-014", "/_components/detail/"), Crumb("Close")],
        "consequences": [
            Consequence("Open reservations are cancelled", "removed", 2),
            Consequence("Chargers go out of service", "changed", 6, url="#"),
            Consequence("Charging sessions and reports stay", "kept", 18_204),
        ],
        "form": ReasonForm(),
        "submit_label": "Close the site",
        "cancel_url": "/_components/detail/",
    }


def sign_in_page(request: HttpRequest) -> dict[str, Any]:
    """Signing in."""
    return {"form": SignInForm(), "next": ""}


def networks_page(request: HttpRequest) -> dict[str, Any]:
    """The networks of an account."""
    names = (("Dundee", "United Kingdom", "Network director", 64, True), ("Demo City", "Germany", "Auditor", 61, False))
    keys = ("name", "country", "role", "place_count", "current")
    return {"title": "Networks", "networks": [{**dict(zip(keys, values, strict=True)), "url": "#"} for values in names]}


def error_page(request: HttpRequest) -> dict[str, Any]:
    """Error pages need nothing."""
    return {}

"""Sample lists: full, empty, and with filters that match nothing."""

from __future__ import annotations

import math
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.http import HttpRequest

from core.component_page.forms import SampleFilters
from core.component_page.words import KINDS, NOW, STATUSES, STREETS
from core.parts import (
    Action,
    ActiveFilter,
    Cell,
    Column,
    ColumnChoice,
    Crumb,
    Empty,
    Export,
    Page,
    PageLink,
    PageSize,
    Row,
    State,
)


def _wave(index: int, base: float, swing: float) -> float:
    return base + swing * math.sin(index * 1.7) + swing / 2 * math.cos(index * 0.6)


def sample_columns(sorted_by: str = "code") -> list[Column]:
    def column(name: str, label: str, kind: Any = "text", **more: Any) -> Column:
        state: Any = "ascending" if name == sorted_by else ""
        return Column(name, label, kind, sort_url=f"?sort={name}", sort_state=state, **more)

    return [
        column("code", "Code", "code"),
        column("name", "Name"),
        column("kind", "Kind", "state"),
        column("status", "Status", "state"),
        column("connectors", "Connectors", "number"),
        column("power", "Power", "power"),
        column("energy", "Energy, 30 days", "energy", decimals=0),
        column("utilisation", "Utilisation", "percent", help="Time with a vehicle plugged in, of all connector time"),
        Column("seen", "Last session", "datetime"),
    ]


def sample_rows(count: int = 25) -> list[Row]:
    columns = sample_columns()
    rows = []
    for index in range(count):
        kind, status = KINDS[index % 7 % 3], STATUSES[0 if index % 5 else index // 5 % 4]
        values = (
            f"ST-{index + 1:03d}",
            f"{STREETS[index % 8]} {index + 1}",
            State("site-kind", *kind),
            State("site-status", *status),
            4 + index % 9,
            (50 + index % 6 * 22) * 1000,
            int(_wave(index, 8_400_000, 5_100_000)) if index % 6 else None,
            Decimal(str(round(_wave(index, 0.22, 0.1), 4))),
            NOW - timedelta(minutes=17 * index + 4) if index % 6 else None,
        )
        cells = [Cell(column, value) for column, value in zip(columns, values, strict=True)]
        asked = [Action("Decide", "/_components/confirm/", dialog=True)] if index == 5 else []
        rows.append(Row(cells, url="/_components/detail/", tone="warning" if index == 5 else "", actions=asked))
    return rows


def list_page(request: HttpRequest) -> dict[str, Any]:
    """A list of sites with filters in force."""
    return {
        "title": "Sites",
        "lead": "Every place of the network: charging stations, distribution centres and member stores.",
        "breadcrumbs": [Crumb("Dundee", "/_components/board/"), Crumb("Sites")],
        "actions": [
            Action("Import", "#", icon="file-up"),
            Action("New site", "/_components/form/", icon="plus", tone="primary"),
            Action("Print the list", "#", icon="printer", in_menu=True),
        ],
        "list_url": "/_components/list/",
        "filterset": SimpleNamespace(form=SampleFilters(request.GET or {"status": "open"})),
        "active_filters": [
            ActiveFilter("Status", "Open", "?"),
            ActiveFilter("Kind", "Charging station, Member store", "?"),
        ],
        "clear_url": "?",
        "kept_params": [("sort", "code")],
        "columns": sample_columns(),
        "rows": sample_rows(),
        "page": Page(
            number=3,
            first=51,
            last=75,
            total=1_204_000,
            total_is_exact=False,
            previous_url="?page=2",
            next_url="?page=4",
            links=[
                PageLink(1, "?page=1"),
                PageLink(2, "?page=2"),
                PageLink(3, current=True),
                PageLink(4, "?page=4"),
                PageLink(None),
            ],
        ),
        "page_sizes": [PageSize(25, "?size=25", current=True), PageSize(50, "?size=50"), PageSize(100, "?size=100")],
        "column_choices": [
            ColumnChoice(column.name, column.label, visible=True, fixed=index == 0)
            for index, column in enumerate(sample_columns())
        ]
        + [ColumnChoice("phone", "Phone", visible=False)],
        "columns_url": "#",
        "columns_next": "?",
        "exports": [
            Export("CSV", "#", "Visible columns"),
            Export("Excel", "#", "Visible columns"),
            Export("CSV", "#", "All columns"),
            Export("Excel", "#", "All columns"),
        ],
    }


def empty_list_page(request: HttpRequest) -> dict[str, Any]:
    """A list without any record: what to do next."""
    start = (
        Action("Import sites", "#", icon="file-up", tone="primary"),
        Action("New site", "#", icon="plus"),
    )
    empty = Empty(
        "No sites yet", "Bring in the list that you keep elsewhere, or write down the first one.", "map-pin", start
    )
    return {
        **list_page(request),
        "rows": [],
        "active_filters": [],
        "filterset": None,
        "exports": [],
        "column_choices": [],
        "empty": empty,
    }


def unmatched_list_page(request: HttpRequest) -> dict[str, Any]:
    """A list whose filters match nothing."""
    return {**list_page(request), "rows": []}

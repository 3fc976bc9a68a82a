"""Charts, icons and tokens of the component page."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

ICONS = (
    "zap", "plug-zap", "warehouse", "store", "map-pin", "map", "layout-dashboard", "chart-column", "list-checks",
    "file-up", "download", "printer", "search", "list-filter", "columns-3", "plus", "pencil", "trash-2", "archive",
    "check", "x", "history", "calendar", "clock", "bell", "users", "network", "settings", "log-out",
    "circle-question-mark", "triangle-alert", "octagon-alert",
)  # fmt: skip
TOKENS = (
    "canvas", "surface", "sunken", "line", "line-control", "text", "text-2", "text-3", "accent", "accent-soft",
    "success", "info", "warning", "danger", "muted", "category-1", "category-2", "category-3", "category-4",
    "category-5", "category-6", "category-7", "category-8", "heat-0", "heat-1", "heat-2", "heat-3", "heat-4",
    "heat-5",
)  # fmt: skip


def _days(count: int) -> list[dict[str, Any]]:
    first = date(2024, 4, 22)
    return [
        {
            "day": (first + timedelta(days=index)).isoformat(),
            "sessions": round(210 + 46 * math.sin(index * 0.9) + index * 2.1 - (60 if index % 7 > 4 else 0)),
        }
        for index in range(count)
    ]


def sessions_by_day() -> dict[str, Any]:
    """Bars by day, the present one in the accent."""
    days = _days(30)
    return {
        "data": {"values": days},
        "mark": {"type": "bar", "cornerRadiusEnd": 2},
        "encoding": {
            "x": {
                "field": "day",
                "type": "temporal",
                "timeUnit": "yearmonthdate",
                "axis": {"format": "%-d %b", "title": None, "tickCount": 6},
            },
            "y": {"field": "sessions", "type": "quantitative", "axis": {"title": None, "tickCount": 4}},
            "tooltip": [
                {"field": "day", "type": "temporal", "title": "Day", "format": "%a %-d %b"},
                {"field": "sessions", "type": "quantitative", "title": "Sessions"},
            ],
        },
    }


def energy_by_hour() -> dict[str, Any]:
    """A week as a heat map of hours."""
    values = [
        {
            "day": day,
            "hour": hour,
            "kwh": round(
                max(0, 40 + 60 * math.sin((hour - 6) / 18 * math.pi) - (12 if day in ("Sat", "Sun") else 0)), 1
            ),
        }
        for day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
        for hour in range(24)
    ]
    return {
        "data": {"values": values},
        "mark": {"type": "rect", "cornerRadius": 2, "stroke": "token:surface", "strokeWidth": 1},
        "encoding": {
            "x": {
                "field": "hour",
                "type": "ordinal",
                "axis": {
                    "title": None,
                    "labelAngle": 0,
                    "values": [0, 3, 6, 9, 12, 15, 18, 21],
                    "domain": False,
                    "ticks": False,
                },
            },
            "y": {
                "field": "day",
                "type": "ordinal",
                "sort": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
                "axis": {"title": None},
            },
            "color": {"field": "kwh", "type": "quantitative", "legend": None},
            "tooltip": [
                {"field": "day", "title": "Day"},
                {"field": "hour", "title": "Hour"},
                {"field": "kwh", "title": "kWh"},
            ],
        },
    }


def spark(seed: int) -> dict[str, Any]:
    """A line without axes for a stat tile."""
    values = [{"i": index, "v": 10 + 4 * math.sin(index * 0.8 + seed) + index * 0.2} for index in range(24)]
    return {
        "data": {"values": values},
        "padding": 0,
        "mark": {"type": "area", "line": {"strokeWidth": 1.5}},
        "encoding": {
            "x": {"field": "i", "type": "quantitative", "axis": None, "scale": {"nice": False}},
            "y": {"field": "v", "type": "quantitative", "axis": None, "scale": {"zero": False}},
        },
    }

"""Specifications of the charts that the product draws. Colours are names of tokens, figures come ready for reading.

Every function takes its figures in the order in which they shall stand; nothing is sorted or summed here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.dates import WEEKDAYS_ABBR

from core.errors import Text

Figure = float | int
Spec = dict[str, Any]
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
SATURDAY = 5
HEIGHT = 180
ROW_HEIGHT = 20


def energy_scale(most_wh: Figure) -> tuple[str, int]:
    """Unit and divisor by which energies up to `most_wh` are read well: kWh, MWh or GWh."""
    for unit, size in (("GWh", 10**9), ("MWh", 10**6)):
        if abs(most_wh) >= 10 * size:
            return unit, size
    return "kWh", 1000


def bars_by_day(
    points: Sequence[tuple[date, Figure]],
    *,
    label: Text,
    now_label: Text = "",
    before: Sequence[Figure | None] = (),
    before_label: Text = "",
) -> Spec:
    """A bar for each day, softer on weekends, and with `before` a line across each at the figure of the period before.

    `label` names the figures with their unit, `now_label` and `before_label` the two periods; `before` is parallel to
    the points.
    """
    one_month = len({(day.year, day.month) for day, _figure in points}) <= 1
    values = [
        {
            "day": day.isoformat(),
            "value": figure,
            "weekend": day.weekday() >= SATURDAY,
            "before": before[index] if index < len(before) else None,
        }
        for index, (day, figure) in enumerate(points)
    ]
    tooltip = [_tip("day", "", "nominal"), _tip("value", now_label or label)]
    weekend = {"test": "datum.weekend", "value": "token:heat-2"}
    colour: dict[str, Any] = {"condition": weekend, "value": "token:category-1"}
    layers = [{"mark": "bar", "encoding": {"y": _amount("value", label), "color": colour, "tooltip": tooltip}}]
    if before:
        tooltip.append(_tip("before", before_label))
        names = [str(now_label), str(before_label)]
        scale = {"domain": names, "range": ["token:category-1", "token:text"]}
        del colour["value"]
        colour |= {"datum": names[0], "scale": scale, "legend": _legend()}
        layers.append(_lines_across(label, names[1], tooltip))
    x = {"field": "day", "type": "ordinal", "sort": None, "title": None, "axis": _day_axis(one_month)}
    return {**_base(values), "encoding": {"x": x}, "layer": layers}


def _lines_across(label: Text, name: str, tooltip: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "transform": [{"filter": "isValid(datum.before)"}],
        "mark": {"type": "tick", "thickness": 2, "bandSize": 12},
        "encoding": {"y": _amount("before", label), "color": {"datum": name}, "tooltip": tooltip},
    }


def _day_axis(one_month: bool) -> dict[str, Any]:
    # The day of the month is the end of the ISO date.
    expression = "'' + toNumber(slice(datum.value, 8))" if one_month else "datum.value"
    return {"labelAngle": 0, "labelExpr": expression, "labelOverlap": True, "ticks": False}


def heat_of_week(figures: Mapping[tuple[int, int], Figure], *, label: Text, hour_label: Text) -> Spec:
    """A field for each hour (0 to 23) of each weekday (Monday is 0); what is not given is zero."""
    values = [
        {"weekday": str(WEEKDAYS_ABBR[weekday]), "hour": hour, "value": figures.get((weekday, hour), 0)}
        for weekday in range(7)
        for hour in range(24)
    ]
    most = max(1, *figures.values()) if figures else 1
    return {
        **_base(values),
        "height": {"step": ROW_HEIGHT},
        "mark": {"type": "rect", "stroke": "token:surface", "strokeWidth": 1, "cornerRadius": 2},
        "encoding": {
            "x": {
                "field": "hour",
                "type": "ordinal",
                "title": str(hour_label),
                "axis": {"labelAngle": 0, "labelOverlap": True, "domain": False, "ticks": False},
            },
            "y": {
                "field": "weekday",
                "type": "ordinal",
                "sort": None,
                "title": None,
                "axis": {"domain": False, "ticks": False},
            },
            "color": {
                "field": "value",
                "type": "quantitative",
                # Steps instead of a gradient: a reader finds a field's colour in the legend, on paper too.
                "scale": {"type": "quantize", "range": "heatmap", "domain": [0, most], "nice": True},
                "legend": {"title": str(label), "orient": "right", "gradientLength": 6 * ROW_HEIGHT},
            },
            "tooltip": [
                _tip("weekday", "", "nominal"),
                _tip("hour", hour_label, "nominal"),
                _tip("value", label),
            ],
        },
    }


def lines_compared(
    now: Sequence[tuple[Text, Figure | None]],
    before: Sequence[tuple[Text, Figure | None]],
    *,
    label: Text,
    now_label: Text,
    before_label: Text,
) -> Spec:
    """The figures of a period as a line over those of the period before, dashed; points pair by their order."""
    values = [
        {"position": position, "name": str(name), "value": figure, "series": str(series)}
        for series, points in ((now_label, now), (before_label, before))
        for position, (name, figure) in enumerate(points, start=1)
    ]
    domain = [str(now_label), str(before_label)]
    return {
        **_base(values),
        "mark": {"type": "line", "interpolate": "monotone"},
        "encoding": {
            "x": {
                "field": "position",
                "type": "quantitative",
                "title": None,
                "scale": {"nice": False},
                "axis": {"tickMinStep": 1, "grid": False, "format": "d"},
            },
            "y": _amount("value", label),
            "color": {
                "field": "series",
                "type": "nominal",
                "scale": {"domain": domain, "range": ["token:category-1", "token:text-3"]},
                "legend": _legend(),
            },
            "strokeDash": {
                "field": "series",
                "type": "nominal",
                "scale": {"domain": domain, "range": [[1, 0], [4, 3]]},
                "legend": None,
            },
            "tooltip": [_tip("series", "", "nominal"), _tip("name", "", "nominal"), _tip("value", label)],
        },
    }


def top_bars(items: Sequence[tuple[Text, Figure]], *, label: Text, decimals: int = 0) -> Spec:
    """Lying bars with their figures at the end, for the few that matter most."""
    values = [{"name": str(name), "value": figure} for name, figure in items]
    form = f",.{decimals}f"
    room = 1.12 * max((figure for _name, figure in items), default=1)
    return {
        **_base(values),
        "height": {"step": ROW_HEIGHT},
        "encoding": {
            "y": {
                "field": "name",
                "type": "nominal",
                "sort": None,
                "title": None,
                "axis": {"labelLimit": 200, "domain": False, "ticks": False},
            },
            "x": {
                "field": "value",
                "type": "quantitative",
                "title": str(label),
                "axis": {"tickCount": 5},
                # Room for the figure at the end of the longest bar.
                "scale": {"domainMax": room, "nice": False},
            },
            "tooltip": [_tip("name", "", "nominal"), _tip("value", label, decimals=decimals)],
        },
        "layer": [
            {"mark": {"type": "bar", "height": {"band": 0.66}}},
            {
                "mark": {"type": "text", "align": "left", "dx": 4, "color": "token:text", "fontSize": 10},
                "encoding": {"text": {"field": "value", "type": "quantitative", "format": form}},
            },
        ],
    }


def stacked_bars(rows: Sequence[tuple[Text, Text, Figure]], *, label: Text, lying: bool = False) -> Spec:
    """Bars whose parts are, for example, reasons: (name of the bar, part, figure); parts keep their order of coming."""
    values = [{"name": str(name), "part": str(part), "value": figure} for name, part, figure in rows]
    parts = list(dict.fromkeys(value["part"] for value in values))
    order = {part: position for position, part in enumerate(parts)}
    for value in values:
        value["order"] = order[value["part"]]
    names = {
        "field": "name",
        "type": "nominal",
        "sort": None,
        "title": None,
        "axis": {"labelAngle": 0, "labelLimit": 200, "labelOverlap": not lying, "ticks": False},
    }
    amount = _amount("value", label)
    return {
        **_base(values),
        **({"height": {"step": ROW_HEIGHT + 6}} if lying else {}),
        "mark": {"type": "bar", "cornerRadiusEnd": 0, "stroke": "token:surface", "strokeWidth": 0.5},
        "encoding": {
            "y": names if lying else amount,
            "x": amount if lying else names,
            "color": {
                "field": "part",
                "type": "nominal",
                "scale": {"domain": parts},
                "legend": _legend(columns=4),
            },
            "order": {"field": "order", "type": "quantitative"},
            "tooltip": [_tip("name", "", "nominal"), _tip("part", "", "nominal"), _tip("value", label)],
        },
    }


def donut(items: Sequence[tuple[Text, Figure]], *, label: Text) -> Spec:
    """Shares of a whole as a ring. Only for two to five parts; bars are read more exactly."""
    if not 2 <= len(items) <= 5:
        raise ValueError(f"a ring shows two to five parts, not {len(items)}; take bars")
    values = [{"name": str(name), "value": figure, "order": order} for order, (name, figure) in enumerate(items)]
    return {
        **_base(values),
        "mark": {"type": "arc", "innerRadius": {"expr": "min(width, height) / 2 * 0.62"}},
        "encoding": {
            "theta": {"field": "value", "type": "quantitative", "stack": True},
            "order": {"field": "order", "type": "quantitative"},
            "color": {
                "field": "name",
                "type": "nominal",
                "scale": {"domain": [value["name"] for value in values]},
                "legend": {"title": None, "orient": "right"},
            },
            "tooltip": [_tip("name", "", "nominal"), _tip("value", label)],
        },
    }


def _base(values: list[dict[str, Any]]) -> Spec:
    return {"$schema": SCHEMA, "width": "container", "height": HEIGHT, "data": {"values": values}}


def _amount(field: str, label: Text) -> dict[str, Any]:
    return {"field": field, "type": "quantitative", "title": str(label), "axis": {"tickCount": 4, "format": ",~f"}}


def _legend(columns: int = 0) -> dict[str, Any]:
    legend: dict[str, Any] = {"title": None, "orient": "top", "direction": "horizontal", "symbolOpacity": 1}
    return legend | ({"columns": columns} if columns else {})


def _tip(field: str, label: Text, kind: str = "quantitative", decimals: int | None = None) -> dict[str, Any]:
    tip: dict[str, Any] = {"field": field, "type": kind, "title": str(label) or " "}
    if kind == "quantitative":
        tip["format"] = ",~f" if decimals is None else f",.{decimals}f"
    return tip

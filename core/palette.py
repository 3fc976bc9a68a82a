"""The colours of the product for paper and charts, read from the one place where they are written: tokens.css."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Literal

from django.contrib.staticfiles import finders

PAPER_FONT = "Noto Sans, Liberation Sans, WenQuanYi Micro Hei, Noto Sans CJK SC, sans-serif"
Theme = Literal["light", "dark"]

_BLOCK = re.compile(r"(?P<head>[^{}]*)\{(?P<body>[^{}]*)\}")
_COLOUR = re.compile(r"--cn-(?P<name>[a-z0-9-]+):\s*(?P<value>#[0-9a-f]{6})\s*;")
_TOKEN = "token:"  # noqa: S105  marks a colour by its token's name


@cache
def palette(theme: Theme = "light") -> Mapping[str, str]:
    """Return the colours of a theme by token name without its prefix, such as ``{"accent": "#0b6678"}``.

    The dark theme holds the light value of a token that it does not change.
    """
    found = finders.find("css/tokens.css")
    if not isinstance(found, str):
        raise FileNotFoundError("static/css/tokens.css is not among the static files.")
    with open(found, encoding="utf-8") as file:
        return MappingProxyType(read_palette(file.read(), theme))


def read_palette(css: str, theme: Theme) -> dict[str, str]:
    """Return the colour tokens that a style sheet sets for a theme."""
    colours: dict[str, str] = {}
    for block in _BLOCK.finditer(re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)):
        if theme == "light" and "dark" in block["head"]:
            continue
        colours.update((found["name"], found["value"]) for found in _COLOUR.finditer(block["body"]))
    return colours


def with_colours(spec: Any, theme: Theme = "light") -> Any:
    """Return a copy of a chart's specification in which ``"token:<name>"`` became the colour of that token.

    Raises KeyError for a name that is no colour token.
    """
    if isinstance(spec, Mapping):
        # Data may hold any text, also one that looks like a token.
        return {key: value if key == "values" else with_colours(value, theme) for key, value in spec.items()}
    if isinstance(spec, list | tuple):
        return [with_colours(value, theme) for value in spec]
    if isinstance(spec, str) and spec.startswith(_TOKEN):
        return palette(theme)[spec.removeprefix(_TOKEN)]
    return spec


def themed(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return a Vega-Lite specification with our look below its own configuration; colours are still tokens.

    The page resolves them in the reader's theme (static/js/chart.js), paper by ``with_colours``.
    """
    return {**spec, "config": {**VEGA_CONFIG, **spec.get("config", {})}}


_TEXT = {
    "labelColor": "token:text-2",
    "titleColor": "token:text-2",
    "labelFontSize": 11,
    "titleFontSize": 11,
    "titleFontWeight": "normal",
}
_HEAT = [f"token:heat-{number}" for number in range(6)]

#: How charts look; every colour is the name of a token.
VEGA_CONFIG: Mapping[str, Any] = MappingProxyType(
    {
        "background": None,
        "font": PAPER_FONT,
        "padding": 4,
        "view": {"stroke": None},
        "axis": {
            **_TEXT,
            "domainColor": "token:line",
            "tickColor": "token:line",
            "gridColor": "token:line-soft",
            "labelPadding": 4,
            "titlePadding": 8,
        },
        "axisX": {"grid": False},
        "axisY": {"domain": False, "ticks": False},
        "legend": {**_TEXT, "symbolSize": 60, "orient": "top", "offset": 8},
        "header": dict(_TEXT),
        "title": {"color": "token:text", "fontSize": 13, "fontWeight": 600, "anchor": "start"},
        "text": {"color": "token:text"},
        "bar": {"color": "token:category-1", "cornerRadiusEnd": 2},
        "line": {"color": "token:category-1", "strokeWidth": 2},
        "area": {"color": "token:category-1", "fillOpacity": 0.16, "line": True},
        "point": {"color": "token:category-1"},
        "rect": {"color": "token:category-1"},
        "arc": {"color": "token:category-1"},
        "rule": {"color": "token:line-control"},
        "range": {
            "category": [f"token:category-{number}" for number in range(1, 9)],
            "heatmap": _HEAT,
            "ramp": _HEAT,
            "ordinal": _HEAT[1:],
        },
    }
)

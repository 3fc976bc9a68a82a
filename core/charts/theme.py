"""The look of charts on the page and on paper, from the product's one set of colours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from core.palette import themed, with_colours

Mode = Literal["light", "dark", "paper"]

#: What differs on paper: a little smaller, hairlines, no animation of attention.
_PAPER: Mapping[str, Mapping[str, Any]] = {
    "axis": {"labelFontSize": 10, "titleFontSize": 10, "gridWidth": 0.5, "domainWidth": 0.5, "tickWidth": 0.5},
    "legend": {"labelFontSize": 10, "titleFontSize": 10},
}


def chart_theme(mode: Mode = "light") -> dict[str, Any]:
    """The Vega-Lite configuration of a mode, with colours filled in."""
    config: dict[str, Any] = with_colours(themed({})["config"], "dark" if mode == "dark" else "light")
    if mode == "paper":
        for part, values in _PAPER.items():
            config[part] = {**config.get(part, {}), **values}
    return config


def for_paper(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The specification with the colours and the look of paper."""
    own: dict[str, Any] = with_colours(dict(spec))
    return {**own, "config": {**chart_theme("paper"), **own.get("config", {})}}

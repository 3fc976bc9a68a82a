"""Charts: one Vega-Lite specification for the page and for paper.

The functions of `specs` build specifications as plain dicts without colours of their own; `Chart` carries one with its
title, a sentence that says what it shows, and its figures as a table; `chart_svg` draws it for paper.
"""

from core.charts.chart import Chart
from core.charts.drawing import ChartError, chart_svg, chart_svgs
from core.charts.specs import (
    bars_by_day,
    donut,
    energy_scale,
    heat_of_week,
    lines_compared,
    stacked_bars,
    top_bars,
)
from core.charts.theme import chart_theme

__all__ = [
    "Chart", "ChartError", "bars_by_day", "chart_svg", "chart_svgs", "chart_theme", "donut", "energy_scale",
    "heat_of_week", "lines_compared", "stacked_bars", "top_bars",
]  # fmt: skip

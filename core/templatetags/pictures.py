"""The components that move or draw: progress, waiting, the live mark, charts, maps. {% load ui %} brings them too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.utils.html import json_script

from core import formatting
from core.errors import Text
from core.palette import themed

register = template.Library()


@register.inclusion_tag("components/progress.html")
def progress(
    done: int, total: int | None, *, label: Text, tone: str = "accent", show_label: bool = True
) -> dict[str, Any]:
    """{% progress job.done job.total label="Checking rows" %}; without a total it only says that work goes on."""
    return {
        "done": formatting.number(done),
        "total": formatting.number(total) if total else "",
        "value": min(done, total) if total else None,
        "most": total or None,
        "share": formatting.percent(min(done / total, 1), 0) if total else "",
        "label": label,
        "tone": tone,
        "show_label": show_label,
    }


@register.inclusion_tag("components/skeleton.html")
def skeleton(lines: int = 3) -> dict[str, Any]:
    """{% skeleton 5 %}: grey lines where content is on its way."""
    return {"lines": range(lines)}


@register.inclusion_tag("components/live_indicator.html")
def live_indicator() -> dict[str, Any]:
    """{% live_indicator %}: whether the page hears of changes."""
    return {}


@register.inclusion_tag("components/chart.html")
def chart(
    spec: Mapping[str, Any],
    *,
    id: str,
    title: Text,
    text: Text,
    height: str = "medium",
    show_title: bool = True,  # noqa: A002
) -> dict[str, Any]:
    """{% chart spec id="sessions-by-day" title="Sessions by day" text="More on weekdays, most on Friday 12th." %}

    ``spec`` is a Vega-Lite specification with its data; ``text`` says in a sentence what it shows, for those who
    cannot see it. ``height``: spark, small, medium or large.
    """
    return {
        "id": id,
        "title": title,
        "text": text,
        "height": height,
        "show_title": show_title,
        "data": json_script(themed(spec), f"{id}-spec"),
    }


@register.inclusion_tag("components/map.html")
def map(  # noqa: A001  named as in templates
    *,
    id: str,  # noqa: A002
    points_url: str,
    label: Text,
    districts_url: str = "",
    tiles_url: str = "",
    attribution: str = "",
    height: str = "medium",
    kinds: Sequence[tuple[str, Text]] = (),
    statuses: Sequence[tuple[str, Text]] = (),
) -> dict[str, Any]:
    """{% map id="sites" points_url=url label="Sites of the network" %}

    ``kinds`` and ``statuses`` name the values of the points for the legend and the list beside the map.
    """
    return dict(locals())

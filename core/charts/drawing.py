"""Charts as SVG for paper, drawn in a helper process: the library must not be used on both sides of a fork."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from django.conf import settings

from core.charts.theme import for_paper
from core.errors import Text
from core.rendering.pool import HelperError, HelperPool

SECONDS = 60.0
_OPENING = re.compile(r"<svg\b[^>]*>")
_pool = HelperPool("charts", getattr(settings, "CHART_PROCESSES", 0) or 1)


class ChartError(Exception):
    """A chart could not be drawn."""


def chart_svg(
    spec: Mapping[str, Any], *, title: Text, description: Text = "", width: int = 640, height: int | None = None
) -> str:
    """The chart as SVG text in the colours of paper, `width` and `height` in CSS pixels all around.

    `title` and `description` are what a screen reader says. Raises ChartError.
    """
    return chart_svgs([(spec, title, description)], width=width, height=height)[0]


def chart_svgs(
    charts: Sequence[tuple[Mapping[str, Any], Text, Text]], *, width: int = 640, height: int | None = None
) -> list[str]:
    """Several charts at once, each as (specification, title, description). Raises ChartError."""
    if not charts:
        return []
    specs = [_sized(for_paper(spec), width, height) for spec, _title, _description in charts]
    try:
        _, body = _pool.call({"job": "draw"}, json.dumps(specs).encode(), timeout=SECONDS)
    except HelperError as error:
        raise ChartError(str(error)) from error
    drawings: list[str] = json.loads(body)
    return [
        _told(svg, str(title), str(description))
        for svg, (_spec, title, description) in zip(drawings, charts, strict=True)
    ]


def _sized(spec: dict[str, Any], width: int, height: int | None) -> dict[str, Any]:
    spec = copy.deepcopy(spec)
    spec["width"] = width
    if height is not None:
        spec["height"] = height
    # A step per row decides the height itself; only the width can be fitted then.
    fit = "fit-x" if isinstance(spec.get("height"), dict) else "fit"
    spec["autosize"] = {"type": fit, "contains": "padding"}
    return spec


def _told(svg: str, title: str, description: str) -> str:
    """The drawing with what it is and says, for those who hear it."""
    opening = _OPENING.match(svg)
    if opening is None:
        raise ChartError("what was drawn is not an SVG picture")
    head = f'{opening[0][:-1]} role="img" aria-label={quoteattr(title)}>'
    told = f"<title>{escape(title)}</title>" + (f"<desc>{escape(description)}</desc>" if description else "")
    return head + told + svg[opening.end() :]

"""Places and districts of the sample map, the same on every call."""

from __future__ import annotations

import math
from typing import Any

from core.component_page.words import KINDS, STATUSES, STREETS


def points(count: int) -> dict[str, Any]:
    """Places scattered around a city, the same on every call (golden angle spiral)."""
    made = []
    for index in range(count):
        angle, radius = index * 2.399963, 0.07 * math.sqrt((index + 0.5) / count)
        kind, status = KINDS[index % 11 % 3], STATUSES[0 if index % 4 else index // 4 % 4]
        made.append(
            {
                "lat": 56.4620 + radius * math.sin(angle) * 0.55,
                "lng": -2.9700 + radius * math.cos(angle),
                "title": f"ST-{index + 1:03d} {STREETS[index % 8]}",
                "url": "/_components/detail/",
                "kind": kind[0],
                "status": status[0],
                "note": [kind[1], status[1], f"{4 + index % 9} connectors"],
            }
        )
    return {"points": made, "truncated": False}


def districts() -> dict[str, Any]:
    """Six sectors of a ring as districts."""
    features = []
    for index, name in enumerate(("West End", "Law", "Coldside", "Maryfield", "Broughty", "Harbour")):
        angles = [(index + step / 8) * math.pi / 3 for step in range(9)]
        ring = [[-2.97 + 0.085 * math.cos(angle), 56.462 + 0.047 * math.sin(angle)] for angle in angles]
        shape = [[-2.97, 56.462], *ring, [-2.97, 56.462]]
        geometry = {"type": "Polygon", "coordinates": [shape]}
        features.append({"type": "Feature", "properties": {"name": name}, "geometry": geometry})
    return {"type": "FeatureCollection", "features": features}

"""What the map is given: sites as points, districts as shapes. WGS 84 degrees."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import ngettext

from core.urls import network_url
from stations.models import District, Site
from stations.queries import connector_counts, sites_on_the_map
from stations.vocabulary import SiteKind, SiteStatus

#: So many points stay fluid in a browser; more are cut off, and the page says so.
MOST_POINTS = 25_000
_MARK = "0MARK0"


def vocabulary_value(value: str) -> str:
    """A value as the vocabularies of states and the map write it: with hyphens."""
    return value.replace("_", "-")


def points_of(sites: QuerySet[Site]) -> dict[str, Any]:
    """The points of `sites` as the map takes them; sites without a place are left out.

    Two queries and no work per row but this loop: a network may have ten thousand sites.
    """
    placed = sites_on_the_map(sites)
    rows = placed.order_by("code").values_list("pk", "code", "name", "latitude", "longitude", "kind", "status", "town")
    shown = list(rows[: MOST_POINTS + 1])
    counts = connector_counts(placed)
    before, after = network_url("stations:site-detail", _MARK).split(_MARK)
    kinds = {kind.value: (vocabulary_value(kind.value), str(kind.label)) for kind in SiteKind}
    statuses = {status.value: str(status.label) for status in SiteStatus}
    words = {count: connectors_text(count) for count in set(counts.values())}
    points = []
    for pk, code, name, latitude, longitude, kind, status, town in shown[:MOST_POINTS]:
        value, label = kinds[kind]
        notes = [f"{label}, {statuses[status]}"]
        if town:
            notes.append(town)
        if count := counts.get(pk):
            notes.append(words[count])
        points.append(
            {
                "lat": float(latitude),
                "lng": float(longitude),
                "title": f"{code} {name}",
                "url": f"{before}{code}{after}",
                "kind": value,
                "status": status,
                "note": notes,
            }
        )
    return {"points": points, "truncated": len(shown) > MOST_POINTS}


def connectors_text(count: int) -> str:
    """How many connectors, in words."""
    return ngettext("%(count)d connector", "%(count)d connectors", count) % {"count": count}


def shapes_of(districts: QuerySet[District]) -> dict[str, Any]:
    """The outlines of `districts` as a GeoJSON FeatureCollection (RFC 7946)."""
    before, after = network_url("stations:district-detail", _MARK).split(_MARK)
    features = [
        {
            "type": "Feature",
            "properties": {"name": name, "url": f"{before}{code}{after}"},
            "geometry": outline,
        }
        for code, name, outline in districts.order_by("code").values_list("code", "name", "outline")
    ]
    return {"type": "FeatureCollection", "features": features}

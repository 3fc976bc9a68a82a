"""What the map is given: sites as points, districts as shapes. WGS 84 degrees."""

from __future__ import annotations

from typing import Any

from django.conf import settings
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


def points_of(sites: QuerySet[Site], *, focus: str = "") -> dict[str, Any]:
    """The points of `sites` that have a place, as the map takes them; the one with the code `focus` is marked.

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
    points: list[dict[str, Any]] = []
    for pk, code, name, latitude, longitude, kind, status, town in shown[:MOST_POINTS]:
        value, label = kinds[kind]
        notes = [f"{label}, {statuses[status]}"]
        if town:
            notes.append(town)
        if count := counts.get(pk):
            notes.append(words[count])
        points.append(
            {
                "lat": float(latitude or 0),
                "lng": float(longitude or 0),
                "title": f"{code} {name}",
                "url": f"{before}{code}{after}",
                "kind": value,
                "status": status,
                "note": notes,
            }
        )
        if code == focus:
            points[-1]["focus"] = True
    return {"points": points, "truncated": len(shown) > MOST_POINTS}


def map_words() -> dict[str, Any]:
    """What every map needs: the legend, tiles (only where an address is set), district shapes."""
    return {
        "kinds": [(vocabulary_value(value), label) for value, label in SiteKind.choices],
        "statuses": SiteStatus.choices,
        "tiles_url": settings.MAP_TILE_URL,
        "attribution": settings.MAP_TILE_ATTRIBUTION,
        "districts_url": network_url("stations:map-districts"),
    }


def point_of(site: Site, notes: list[str]) -> dict[str, Any]:
    """One site that has a place as a point, with `notes` instead of what the network's map says."""
    return {
        "lat": float(site.latitude or 0),
        "lng": float(site.longitude or 0),
        "title": str(site),
        "url": network_url("stations:site-detail", site.code),
        "kind": vocabulary_value(site.kind),
        "status": site.status,
        "note": notes,
    }


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

"""Outlines of districts: GeoJSON polygons (RFC 7946), WGS 84, longitude before latitude."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.errors import Refusal

MOST_POSITIONS = 50_000
Position = tuple[float, float]
"""Longitude and latitude in degrees."""


class OutlineError(Refusal, ValueError):
    """A shape that is no outline."""

    code = "outline"


def geometry_of(value: object) -> dict[str, Any]:
    """The Polygon or MultiPolygon in a GeoJSON object: itself, of a Feature, or of a collection with one Feature.

    Raises OutlineError for anything else.
    """
    if isinstance(value, Mapping):
        if value.get("type") == "FeatureCollection":
            features = value.get("features")
            if isinstance(features, list) and len(features) == 1:
                return geometry_of(features[0])
            raise OutlineError(_("Give one shape; this collection has none or several."))
        if value.get("type") == "Feature":
            return geometry_of(value.get("geometry"))
        if value.get("type") in ("Polygon", "MultiPolygon"):
            geometry = {"type": value["type"], "coordinates": value.get("coordinates")}
            check_outline(geometry)
            return geometry
    raise OutlineError(_("An outline is a GeoJSON Polygon or MultiPolygon."))


def check_outline(outline: Mapping[str, Any]) -> None:
    """Raises OutlineError for a geometry that is no area on the earth, or has more positions than a map can draw."""
    positions = 0
    try:
        rings = list(rings_of(outline))
    except (TypeError, ValueError, IndexError, KeyError, OverflowError):
        raise OutlineError(_("The coordinates of this outline cannot be read.")) from None
    if not rings:
        raise OutlineError(_("An outline is a GeoJSON Polygon or MultiPolygon with at least one ring."))
    for ring in rings:
        positions += len(ring)
        if len(ring) < 4 or ring[0] != ring[-1]:
            raise OutlineError(_("A ring of an outline has four or more positions and ends where it begins."))
        if not all(-180 <= longitude <= 180 and -90 <= latitude <= 90 for longitude, latitude in ring):
            raise OutlineError(_("An outline lies outside the earth: give longitude before latitude, in degrees."))
    if positions > MOST_POSITIONS:
        raise OutlineError(
            _("An outline has at most %(most)d positions; this one has %(count)d. Simplify it."),
            params={"most": MOST_POSITIONS, "count": positions},
        )


def validate_outline(value: object) -> None:
    """Raises ValidationError for anything but a Polygon or MultiPolygon; the validator of the model's field."""
    try:
        if not isinstance(value, Mapping) or geometry_of(value) != value:
            raise OutlineError(_("An outline is kept as a GeoJSON Polygon or MultiPolygon without anything else."))
    except OutlineError as error:
        raise ValidationError(str(error), code=error.code) from error


def rings_of(outline: Mapping[str, Any]) -> Iterator[list[Position]]:
    """The rings of a Polygon or MultiPolygon; none for another type.

    Raises TypeError, ValueError or IndexError where the coordinates are none.
    """
    polygons = outline.get("coordinates")
    if outline.get("type") == "Polygon":
        polygons = [polygons]
    elif outline.get("type") != "MultiPolygon":
        return
    for polygon in polygons or []:
        for ring in polygon:
            yield [(_number(position[0]), _number(position[1])) for position in ring]


def positions_of(outline: Mapping[str, Any] | None) -> str:
    """How detailed an outline is, in words; empty where there is none."""
    if outline is None:
        return ""
    count = sum(len(ring) for ring in rings_of(outline))
    return ngettext("%(count)d position", "%(count)d positions", count) % {"count": count}


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("a coordinate is a number")
    return float(value)

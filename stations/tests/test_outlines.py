"""Outlines of districts."""

import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from core.tenancy.scope import network_scope
from stations.models import District
from stations.outlines import MOST_POSITIONS, OutlineError, geometry_of, positions_of, rings_of, validate_outline

SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]}
TWO = {"type": "MultiPolygon", "coordinates": [SQUARE["coordinates"], SQUARE["coordinates"]]}


@pytest.mark.parametrize(
    "told",
    [
        SQUARE,
        {"type": "Feature", "properties": {"name": "x"}, "geometry": SQUARE},
        {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": SQUARE}]},
        {**SQUARE, "bbox": [0, 0, 1, 1]},
    ],
)
def test_the_shape_is_taken_out_of_what_is_told(told: dict[str, Any]) -> None:
    assert geometry_of(told) == SQUARE


def ring(*positions: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [list(positions)]}


@pytest.mark.parametrize(
    "told",
    [
        None,
        [],
        "POLYGON((0 0))",
        {"type": "Point", "coordinates": [0, 0]},
        {"type": "Feature", "geometry": None},
        {"type": "FeatureCollection", "features": []},
        {"type": "FeatureCollection", "features": [SQUARE, SQUARE]},
        {"type": "Polygon"},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": 7},
        {"type": "MultiPolygon", "coordinates": [7]},
        ring([0, 0], [1, 0], [0, 0]),
        ring([0, 0], [1, 0], [1, 1], [0, 1]),
        ring([0, 0], [181, 0], [1, 1], [0, 0]),
        ring([0, 0], [1, 91], [1, 1], [0, 0]),
        ring([0, 0], ["1", 0], [1, 1], [0, 0]),
        ring([0, 0], [True, 0], [1, 1], [0, 0]),
        ring([0, 0], [float("nan"), 0], [1, 1], [0, 0]),
        ring([0, 0], [10**400, 0], [1, 1], [0, 0]),
        ring([0], [1], [1], [0]),
        ring({"x": 1}, {"x": 1}, {"x": 1}, {"x": 1}),
        ring(*[[0, 0]] * (MOST_POSITIONS + 1)),
    ],
)
def test_what_is_no_outline_is_refused(told: object) -> None:
    with pytest.raises(OutlineError):
        geometry_of(told)
    with pytest.raises(ValidationError):
        validate_outline(told)


def test_only_the_bare_geometry_is_kept() -> None:
    validate_outline(TWO)
    with pytest.raises(ValidationError):
        validate_outline({"type": "Feature", "geometry": SQUARE})


def test_rings_of_all_parts() -> None:
    assert [len(each) for each in rings_of(TWO)] == [5, 5]
    assert (positions_of(TWO), positions_of(None)) == ("10 positions", "")


FORM = {"code": "NORTH", "name": "North", "datum": "wgs84"}
NEW = "/n/harbour/districts/new/"


@pytest.mark.django_db
def test_a_pasted_feature_is_kept_as_its_geometry(cast: Any, signed_in: Any) -> None:
    told = json.dumps({"type": "Feature", "properties": {}, "geometry": SQUARE})
    assert signed_in(cast.director).post(NEW, FORM | {"outline": told}).status_code == 302
    with network_scope(cast.network):
        assert District.objects.get(code="NORTH").outline == SQUARE


@pytest.mark.django_db
@pytest.mark.parametrize(
    "told", ["{", "7", '"x"', "[]", "[" * 100_000, f"[{'9' * 10_000}]", "NaN", '{"type": "Polygon"}', "\x00"]
)
def test_a_pasted_text_that_is_no_outline_is_said(cast: Any, signed_in: Any, told: str) -> None:
    response = signed_in(cast.director).post(NEW, FORM | {"outline": told})
    assert response.status_code == 422
    assert "outline" in response.context["form"].errors

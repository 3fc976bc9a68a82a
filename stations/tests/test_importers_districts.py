"""Tables of districts: codes, names, outlines and middles."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from core.clock import now
from core.importing.work import undo_import
from core.tenancy.scope import network_scope
from stations.geo import Place, distance_m, gcj02_from_wgs84
from stations.models import District
from stations.tests.importing import checked, counts, figures, imported, messages, remarks

SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [0, 1], [1, 1], [0, 0]]]}
ZONES = (
    "num,grid,count,fast_count,slow_count,area,lon,la,CBD,dynamic_pricing\n1,102,30,3,27,0.71,114.103,22.54041,0,0\n"
)


def district(code: str) -> District:
    return District.objects.get(code=code)


def as_cell(value: Any) -> str:
    return '"' + json.dumps(value).replace('"', '""') + '"'


def test_a_row_tells_code_name_outline_and_middle(scoped: Any) -> None:
    text = f"code,name,outline,latitude,longitude\nn1,North,{as_cell(SQUARE)},0.5,0.25\n"

    run = imported("districts", text)

    row = district("N1")
    assert (row.name, row.outline) == ("North", SQUARE)
    assert (row.latitude, row.longitude) == (Decimal("0.5"), Decimal("0.25"))
    assert figures(run) == {"Districts": "1", "With an outline": "1", "With a middle": "1"}


def test_a_feature_gives_its_shape(scoped: Any) -> None:
    feature = {"type": "Feature", "properties": {"a": 1}, "geometry": SQUARE}

    imported("districts", f"code,geometry\nN1,{as_cell(feature)}\n")

    assert district("N1").outline == SQUARE


def test_what_is_no_outline_is_wrong(scoped: Any) -> None:
    point = {"type": "Point", "coordinates": [0, 0]}

    run = checked("districts", f"code,outline\nN1,{as_cell(point)}\nN2,somewhere\n")

    assert remarks(run) == [(2, "outline", "value"), (3, "outline", "value")]
    assert messages(run)[1] == "This is no GeoJSON."


def test_a_zone_without_a_name_is_called_by_its_number(scoped: Any) -> None:
    imported("districts", "code\n102\n")

    assert district("102").name == "Zone 102"


def test_a_file_without_names_leaves_the_names_that_people_gave(scoped: Any) -> None:
    District(code="102", name="Old town").save()

    run = imported("districts", "code,latitude,longitude\n102,1,2\n")

    assert (counts(run), district("102").name) == ({"changed": 1}, "Old town")


def test_the_zones_of_shenzhen_are_recognised_by_their_columns(scoped: Any) -> None:
    mapping = {"grid": "code", "la": "latitude", "lon": "longitude"}
    ignored = dict.fromkeys(("num", "count", "fast_count", "slow_count", "area", "CBD", "dynamic_pricing"), "")

    imported("districts", ZONES, mapping=mapping | ignored, options={"datum": "gcj02"})

    row = district("102")
    told, kept = Place(22.54041, 114.103), Place(float(row.latitude), float(row.longitude))
    assert distance_m(gcj02_from_wgs84(kept), told) < 0.2
    assert distance_m(kept, told) > 500


def test_the_same_file_again_changes_nothing_and_undo_removes_it(scoped: Any) -> None:
    text = f"code,outline\nN1,{as_cell(SQUARE)}\n"
    run = imported("districts", text)

    assert counts(imported("districts", text)) == {"unchanged": 1}
    undo_import(run=run, actor=None, now=now())
    assert not District.objects.exists()


def test_districts_of_another_network_stay_as_they_are(cast: Any) -> None:
    with network_scope(cast.other):
        District(code="N1", name="Quetzal").save()
    with network_scope(cast.network):
        assert counts(imported("districts", "code,name\nN1,North\n")) == {"new": 1}
    with network_scope(cast.other):
        assert district("N1").name == "Quetzal"

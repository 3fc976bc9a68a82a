"""The importer of districts: code, name, outline, middle."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core.errors import Text
from core.importing import fields as f
from core.importing.errors import CellError
from core.importing.importer import Context, Field, Preset, Row, register
from core.importing.rows import Outcome
from stations.geo import CoordinateSystem
from stations.importers.places import PlaceOptions, system_of, told_place
from stations.importers.records import RecordImporter
from stations.models import District
from stations.outlines import OutlineError, geometry_of
from stations.registers.shenzhen import ZONE_COLUMNS


@dataclass(frozen=True)
class OutlineParser:
    """GeoJSON of a shape: a Polygon, a MultiPolygon, or a Feature with one."""

    def __call__(self, text: str, column: str = "") -> dict[str, Any]:
        try:
            return geometry_of(json.loads(text))
        except OutlineError as error:
            raise CellError(column, text, str(error)) from error
        except (ValueError, RecursionError) as error:
            raise CellError(column, text, _now("This is no GeoJSON.")) from error


@register
class DistrictImporter(RecordImporter):
    """Districts by their code; a zone that has only a number is called by it."""

    name = "districts"
    title = _("Districts")
    description = _("Districts or traffic zones of the city, with outlines (GeoJSON, WGS 84) or middles.")
    permission = "stations.import_district"
    model = District
    topic = "sites"
    options_form = PlaceOptions
    reasons: ClassVar[Mapping[str, Text]] = {"datum": _("The coordinates are not in the system that was chosen")}
    fields = [
        Field("code", _("Code"), required=True, aliases=("id", "zone", "TAZID", "grid", "编号"), parse=f.text(40)),
        Field("name", _("Name"), aliases=("district", "名称"), parse=f.text(120, one_line=True)),
        Field("outline", _("Outline"), aliases=("geometry", "geojson", "shape"), parse=f.fixed(OutlineParser())),
        Field("latitude", _("Latitude of the middle"), aliases=("latitude", "lat", "la"),
              parse=f.coordinate("latitude")),
        Field("longitude", _("Longitude of the middle"), aliases=("longitude", "lon", "lng"),
              parse=f.coordinate("longitude")),
    ]  # fmt: skip
    presets: ClassVar[list[Preset]] = [
        # The stations of the other source name their zone by `grid`; `num` counts the zones of this file only.
        Preset(
            "ST-EVCDP (Shenzhen)",
            {"grid": "code", "la": "latitude", "lon": "longitude"},
            ignored=tuple(column for column in ZONE_COLUMNS if column not in ("grid", "la", "lon")),
            options={"datum": CoordinateSystem.GCJ02.value},
        )
    ]

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.system = system_of(context.options)
        self.counts: Counter[str] = Counter()

    def told(self, row: Row) -> dict[str, Any]:
        data = {"code": row.values["code"], **self.filled(row, ("outline",))}
        if row.values["name"] is not None:
            data["name"] = row.values["name"]
        if "latitude" in self.used or "longitude" in self.used:
            place = told_place(row, self.system)
            data["latitude"], data["longitude"] = place or (None, None)
        return data

    def defaults(self, row: Row) -> Mapping[str, Any]:
        return {"name": _now("Zone %(code)s") % {"code": row.data["code"]}}

    def judge(self, row: Row, record: Any) -> None:
        if row.outcome is not Outcome.WRONG:
            self.counts["districts"] += 1
            self.counts["drawn"] += row.data.get("outline", record and record.outline) is not None
            self.counts["placed"] += row.data.get("latitude", record and record.latitude) is not None

    def figures(self) -> list[tuple[Text, Any]]:
        return [
            (_("Districts"), self.counts["districts"]),
            (_("With an outline"), self.counts["drawn"]),
            (_("With a middle"), self.counts["placed"]),
        ]

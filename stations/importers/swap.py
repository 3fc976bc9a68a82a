"""The importer of battery swap stations with their capacity, by district."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from core.codes import suggest_code
from core.errors import Text
from core.importing import fields as f
from core.importing.importer import Context, Field, Preset, Row, register
from core.importing.reading import ALL_SHEETS
from stations.importers.sites import SiteImporter
from stations.models import Site
from stations.registers.cells import WrongRow
from stations.registers.shenzhen_swap import COLUMNS, NotAStation, parse
from stations.vocabulary import SiteService


class NoOptions(forms.Form):
    """The file is always read in the same way."""


@register
class SwapStationImporter(SiteImporter):
    """Swap stations by their number within their district; districts that are not there are made."""

    name = "swap-stations"
    title = _("Battery swap stations")
    description = _("Swap stations with their battery capacity, a sheet for each district.")
    options_form = NoOptions
    reasons: ClassVar[Mapping[str, Text]] = {
        **SiteImporter.reasons,
        "other_sheet": _("The row stands on the sheet of another district"),
    }
    fields = [
        Field("ID", _("Number in the district"), required=True),
        Field("District", _("District"), required=True, parse=f.text(120)),
        Field("Station Name", _("Name"), required=True, parse=f.text(200)),
        Field("Total Units", _("Batteries"), required=True),
    ]
    presets: ClassVar[list[Preset]] = [
        Preset("Swap stations of Shenzhen", {name: name for name in COLUMNS}, reading={"sheet": ALL_SHEETS})
    ]

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._by_district: dict[str, Counter[str]] = {}

    def told(self, row: Row) -> dict[str, Any]:
        try:
            station = parse(row.field_texts(), row.sheet)
        except WrongRow as wrong:
            for problem in wrong.problems:
                row.wrong(problem.message, field=problem.column)
            return {}
        if isinstance(station, NotAStation):
            row.set_aside(station.code, station.reason)
            return {}
        for remark in station.remarks:
            row.remark(remark.code, remark.message, field=remark.column)
        return {
            "code": suggest_code(f"SWAP-{station.district}-{station.number}", ()),
            "name": station.name,
            "district_id": self.districts.want(station.district),
            "battery_capacity": station.capacity,
        }

    def defaults(self, row: Row) -> Mapping[str, Any]:
        return {**super().defaults(row), "services": [SiteService.SWAP.value]}

    def _accept(self, row: Row, record: Site | None) -> None:
        super()._accept(row, record)
        sums = self._by_district.setdefault(row.values["District"].strip(), Counter())
        sums["stations"] += 1
        sums["batteries"] += row.data["battery_capacity"]

    def figures(self) -> list[tuple[Text, Any]]:
        districts = [
            (name, _("stations %(stations)d, batteries %(batteries)d") % sums)
            for name, sums in self._by_district.items()
        ]
        return [*super().figures(), *districts]

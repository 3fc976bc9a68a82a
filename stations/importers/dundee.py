"""The importer of the places of Dundee's charging sites, under the names by which the sessions know them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from core.errors import Text
from core.importing import fields as f
from core.importing.importer import Field, Preset, Row, register
from stations.importers.places import kept
from stations.importers.sites import SiteImporter
from stations.registers.cells import WrongRow
from stations.registers.dundee import is_test_site, parse_place, site_name
from stations.vocabulary import SiteService


class NoOptions(forms.Form):
    """The file is always read in the same way."""


@register
class DundeeSiteImporter(SiteImporter):
    """Sites by the one name of those that go by several; a site without a known place is made without one."""

    name = "dundee-sites"
    title = _("Sites of Dundee")
    description = _("Site names of Dundee's charging sessions with their places (dundee_site_coordinates.csv).")
    options_form = NoOptions
    reasons: ClassVar[Mapping[str, Text]] = {
        **SiteImporter.reasons,
        "repeated": _("The same site under another name"),
        "twice": _("The same site under another name, at another place"),
    }
    fields = [
        Field("Site", _("Site"), required=True, parse=f.text(200)),
        Field("latitude", _("Latitude"), mapped=True),
        Field("longitude", _("Longitude"), mapped=True),
        Field("ocm_postcode", _("Postcode"), parse=f.text(20)),
    ]
    presets: ClassVar[list[Preset]] = [
        Preset(
            "Dundee City Council",
            {name: name for name in ("Site", "latitude", "longitude", "ocm_postcode")},
            ignored=("sessions", "ocm_id", "ocm_title"),
        )
    ]

    @property
    def names_give_codes(self) -> bool:
        return True

    def told(self, row: Row) -> dict[str, Any]:
        try:
            found = parse_place(row.field_texts())
        except WrongRow as wrong:
            for problem in wrong.problems:
                row.wrong(problem.message, field=problem.column)
            return {}
        name = site_name(found.site)
        data: dict[str, Any] = {"code": self.code_of(row, None, name), "name": name}
        if found.postcode:
            data["postcode"] = found.postcode
        if found.place is None:
            row.remark("no_place", field="latitude")
        else:
            data["latitude"], data["longitude"] = kept(found.place)
        return data

    def defaults(self, row: Row) -> Mapping[str, Any]:
        is_test = is_test_site(row.data["name"])
        services = [] if is_test else [SiteService.CHARGING.value]
        return {**super().defaults(row), "town": "Dundee", "is_test": is_test, "services": services}

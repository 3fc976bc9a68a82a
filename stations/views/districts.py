"""Pages of districts."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.crud.declare import Column, RelatedRows, Section
from core.crud.views import CRUDView
from core.urls import network_url
from stations.forms.equipment import DistrictForm
from stations.mapping import map_words
from stations.models import District
from stations.outlines import positions_of
from stations.queries import has_outline, sites_in_district
from stations.vocabulary import SiteStatus


class DistrictViews(CRUDView):
    """Districts of the city."""

    model = District
    icon = "map"
    lead = _("Districts or traffic zones of the city, by which sites are grouped in lists and reports.")
    permissions = {
        "view": "stations.view_district",
        "add": "stations.add_district",
        "change": "stations.change_district",
        "delete": "stations.delete_district",
    }
    columns = [
        "code",
        "name",
        Column("sites", label=_("Sites"), kind="number", annotate=sites_in_district),
        Column(
            "open_sites",
            label=_("Open sites"),
            kind="number",
            annotate=lambda: sites_in_district(status=SiteStatus.OPEN),
        ),
        Column("drawn", label=_("Has an outline"), kind="flag", annotate=has_outline, sort=None),
    ]
    search_fields = ["code", "name"]
    form_class = DistrictForm
    form_template = "stations/site_form.html"
    detail_template = "stations/district_detail.html"
    sections = [
        Section(
            _("District"),
            [
                "code",
                "name",
                Column("latitude", decimals=6),
                Column("longitude", decimals=6),
                Column("shape", label=_("Outline"), value=lambda row: positions_of(row.outline)),
            ],
        )
    ]
    related = [
        RelatedRows("stations.Site", by="district", columns=["code", "name", "kind", "status", "connectors"], rows=20)
    ]

    @classmethod
    def detail_context(cls, request: HttpRequest, row: Any, context: dict[str, Any]) -> dict[str, Any]:
        """The sites of the district on a map."""
        points = f"{network_url('stations:map-points')}?district={row.code}"
        return context | map_words() | {"points_url": points}

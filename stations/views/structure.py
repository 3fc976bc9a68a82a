"""How the network is supplied: the centre, its distribution centres, and what they supply."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.crud.addresses import Linker
from core.parts import Cell, Column, Row, State
from core.rights import permission_required
from stations.mapping import vocabulary_value
from stations.models import Site
from stations.queries import Branch, supply_structure
from stations.views.sites import SiteViews
from stations.vocabulary import SiteKind


@require_safe
@permission_required("stations.view_site")
def structure(request: HttpRequest) -> HttpResponse:
    """The structure of supply as a tree."""
    branches = supply_structure(request.user)
    context = {
        "title": _("Structure"),
        "lead": _("The management centre, its battery distribution centres, and the stations and stores they supply."),
        "branches": [_branch(request, branch) for branch in branches],
        "centres": sum(1 for branch in branches if branch.centre is not None),
        "sites": sum(branch.total for branch in branches),
    }
    response = TemplateResponse(request, "stations/structure.html", context)
    add_never_cache_headers(response)
    return response


def _branch(request: HttpRequest, branch: Branch) -> dict[str, Any]:
    """One distribution centre with its table, or the sites that nothing supplies."""
    centre = branch.centre
    query = f"supplied_by={centre.code}" if centre else "supplied=no&kind=charging_station&kind=member_store"
    return {
        "centre": centre,
        "url": Linker(request).url(centre) if centre and hasattr(centre, "charger_count") else "",
        "state": _status(centre) if centre else None,
        "kinds": [(SiteKind(kind).label, count) for kind, count in sorted(branch.count.items())],
        "total": branch.total,
        "shown": len(branch.sites),
        "columns": _columns(),
        "rows": [_row(site, _columns()) for site in branch.sites],
        "all_url": f"{SiteViews.list_url()}?{query}",
    }


def _columns() -> list[Column]:
    return [
        Column("code", _("Code"), "code"),
        Column("name", _("Name")),
        Column("kind", _("Kind"), "state"),
        Column("status", _("Status"), "state"),
        Column("district", _("District")),
        Column("connectors", _("Connectors"), "number"),
        Column("battery_capacity", _("Battery storage"), "number"),
    ]


def _row(site: Any, columns: list[Column]) -> Row:
    kind = State("site-kind", vocabulary_value(site.kind), site.get_kind_display())
    district = str(site.district or "")
    values = [site.code, site.name, kind, _status(site), district, site.connector_count, site.battery_capacity]
    cells = [Cell(column, value) for column, value in zip(columns, values, strict=True)]
    return Row(cells, url=SiteViews.url(site), object=site)


def _status(site: Site) -> State:
    return State("site-status", site.status, site.get_status_display())

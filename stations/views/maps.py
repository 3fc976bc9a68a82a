"""The map of the network, and the data that maps are made of."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from core.crud.listing import Listing
from core.crud.lists import filter_text
from core.parts import Action, ActiveFilter
from core.rights import may, permission_required
from core.urls import network_url
from stations.geo import Place
from stations.mapping import points_of, shapes_of, vocabulary_value
from stations.models import Site
from stations.queries import outlined_districts, sites_near
from stations.views.sites import SiteViews
from stations.vocabulary import SiteKind, SiteStatus

#: How far the small map of one site shows its neighbours, in metres.
NEAR_M = 1_500.0


def map_words() -> dict[str, Any]:
    """What every map needs: the legend, tiles (only where an address is set), district shapes."""
    return {
        "kinds": [(vocabulary_value(value), label) for value, label in SiteKind.choices],
        "statuses": SiteStatus.choices,
        "tiles_url": settings.MAP_TILE_URL,
        "attribution": settings.MAP_TILE_ATTRIBUTION,
        "districts_url": network_url("stations:map-districts"),
    }


def _answer(data: dict[str, Any]) -> JsonResponse:
    """JSON for this reader alone: it depends on the rights, so nothing on the way may keep it."""
    response = JsonResponse(data)
    add_never_cache_headers(response)
    return response


def active_filters(listing: Listing, path: str) -> list[ActiveFilter]:
    """The filters in force, each with the address without it."""
    if listing.filterset is None:
        return []
    fields = listing.filterset.form.fields
    return [
        ActiveFilter(fields[name].label, filter_text(fields[name], value), listing.params.another(path, **{name: None}))
        for name, value in listing.filterset.in_force.items()
    ]


@require_safe
@permission_required("stations.view_site")
def network_map(request: HttpRequest) -> HttpResponse:
    """All sites on a map, filtered as the list is."""
    listing = Listing(SiteViews, request)
    path, list_path = network_url("stations:map"), SiteViews.list_url()
    names = listing.filterset.base_filters if listing.filterset else {}
    rows = listing.rows()
    context = {
        "title": _("Map"),
        "breadcrumbs": [],
        "actions": [Action(_("As a list"), listing.params.another(list_path), icon="list")],
        "list_url": path,
        "filterset": listing.filterset,
        "active_filters": active_filters(listing, path),
        "clear_url": listing.params.another(path, **dict.fromkeys(names)),
        "points_url": listing.params.another(network_url("stations:map-points")),
        "unplaced": rows.filter(latitude__isnull=True).count(),
        "unplaced_url": listing.params.another(list_path),
        **map_words(),
    }
    response = TemplateResponse(request, "stations/map.html", context)
    patch_vary_headers(response, ["HX-Request"])
    add_never_cache_headers(response)
    return response


# Compressed: ten thousand points are 2 MB. They hold no secret that could be guessed by their size.
@gzip_page
@require_safe
@permission_required("stations.view_site")
def map_points(request: HttpRequest) -> HttpResponse:
    """The sites of the map as points, for the filters in the address."""
    return _answer(points_of(Listing(SiteViews, request).rows()))


@gzip_page
@require_safe
@permission_required("stations.view_site")
def site_points(request: HttpRequest, code: str) -> HttpResponse:
    """One site and the sites around it as points."""
    site = SiteViews.get_row(request, "stations.view_site", code=code)
    shown = Site.objects.visible_to(request.user, "stations.view_site")
    if site.latitude is None or site.longitude is None:
        return _answer({"points": [], "truncated": False})
    here = Place(float(site.latitude), float(site.longitude))
    return _answer(points_of(sites_near(shown, here, NEAR_M)))


@gzip_page
@require_safe
@permission_required("stations.view_site")
def map_districts(request: HttpRequest) -> HttpResponse:
    """The outlines of the districts that the reader may see."""
    if not may(request.user, "stations.view_district"):
        return _answer({"type": "FeatureCollection", "features": []})
    return _answer(shapes_of(outlined_districts(request.user)))

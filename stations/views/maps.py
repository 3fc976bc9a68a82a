"""The map of the network, and the data that maps are made of."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from core.crud.listing import Listing
from core.parts import Action
from core.rights import may, permission_required
from core.urls import network_url
from stations.geo import Place
from stations.mapping import MOST_POINTS, map_words, points_of, shapes_of
from stations.models import Site
from stations.queries import outlined_districts, sites_near
from stations.views.filtering import active_filters, sites_address
from stations.views.sites import SiteViews

#: How far the small map of one site shows its neighbours, in metres.
NEAR_M = 1_500.0


def _answer(data: dict[str, Any]) -> JsonResponse:
    """JSON for this reader alone: it depends on the rights, so nothing on the way may keep it."""
    response = JsonResponse(data)
    add_never_cache_headers(response)
    return response


@require_safe
@permission_required("stations.view_site")
def network_map(request: HttpRequest) -> HttpResponse:
    """All sites on a map, filtered as the list is."""
    listing = Listing(SiteViews, request)
    path = network_url("stations:map")
    names = listing.filterset.base_filters if listing.filterset else {}
    counts = listing.rows().order_by().aggregate(all=Count("pk"), placed=Count("latitude"))
    context = {
        "title": _("Map"),
        "breadcrumbs": [],
        "actions": [Action(_("As a list"), sites_address(listing), icon="list")],
        "list_url": path,
        "filterset": listing.filterset,
        "active_filters": active_filters(listing, path),
        "clear_url": listing.params.another(path, **dict.fromkeys(names)),
        "points_url": sites_address(listing, network_url("stations:map-points")),
        "placed": counts["placed"],
        "most": MOST_POINTS,
        "unplaced": counts["all"] - counts["placed"],
        "unplaced_url": sites_address(listing),
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
    return _answer(points_of(sites_near(shown, here, NEAR_M), focus=site.code))


@gzip_page
@require_safe
@permission_required("stations.view_site")
def map_districts(request: HttpRequest) -> HttpResponse:
    """The outlines of the districts that the reader may see."""
    if not may(request.user, "stations.view_district"):
        return _answer({"type": "FeatureCollection", "features": []})
    return _answer(shapes_of(outlined_districts(request.user)))

"""The front page and the dashboard."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from chargenet.dashboard.page import page_context
from core.rights import permission_required, public
from stations.vocabulary import SiteKind, SiteStatus


@public
def home(request: HttpRequest) -> HttpResponse:
    """The bare address leads to the networks of the account (or to sign in)."""
    return redirect("security:network-list")


@require_safe
@permission_required("network.view_dashboard")
def dashboard(request: HttpRequest) -> HttpResponse:
    """What a director opens in the morning."""
    context = page_context(request.user) | {
        "map_tiles": settings.MAP_TILE_URL,
        "map_attribution": settings.MAP_TILE_ATTRIBUTION,
        "map_kinds": [(value.replace("_", "-"), label) for value, label in SiteKind.choices],
        "map_statuses": SiteStatus.choices,
    }
    response = render(request, "chargenet/dashboard.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response

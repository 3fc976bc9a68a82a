"""What registers say of sites, and the decision which site a listing is about."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from core.clock import now
from core.crud.declare import Column, RowAction, Section
from core.crud.views import CRUDView
from core.errors import Refusal
from core.parts import Action, Crumb
from core.records import note_refusal
from core.rights import may, permission_required
from core.urls import network_url
from stations.actions import decide_listing
from stations.formatting import metres_text
from stations.forms.listings import DecisionForm
from stations.mapping import map_words, point_of
from stations.models import Site, SiteListing
from stations.models.listings import MatchState
from stations.queries import candidates_of, listings_waiting
from stations.views.sites import SiteViews

DECIDED_BY = Column(
    "decided_by",
    label=gettext_lazy("Decided by"),
    value=lambda row: str(row.decided_by or ""),
    needs=("decided_by",),
    sort=None,
)


class ListingViews(CRUDView):
    """Listings of registers."""

    model = SiteListing
    icon = "list-checks"
    state = "state"
    lead = gettext_lazy(
        "What registers and other sources say of sites. Where it is not clear which site a listing is about, a person "
        "decides."
    )
    permissions = {"view": "stations.view_site"}
    columns = [
        "external_id",
        "source",
        "name",
        Column("state", vocabulary="listing"),
        "site",
        "piles",
        "fast_piles",
        "slow_piles",
        "zone_code",
        Column("latitude", decimals=6),
        Column("longitude", decimals=6),
        DECIDED_BY,
        "decided_at",
        "reason",
    ]  # fmt: skip
    default_columns = ["external_id", "source", "name", "state", "site", "piles", "decided_by", "decided_at"]
    ordering = ["source", "external_id"]
    search_fields = ["external_id", "name", "site__code", "site__name"]
    filters = ["state", "source", "site", "zone_code", "decided_at"]
    sections = [
        Section(
            gettext_lazy("As the source tells it"),
            ["source", "external_id", "name", Column("latitude", decimals=6), Column("longitude", decimals=6), "piles",
             "fast_piles", "slow_piles", "zone_code"],
        ),
        Section(
            gettext_lazy("Which site it is"),
            [Column("state", vocabulary="listing"), "site",
             DECIDED_BY, "decided_at", "reason"],
        ),
    ]  # fmt: skip
    actions = [
        RowAction(
            gettext_lazy("Decide"), "stations:listing-decide", "stations.match_site", icon="scale", tone="primary"
        ),
    ]

    @classmethod
    def list_context(cls, request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
        """The way to the first listing that waits."""
        if may(request.user, "stations.match_site"):
            first = listings_waiting(request.user).order_by(*cls.ordering).first()
            if first is not None:
                url = cls.url(first, "decide")
                context["actions"].append(Action(_("Decide the next"), url, icon="scale", tone="primary"))
        return context

    @classmethod
    def tone_of(cls, row: Any) -> str:
        """A listing that waits for a person stands out."""
        return "warning" if row.state == MatchState.DOUBTFUL else ""


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("stations.match_site")
def listing_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Both sides of a doubtful listing, and the question which site it is."""
    listing = ListingViews.get_row(request, "stations.match_site", pk=pk)
    sites = Site.objects.visible_to(request.user, "stations.view_site")
    candidates = candidates_of(listing, request.user)
    sent = request.POST if request.method == "POST" else None
    form = DecisionForm(sent, listing=listing, candidates=candidates, sites=sites)
    if request.method == "POST" and form.is_valid():
        try:
            decide_listing(listing=listing, actor=request.user, now=now(), **form.decision)
        except Refusal as refusal:
            note_refusal(refusal, target=listing)
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Listing %(listing)s is decided.") % {"listing": listing})
            return redirect(_next_waiting(request, listing))
    context = _decision_context(request, listing, candidates, form)
    status = 422 if form.is_bound and form.errors else 200
    response = TemplateResponse(request, "stations/listing_decide.html", context, status=status)
    add_never_cache_headers(response)
    return response


def _next_waiting(request: HttpRequest, listing: SiteListing) -> str:
    """Straight to the next one that waits; back to the list after the last."""
    waiting = listings_waiting(request.user).order_by("source", "external_id", "pk")
    later = waiting.filter(source=listing.source, external_id__gt=listing.external_id).first() or waiting.first()
    return network_url("stations:listing-decide", later.pk) if later else ListingViews.list_url()


def _decision_context(request: HttpRequest, listing: SiteListing, candidates: Any, form: Any) -> dict[str, Any]:
    words = map_words()
    return {
        "title": _("Which site is %(listing)s?") % {"listing": listing},
        "state": ListingViews.row_state(listing),
        "breadcrumbs": [*ListingViews.crumbs(request, listing, linked=True), Crumb(_("Decide"))],
        "listing": listing,
        "candidates": [(each, metres_text(each.metres), SiteViews.url(each.site)) for each in candidates],
        "raw": sorted(listing.raw.items()) if isinstance(listing.raw, dict) else [],
        "form": form,
        "waiting": listings_waiting(request.user).count(),
        "points_url": network_url("stations:listing-points", listing.pk) if listing.latitude is not None else "",
        "cancel_url": ListingViews.list_url(),
        **words,
        "kinds": [*words["kinds"], ("listing", _("The listing"))],
    }


@require_safe
@permission_required("stations.match_site")
def listing_points(request: HttpRequest, pk: int) -> HttpResponse:
    """A listing and the sites it could be about, for the small map."""
    listing = ListingViews.get_row(request, "stations.match_site", pk=pk)
    points = []
    for candidate in candidates_of(listing, request.user):
        if candidate.site.latitude is not None:
            points.append(
                point_of(candidate.site, [_("%(distance)s away") % {"distance": metres_text(candidate.metres)}])
            )
    if listing.latitude is not None and listing.longitude is not None:
        points.append(
            {
                "lat": float(listing.latitude),
                "lng": float(listing.longitude),
                "title": f"{listing} {listing.name}".strip(),
                "url": "",
                "kind": "listing",
                "status": "open",
                "note": [_("As the source tells it")],
                "focus": True,
            }
        )
    response = JsonResponse({"points": points, "truncated": False})
    add_never_cache_headers(response)
    return response

"""What the list, the map and the print of sites have in common: the same filters in the same address."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, QueryDict

from core.crud.listing import Listing
from core.crud.lists import filter_text
from core.parts import ActiveFilter
from stations.views.sites import SiteViews


def active_filters(listing: Listing, path: str) -> list[ActiveFilter]:
    """The filters in force, each with the address at `path` without it."""
    if listing.filterset is None:
        return []
    fields = listing.filterset.form.fields
    return [
        ActiveFilter(
            fields[name].label or name, filter_text(fields[name], value), listing.params.another(path, **{name: None})
        )
        for name, value in listing.filterset.in_force.items()
    ]


def filter_words(listing: Listing) -> list[tuple[Any, Any]]:
    """The filters in force as (label, value), for paper."""
    return [(active.label, active.value) for active in active_filters(listing, "")]


def sites_address(listing: Listing, path: str = "") -> str:
    """The same filters and order at `path`: the list's address unless given, from its first page on."""
    return listing.params.another(path or SiteViews.list_url(), size=None, columns=None)


def listing_for(account: Any, query: str) -> Listing:
    """The list of sites that `account` sees at an address with this query; for work without a request of its own."""
    request = HttpRequest()
    request.method = "GET"
    request.GET = QueryDict(query)
    request.user = account
    return Listing(SiteViews, request)

"""URLs inside the network in scope."""

from typing import Any

from django.urls import reverse

from core.tenancy.scope import require_network


def network_url(name: str, *args: Any, **kwargs: Any) -> str:
    """Path of a page of the network in scope: `network_url("stations:site-detail", site.code)`.

    Raises:
        ScopeError: no network is in scope.
        NoReverseMatch: no such page.
    """
    slug = require_network().slug
    if kwargs:
        return reverse(name, kwargs={"network_slug": slug, **kwargs})
    return reverse(name, args=[slug, *args])

"""Template tags that know the network in scope."""

from typing import Any

from django import template

from core.rights import may
from core.urls import network_url

register = template.Library()


@register.simple_tag
def nurl(name: str, *args: Any, **kwargs: Any) -> str:
    """Path of a page of the network in scope: {% nurl "stations:site-detail" site.code %}."""
    return network_url(name, *args, **kwargs)


@register.simple_tag(takes_context=True)
def may_do(context: Any, permission: str, place: Any = None) -> bool:
    """Whether the signed-in account holds a permission here: {% may_do "stations.add_site" as can_add %}."""
    return may(context["request"].user, permission, place)

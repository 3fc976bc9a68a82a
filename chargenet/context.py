"""What stands around every page: navigation by rights, the network switcher, the account's menu."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from chargenet.navigation import navigation
from core.context import request_id
from core.parts import Chrome, NavItem
from security.queries import networks_of

MOST_NETWORKS = 6
LANGUAGE_NAMES = {"en": "English", "zh-hans": "简体中文"}


def page(request: HttpRequest) -> dict[str, Any]:
    """The context processor. Nothing is asked before a template draws it: parts for htmx and errors go without."""
    return {"chrome": SimpleLazyObject(lambda: chrome_of(request)), "request_id": request_id.get()}


def chrome_of(request: HttpRequest) -> Chrome:
    """The frame of a page for whoever asks, in the network of the page or outside of any."""
    account = getattr(request, "user", None)
    if account is None or not account.is_authenticated:
        return Chrome(home_url=reverse("home"), sign_in_url=reverse("security:sign-in"), languages=languages())
    network = getattr(request, "network", None)
    return Chrome(
        home_url=reverse("dashboard", args=[network.slug]) if network else reverse("home"),
        navigation=navigation(account, request.path) if network else (),
        networks=_networks(account, network),
        networks_url=f"{reverse('security:network-list')}?choose",
        account_links=_account_links(account),
        sign_out_url=reverse("security:sign-out"),
        live_url=f"{settings.LIVE_URL}/live/{network.slug}/" if network else "",
        account_name=str(account),
        account_note=account.email,
        language_url=reverse("security:language"),
        languages=languages(),
    )


def languages() -> list[tuple[str, str]]:
    """The languages of the product, each by its own name."""
    return [(code, LANGUAGE_NAMES.get(code, str(name))) for code, name in settings.LANGUAGES]


def _networks(account: Any, current: Any) -> list[NavItem]:
    """The account's networks, the present one first, then as many as fit into a menu."""
    found = sorted(networks_of(account)[: MOST_NETWORKS + 1], key=lambda network: network != current)
    if current is not None and current not in found:
        found.insert(0, current)
    return [
        NavItem(network.name, reverse("dashboard", args=[network.slug]), "network", network == current)
        for network in found[:MOST_NETWORKS]
    ]


def _account_links(account: Any) -> list[NavItem]:
    """The own account, and administration of the platform for those who may use it."""
    links = [NavItem(_("My account"), reverse("account:overview"), "circle-user")]
    if account.is_staff:
        links.append(NavItem(_("Administration"), reverse("admin:index"), "shield"))
    return links

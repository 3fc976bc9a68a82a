"""Entering a network as an administrator: chosen once, kept in the session, recorded in the network itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from core.errors import Refusal
from core.records import record
from core.tenancy.scope import network_scope
from security.models import Network
from security.platform_records import platform_deed
from security.queries import network_of

CHOSEN, UNTIL = "admin_network", "admin_network_until"
LEAST_REASON = 10  # characters; "test" explains nothing


class EntryRefused(Refusal):
    """A network cannot be entered like this."""


def chosen_network(request: HttpRequest) -> Network | None:
    """The network that the administrator has entered; None when there is none or the time is over."""
    if request.session.get(UNTIL, 0) < time.time():
        return None
    found: Network | None = request.__dict__.get("_admin_network")
    if found is None:
        found = Network.objects.filter(pk=request.session.get(CHOSEN) or 0).first()
        request.__dict__["_admin_network"] = found
    return found


def needs_reason(request: HttpRequest, network: Network) -> bool:
    """Whether the administrator has no role in `network` of his own and so says why he enters."""
    return network_of(request.user, network.slug) is None


def enter(request: HttpRequest, network: Network, reason: str) -> None:
    """Work inside `network` from now on, for ADMIN_NETWORK_SECONDS; the network's own records say so.

    Raises:
        EntryRefused: the administrator has no role there and gives no reason.
    """
    reason = reason.strip()
    if needs_reason(request, network) and len(reason) < LEAST_REASON:
        raise EntryRefused(
            _("You hold no role in this network: say in a few words why you enter. Its people will read it."),
            field="reason",
        )
    with network_scope(network):
        record("network.entered", target=network, actor=request.user, summary=reason[:300])
    platform_deed("network.entered", target=network, actor=request.user, summary=reason[:300])
    request.session[CHOSEN] = network.pk
    request.session[UNTIL] = int(time.time()) + settings.ADMIN_NETWORK_SECONDS
    request.__dict__.pop("_admin_network", None)


def leave(request: HttpRequest) -> None:
    """Work on the platform's own tables again."""
    request.session.pop(CHOSEN, None)
    request.session.pop(UNTIL, None)
    request.__dict__.pop("_admin_network", None)


@contextmanager
def inside(network: Network) -> Iterator[None]:
    """In the scope and the time zone of the entered network."""
    with network_scope(network), timezone.override(network.zone):
        yield


def inside_chosen_network(view: Callable[..., Any]) -> Callable[..., Any]:
    """Run a view of an admin class inside the entered network, drawing its page included; or ask to choose one."""

    @wraps(view)
    def wrapper(self: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        network = chosen_network(request)
        if network is None:
            query = urlencode({"next": request.get_full_path()})
            return HttpResponseRedirect(f"{reverse('admin:choose-network')}?{query}")
        with inside(network):
            response: Any = view(self, request, *args, **kwargs)
            return response.render() if hasattr(response, "render") else response

    return wrapper

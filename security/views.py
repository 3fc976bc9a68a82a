"""Choosing a network, choosing a language."""

import pycountry
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from core.rights import signed_in
from security.models import Account
from security.queries import networks_of, roles_in
from security.signing.gate import before_the_gate


@signed_in
def network_list(request: HttpRequest) -> HttpResponse:
    """The networks of the account; with just one, straight to its dashboard."""
    held = [(network, roles_in(request.user, network)) for network in networks_of(request.user)]
    networks = [network for network, roles in held if roles]  # some may only be to come
    if len(networks) == 1 and "choose" not in request.GET:
        return redirect("dashboard", network_slug=networks[0].slug)
    cards = [
        {
            "name": network.name,
            "url": resolve_url("dashboard", network_slug=network.slug),
            "country": getattr(pycountry.countries.get(alpha_2=network.country), "name", network.country),
            "role": ", ".join(roles),
            "place_count": None,
        }
        for network, roles in held
        if roles
    ]
    return render(request, "security/networks.html", {"networks": cards})


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keep the language an account wants to read (POST: language, next)."""
    language, next_page = request.POST.get("language", ""), request.POST.get("next", "")
    if language in dict(settings.LANGUAGES):
        Account.objects.filter(email=request.user.get_username()).update(language=language)
    if not url_has_allowed_host_and_scheme(next_page, {request.get_host()}, request.is_secure()):
        next_page = resolve_url("home")
    return redirect(next_page)


choose_language = before_the_gate(signed_in(choose_language))

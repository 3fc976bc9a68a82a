"""Who must have a second factor, and the gate that leads those without one to its set-up before anything else."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import urlencode

from security.models import RoleGroup
from security.queries import networks_of
from security.roles import SECOND_FACTOR_ROLES
from security.signing.sessions import rights_stamp

KEPT = "second_factor"
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_second_factor(account: Any) -> bool:
    """Whether `account` has an app or a key; recovery codes alone are none."""
    return Authenticator.objects.filter(user=account, type__in=FACTORS).exists()


def role_needs_second_factor(account: Any) -> bool:
    """Whether what `account` is asks for a second factor: platform administrator, director, accountant.

    Demonstration networks do not count. A role counts as soon as it is given, also before its first day.
    """
    if account.is_staff and not settings.DEMO_WITHOUT_SECOND_FACTOR:
        return True
    groups = RoleGroup.objects.filter(user=account, role__in=SECOND_FACTOR_ROLES, network__is_demo=False)
    return bool(groups.exists())


def network_needs_second_factor(account: Any) -> bool:
    """Whether a network in which `account` has a role asks it of everybody."""
    return any(network.requires_second_factor and not network.is_demo for network in networks_of(account))


def must_have_second_factor(account: Any) -> bool:
    """Whether `account` may do nothing before it has a second factor."""
    return role_needs_second_factor(account) or network_needs_second_factor(account)


def is_kept_out(session: Any, account: Any) -> bool:
    """Whether `account` lacks a second factor that it must have.

    What a role asks for is remembered in the session as long as rights stay as they are; what a network asks for is
    looked at anew each time.
    """
    kept = session.get(KEPT)
    stamp = rights_stamp(account)
    if not isinstance(kept, dict) or kept.get("stamp") != stamp:
        needed = role_needs_second_factor(account)
        kept = {"stamp": stamp, "has": has_second_factor(account), "needed": needed}
        session[KEPT] = kept
    return not kept["has"] and (kept["needed"] or network_needs_second_factor(account))


def before_the_gate(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view that may be used without the second factor that its caller must have."""
    view.before_the_gate = True  # type: ignore[attr-defined]
    return view


class SecondFactorGate:
    """Leads accounts that lack the second factor they must have to its set-up; the admin pages too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """Redirect, or nothing."""
        account = request.user
        if not account.is_authenticated or getattr(view, "before_the_gate", False):
            return None
        if not is_kept_out(request.session, account):
            return None
        target = resolve_url("account:second-factor-needed")
        if "HX-Request" in request.headers:  # a part of a page cannot be led away: the whole page goes
            return HttpResponse(headers={"HX-Redirect": target})
        after = request.get_full_path() if request.method == "GET" else "/"
        return HttpResponseRedirect(f"{target}?{urlencode({'next': after})}")

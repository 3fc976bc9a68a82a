"""The one question about rights, and how a view states what it needs.

The answers come from `security`, which installs itself here when it is ready: the ground imports nobody.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import urlencode

PUBLIC = "public"
SIGNED_IN = "signed-in"


class Rights(Protocol):
    """What `security` installs."""

    def may(self, account: Any, permission: str, place: Any = None) -> bool:
        """Whether `account` holds `permission` at `place` (None: anywhere in the network in scope)."""

    def may_everywhere(self, account: Any, permission: str) -> bool:
        """Whether `account` holds `permission` for the whole network in scope."""

    def may_wherever(self, account: Any, permission: str, seen_with: str) -> bool:
        """Whether `account` holds `permission` at every place at which it holds `seen_with`."""

    def visible(self, queryset: Any, account: Any, permission: str) -> Any:
        """The part of `queryset` that `account` may touch with `permission`."""


_installed: list[Rights] = []


def install(rights: Rights) -> None:
    """Install the source of rights (once, by `security`)."""
    _installed[:] = [rights]


def _rights() -> Rights:
    if not _installed:
        raise ImproperlyConfigured("No source of rights is installed: is the app `security` in INSTALLED_APPS?")
    return _installed[0]


def may(account: Any, permission: str, place: Any = None) -> bool:
    """Whether `account` holds `permission` (such as "stations.change_site") in the network in scope.

    `place` is a Network, a Site or None, which asks "anywhere in the network in scope".
    """
    return _rights().may(account, permission, place)


def may_everywhere(account: Any, permission: str) -> bool:
    """Whether `account` holds `permission` for the whole network in scope, not only at some of its sites."""
    return _rights().may_everywhere(account, permission)


def may_wherever(account: Any, permission: str, seen_with: str) -> bool:
    """Whether `account` holds `permission` at every place of the network in scope at which it holds `seen_with`.

    Asked where rows of many places stand together: a value that takes a further right shows in all of them or in none.
    """
    return _rights().may_wherever(account, permission, seen_with)


def visible(queryset: Any, account: Any, permission: str) -> Any:
    """The rows of `queryset` that `account` may touch with `permission`; `visible_to` calls it."""
    return _rights().visible(queryset, account, permission)


def to_sign_in(request: HttpRequest) -> HttpResponseRedirect:
    """Send somebody to sign in and then back to the page that was asked for."""
    return HttpResponseRedirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': request.get_full_path()})}")


def public(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view that anybody may call."""
    view.permission = PUBLIC  # type: ignore[attr-defined]
    return view


def signed_in(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view that every signed-in account may call; others are sent to sign in."""

    @wraps(view)
    def wrapper(request: Any, *args: Any, **kwargs: Any) -> Any:
        if not request.user.is_authenticated:
            return to_sign_in(request)
        return view(request, *args, **kwargs)

    wrapper.permission = SIGNED_IN  # type: ignore[attr-defined]
    return wrapper


def permission_required(permission: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark a function view with the permission it needs in the network in scope; missing: 403.

    Which rows it may touch is still up to `visible_to(request.user, permission)`.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def wrapper(request: Any, *args: Any, **kwargs: Any) -> Any:
            if not may(request.user, permission):
                raise PermissionDenied(permission)
            return view(request, *args, **kwargs)

        wrapper.permission = permission  # type: ignore[attr-defined]
        return wrapper

    return decorate

"""System checks of the ground."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.urls import URLPattern, URLResolver, get_resolver

from core.tenancy import checks as tenancy_checks  # noqa: F401 (registers its checks)

# Pages that other packages bring with their own rights; whoever adds one here must be sure of them.
FOREIGN_NAMESPACES = frozenset({"admin"})


def all_patterns(resolver: Any = None, prefix: str = "", namespace: str = "") -> Iterator[tuple[str, str, Any]]:
    """(route, namespaced name, callback) of every view in the URLconf, other packages' pages left out."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            if pattern.namespace not in FOREIGN_NAMESPACES:
                inner = ":".join(filter(None, [namespace, pattern.namespace]))
                yield from all_patterns(pattern, route, inner)
        elif isinstance(pattern, URLPattern):
            yield route, ":".join(filter(None, [namespace, pattern.name])), pattern.callback


def permission_of(callback: Any) -> str:
    """The permission a view states; empty when it is silent."""
    view_class = getattr(callback, "view_class", None)
    return str(getattr(callback, "permission", "") or getattr(view_class, "permission", "") or "")


@register(Tags.urls)
def check_permissions(app_configs: Sequence[Any] | None = None, **_: Any) -> list[CheckMessage]:
    """Every view states its permission; silence is an error."""
    return [
        Error(
            f"The view of “{route}” states no permission.", hint="Use core.rights.permission_required.", id="core.E001"
        )
        for route, _name, callback in all_patterns()
        if not permission_of(callback)
    ]

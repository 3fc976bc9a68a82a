"""Addresses of records: URL patterns of a CRUDView, and the way from any row to its page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.http import HttpRequest
from django.urls import NoReverseMatch, URLPattern, path

from core.codes import CodeField
from core.crud.columns import LOOKUP_SEPARATOR, field_path
from core.rights import SIGNED_IN, may
from core.urls import network_url

if TYPE_CHECKING:
    from core.crud.views import CRUDView

_views: dict[Any, list[type[CRUDView]]] = {}

# Placeholders that every converter takes and no path of ours contains: an address is reversed once, then filled in.
_PLACEHOLDERS = {"code": "Q0Q0Q0{}Q0Q0Q0", "int": "90909090{}0909090", "slug": "q0q0q0{}q0q0q0"}


def register(views: type[CRUDView]) -> None:
    """Remember the pages of a model; the first whose addresses exist is where its rows are linked to."""
    known = _views.setdefault(views.model, [])
    if views not in known:
        known.append(views)


def views_of(model: Any) -> type[CRUDView] | None:
    """The pages of a model in the URLconf in force, or None. Asked inside a network's scope."""
    for views in _views.get(model, ()):
        try:
            network_url(views.url_name("list"))
        except NoReverseMatch:
            continue
        return views
    return None


def converter_of(model: Any, lookup: str) -> str:
    """The path converter of one lookup field.

    Raises:
        ImproperlyConfigured: no such field.
    """
    fields = field_path(model, lookup)
    if fields is None:
        raise ImproperlyConfigured(f"{model.__name__} cannot be looked up by {lookup!r}.")
    if isinstance(fields[-1], CodeField):
        return "code"
    return "int" if isinstance(fields[-1], models.IntegerField) else "slug"


def url_patterns(views: type[CRUDView], prefix: str) -> list[URLPattern]:
    """The patterns of all verbs a CRUDView has; fixed words come before the record's own name."""
    one = "/".join(f"<{converter_of(views.model, lookup)}:{lookup}>" for lookup in views.lookup)
    routes = {
        "list": f"{prefix}/",
        "create": f"{prefix}/new/",
        "export": f"{prefix}/export/",
        "columns": f"{prefix}/columns/",
        "choices": f"{prefix}/choices/<slug:field>/",
        "detail": f"{prefix}/{one}/",
        "history": f"{prefix}/{one}/history/",
        "update": f"{prefix}/{one}/edit/",
        views.delete_word: f"{prefix}/{one}/{views.delete_word}/",
    }
    return [path(routes[verb], views.as_view(verb), name=f"{views.name}-{verb}") for verb in views.verbs()]


def row_key(row: Any, lookup: Sequence[str]) -> list[Any]:
    """The values by which a row is found in addresses."""
    values = []
    for item in lookup:
        value = row
        for step in item.split(LOOKUP_SEPARATOR):
            value = getattr(value, step)
        values.append(value)
    return values


def lookup_relations(lookup: Sequence[str]) -> list[str]:
    """The foreign keys that a row must bring along for its own address."""
    return [item.rpartition(LOOKUP_SEPARATOR)[0] for item in lookup if LOOKUP_SEPARATOR in item]


def url_maker(views: type[CRUDView], verb: str) -> Callable[[Any], str]:
    """A function from rows to the addresses of one verb; quick, for lists.

    Raises:
        NoReverseMatch: the view has no such verb in the URLconf in force.
    """
    marks = [
        _PLACEHOLDERS[converter_of(views.model, lookup)].format(position)
        for position, lookup in enumerate(views.lookup)
    ]
    template = network_url(views.url_name(verb), *marks)
    pieces: list[str] = []
    for mark in marks:
        before, _mark, template = template.partition(mark)
        pieces.append(before)
    pieces.append(template)

    def url(row: Any) -> str:
        parts = [pieces[0]]
        for value, piece in zip(row_key(row, views.lookup), pieces[1:], strict=True):
            parts += (quote(str(value), safe=""), piece)
        return "".join(parts)

    return url


class Linker:
    """Addresses of records for the reader of one page: "" for what has no page, or none that they may open."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._makers: dict[Any, Callable[[Any], str]] = {}

    def url(self, row: Any) -> str:
        """The address of the row's detail page."""
        model = type(row)
        if model not in self._makers:
            self._makers[model] = self._maker(model)
        return self._makers[model](row)

    def _maker(self, model: Any) -> Callable[[Any], str]:
        views = views_of(model)
        if views is None:
            return lambda row: ""
        permission = views.permissions["view"]
        if permission != SIGNED_IN and not may(self._request.user, permission):
            return lambda row: ""
        return url_maker(views, "detail")

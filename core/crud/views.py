"""CRUDView: a few lines of declaration give a model its list, detail, history, create, edit, delete and export pages.

See docs/recipes.md for an example. A CRUDView is never instantiated: its class methods are what the pages of this
package ask, and what a subclass overrides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_http_methods

from core.crud.actions import delete_row, save_row
from core.crud.addresses import register, url_patterns
from core.crud.base import kept
from core.crud.choosing import choices_page
from core.crud.declare import Filter, RelatedRows
from core.crud.deleting import delete_page
from core.crud.details import detail_page
from core.crud.editing import create_page, update_page
from core.crud.exports import export_page
from core.crud.filters import ChoiceSource, RowFilterSet, filterset_class_of
from core.crud.forms import RowForm, form_class_of, queryset_of
from core.crud.history import history_page
from core.crud.lists import columns_page, list_page
from core.crud.paging import full_order
from core.crud.params import OWN
from core.crud.presenting import Presented
from core.crud.versions import has_history
from core.errors import Text
from core.field_rules import right_for

READ, WRITE = ["GET", "HEAD"], ["GET", "HEAD", "POST"]
# Page by verb: the function, the permission it takes, the methods it answers.
_PAGES: Mapping[str, tuple[Callable[..., Any], str, list[str]]] = {
    "list": (list_page, "view", READ),
    "export": (export_page, "view", READ),
    "columns": (columns_page, "view", ["POST"]),
    "choices": (choices_page, "view", READ),
    "detail": (detail_page, "view", READ),
    "history": (history_page, "view", READ),
    "create": (create_page, "add", WRITE),
    "update": (update_page, "change", WRITE),
    "delete": (delete_page, "delete", WRITE),
}


class CRUDView(Presented):
    """The pages of one model. Only `model`, `permissions` and `columns` must be given."""

    search_fields: ClassVar[Sequence[str]] = ()
    filters: ClassVar[Sequence[str | Filter]] = ()
    filterset_class: ClassVar[type[RowFilterSet] | None] = None
    related: ClassVar[Sequence[RelatedRows]] = ()
    fields: ClassVar[Sequence[str]] = ()
    form_class: ClassVar[type[RowForm] | None] = None
    fieldsets: ClassVar[Sequence[tuple[Text, Text, Sequence[str]]]] = ()
    choices: ClassVar[Mapping[str, Callable[[Any], Any]]] = {}
    live_topic: ClassVar[str] = ""
    create_action: ClassVar[Callable[..., Any]] = staticmethod(save_row)
    change_action: ClassVar[Callable[..., Any]] = staticmethod(save_row)
    delete_action: ClassVar[Callable[..., Any]] = staticmethod(delete_row)
    list_template: ClassVar[str] = "generic/list.html"
    detail_template: ClassVar[str] = "generic/detail.html"
    history_template: ClassVar[str] = "generic/history.html"
    form_template: ClassVar[str] = "generic/form.html"
    delete_template: ClassVar[str] = "generic/confirm.html"

    @classmethod
    def urls(cls, name: str, *, lookup: str | Sequence[str] = "code", path: str = "") -> list[URLPattern]:
        """The URL patterns of all pages; `name` begins their names, `lookup` finds a row, `path` begins the address.

        Raises:
            ImproperlyConfigured: something declared does not exist.
        """
        cls.name = name
        cls.lookup = (lookup,) if isinstance(lookup, str) else tuple(lookup)
        _check(cls)
        register(cls)
        return url_patterns(cls, path or f"{name}s")

    @classmethod
    def verbs(cls) -> list[str]:
        """The pages that this view has, by the permissions it names."""
        has_form = cls.row_form() is not None
        return [
            "list",
            "export",
            "columns",
            *(["create"] if "add" in cls.permissions and has_form else []),
            *(["choices"] if cls.choice_fields() else []),
            "detail",
            *(["history"] if has_history(cls.model) else []),
            *(["update"] if "change" in cls.permissions and has_form else []),
            *([cls.delete_word] if "delete" in cls.permissions else []),
        ]

    @classmethod
    def as_view(cls, verb: str) -> Callable[..., HttpResponseBase]:
        """The view function of a verb; it states its permission, as every view does."""
        page, permission, methods = _PAGES["delete" if verb == cls.delete_word else verb]

        @require_http_methods(methods)
        def view(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            cls.require(request, permission)
            response: HttpResponseBase = page(cls, request, **kwargs)
            add_never_cache_headers(response)
            return response

        view.__name__ = f"{cls.__name__}_{verb}"
        view.permission = cls.permissions[permission]  # type: ignore[attr-defined]
        view.crud_view, view.verb = cls, verb  # type: ignore[attr-defined]
        return view

    @classmethod
    def filterset(cls) -> type[RowFilterSet] | None:
        """The class of the list's filters."""
        return _filterset(cls)

    @classmethod
    def row_form(cls) -> type[RowForm] | None:
        """The class of the form of a row; None for rows that nobody types."""
        return _form(cls)

    @classmethod
    def choice_fields(cls) -> Mapping[str, ChoiceSource]:
        """The foreign keys that people choose records for, in the form or in a filter."""
        form, filterset = cls.row_form(), cls.filterset()
        in_form = {
            name: ChoiceSource(name, queryset_of(field).model)
            for name, field in (form.base_fields if form else {}).items()
            if isinstance(field, forms.ModelChoiceField)
        }
        return {**(filterset.choice_sources if filterset else {}), **in_form}


@kept
def _filterset(views: Any) -> type[RowFilterSet] | None:
    return filterset_class_of(views)


@kept
def _form(views: Any) -> type[RowForm] | None:
    return form_class_of(views)


def _check(views: type[CRUDView]) -> None:
    """Declarations are looked at when the addresses are made, so that a wrong one stops the start, not a page."""
    missing = [name for name in ("model", "permissions", "columns") if not hasattr(views, name)]
    if missing or "view" not in views.permissions:
        raise ImproperlyConfigured(f"{views.__name__} must give {', '.join(missing) or 'permissions[view]'}.")
    names = {column.name for column in views.resolved_columns()}
    unknown = [name for name in views.default_columns if name not in names]
    filterset = views.filterset()
    reserved = [
        name for name in (filterset.base_filters if filterset else ()) if name in (*OWN, "format", "set", "for")
    ]
    if unknown or reserved:
        raise ImproperlyConfigured(f"{views.__name__}: no such column {unknown}; reserved names of filters {reserved}.")
    _refuse_guessing(views)
    views.resolved_sections()
    views.row_form()
    full_order(views.model, views.default_order())


def _refuse_guessing(views: type[CRUDView]) -> None:
    """A column that takes a right is no way to guess its value: no order for all, no search or filter beside its rule.

    Where the rule stands on the field itself, search and filters ask it by themselves.
    """
    own = {column.name: column.declared.permission for column in views.resolved_columns() if column.declared.permission}
    filters = [Filter(item) if isinstance(item, str) else item for item in views.filters]
    asked = {*views.search_fields, *(item.path for item in filters)}
    told = {name for name, right in own.items() if name in asked and right_for(views.model, name) != right}
    if told:
        raise ImproperlyConfigured(f"{views.__name__}: {told} must not be searched or filtered by.")
    telling = [lookup for lookup in views.default_order() if right_for(views.model, lookup)]
    if telling:
        raise ImproperlyConfigured(f"{views.__name__}: {telling} must not order the list for everybody.")

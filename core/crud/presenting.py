"""How the records of a CRUDView present themselves: columns, titles, paths, tabs, buttons and consequences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.apps import apps
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.crud.addresses import row_key, views_of
from core.crud.base import RowPages, kept
from core.crud.columns import ResolvedColumn, resolve
from core.crud.consequences import consequences_of
from core.crud.declare import Column, ListAction, RowAction, Section
from core.crud.versions import has_history
from core.errors import Text
from core.field_rules import hidden_fields
from core.parts import Action, Consequence, Crumb, Link, State, Tab
from core.rights import SIGNED_IN, may, may_wherever
from core.urls import network_url


class Presented(RowPages):
    """What pages say of records."""

    columns: ClassVar[Sequence[str | Column]]
    default_columns: ClassVar[Sequence[str]] = ()
    ordering: ClassVar[Sequence[str]] = ()
    sections: ClassVar[Sequence[Section]] = ()
    actions: ClassVar[Sequence[RowAction]] = ()
    list_actions: ClassVar[Sequence[ListAction]] = ()
    state: ClassVar[str] = ""  # the column whose State stands beside the record's name
    lead: ClassVar[Text] = ""
    empty_text: ClassVar[Text] = ""
    icon: ClassVar[str] = "inbox"
    delete_word: ClassVar[str] = "delete"
    delete_title: ClassVar[Text] = ""
    delete_lead: ClassVar[Text] = ""

    # --- Columns -----------------------------------------------------------------------------------------------------

    @classmethod
    def resolved_columns(cls) -> tuple[ResolvedColumn, ...]:
        """All columns of the list, those that take a right included."""
        return _columns(cls)

    @classmethod
    def resolved_sections(cls) -> tuple[tuple[Section, tuple[ResolvedColumn, ...]], ...]:
        """The sections of the detail page with their columns."""
        return _sections(cls)

    @classmethod
    def columns_named(cls, names: Sequence[str]) -> tuple[ResolvedColumn, ...]:
        """Some of the list's columns; the default ones for no names. A name of no column is a field."""
        known = {column.name: column for column in cls.resolved_columns()}
        return tuple(known.get(name) or resolve(cls.model, name) for name in names or cls.default_names())

    @classmethod
    def default_names(cls) -> tuple[str, ...]:
        """The columns that everybody sees at first."""
        return tuple(cls.default_columns) or tuple(column.name for column in cls.resolved_columns())

    @classmethod
    def default_order(cls) -> tuple[str, ...]:
        """The lookups by which the list is sorted when nobody says otherwise."""
        return tuple(cls.ordering) or tuple(cls.model._meta.ordering) or ("pk",)

    @classmethod
    def allowed(cls, request: HttpRequest, columns: Iterable[ResolvedColumn]) -> tuple[ResolvedColumn, ...]:
        """The columns that the reader has the right to see, in every row within reach."""
        seen_with = cls.permissions["view"]
        return tuple(
            column for column in columns if not column.right or may_wherever(request.user, column.right, seen_with)
        )

    @classmethod
    def hidden_fields(cls, request: HttpRequest) -> set[str]:
        """The fields that the reader may not see, wherever they are declared."""
        declared = {*cls.resolved_columns(), *(column for _section, columns in _sections(cls) for column in columns)}
        by_rule = hidden_fields(request.user, cls.model, seen_with=cls.permissions["view"])
        return {column.name for column in declared - set(cls.allowed(request, declared))} | by_rule

    # --- Words -------------------------------------------------------------------------------------------------------

    @classmethod
    def plural(cls) -> str:
        """The name of the list."""
        return capfirst(str(cls.model._meta.verbose_name_plural))

    @classmethod
    def row_title(cls, row: Any) -> str:
        """What a record is called."""
        return str(row)

    @classmethod
    def tone_of(cls, row: Any) -> Any:
        """The tone of the row's line in lists: "", "warning", "danger" or "muted"."""
        return ""

    @classmethod
    def delete_label(cls) -> str:
        """What deleting is called, as a button says it."""
        if cls.delete_title:
            return str(cls.delete_title)
        return {"delete": _("Delete"), "close": _("Close")}.get(cls.delete_word, capfirst(cls.delete_word))

    # --- Parts of pages ----------------------------------------------------------------------------------------------

    @classmethod
    def crumbs(cls, request: HttpRequest, row: Any = None, *, linked: bool = False) -> list[Crumb]:
        """The path above a page: the list, the record above, the record (linked where a further step follows)."""
        crumbs: list[Crumb] = []
        above = getattr(row, cls.parent) if row is not None and cls.parent else None
        other = views_of(type(above)) if above is not None else None
        if other is not None and other.allows(request, "view"):
            crumbs += other.crumbs(request, above, linked=True)
        crumbs.append(Crumb(cls.plural(), cls.list_url()))
        if row is not None:
            crumbs.append(Crumb(cls.row_title(row), cls.url(row) if linked else ""))
        return crumbs

    @classmethod
    def buttons(cls, request: HttpRequest) -> list[Action]:
        """What can be done on the list, as far as the reader may."""
        made = []
        if cls.has_page("create") and cls.allows(request, "add"):
            label = _("New %(thing)s") % {"thing": cls.model._meta.verbose_name}
            made.append(Action(label, cls.url_of("create"), icon="plus", tone="primary"))
        for wanted in cls.list_actions:
            if wanted.permission == SIGNED_IN or may(request.user, wanted.permission):
                url = network_url(wanted.view, *wanted.args) + (f"?{wanted.query}" if wanted.query else "")
                made.append(Action(wanted.label, url, wanted.icon, wanted.tone, in_menu=wanted.in_menu))
        return made

    @classmethod
    def row_buttons(cls, request: HttpRequest, row: Any) -> list[Action]:
        """What can be done with a record, as far as the reader may."""
        made = []
        if cls.has_page("update") and cls.may_on(request, row, cls.permissions["change"]):
            made.append(Action(_("Edit"), cls.url(row, "update"), icon="pencil"))
        for wanted in cls.actions:
            if (wanted.when is None or wanted.when(row)) and cls.may_on(request, row, wanted.permission):
                url = network_url(wanted.view, *row_key(row, cls.lookup))
                made.append(
                    Action(
                        wanted.label,
                        url,
                        wanted.icon,
                        wanted.tone,
                        wanted.post,
                        wanted.hint,
                        wanted.in_menu,
                        wanted.dialog,
                    )
                )
        if cls.has_page(cls.delete_word) and cls.may_on(request, row, cls.permissions["delete"]):
            url = cls.url(row, cls.delete_word)
            made.append(Action(cls.delete_label(), url, "trash-2", "danger", in_menu=True, dialog=True))
        return made

    @classmethod
    def tabs(cls, request: HttpRequest, row: Any, current: str) -> list[Tab]:
        """The parts of a record: details, what the subclass adds, history."""
        tabs = [Tab(_("Details"), cls.url(row, "detail"), current == "detail")]
        tabs += cls.extra_tabs(request, row, current)
        if has_history(cls.model):
            tabs.append(Tab(_("History"), cls.url(row, "history"), current == "history", icon="history"))
        return tabs if len(tabs) > 1 else []

    @classmethod
    def extra_tabs(cls, request: HttpRequest, row: Any, current: str) -> list[Tab]:
        """Further tabs of a record."""
        return []

    @classmethod
    def row_state(cls, row: Any) -> State | None:
        """The state that stands beside the record's name."""
        if not cls.state:
            return None
        value = cls.columns_named([cls.state])[0].read(row)
        return value if isinstance(value, State) else None

    @classmethod
    def row_context(cls, request: HttpRequest, row: Any, tab: str) -> dict[str, Any]:
        """The head of every page of a record: title, state, path, buttons and tabs."""
        return {
            "title": cls.row_title(row),
            "state": cls.row_state(row),
            "breadcrumbs": cls.crumbs(request, row),
            "actions": cls.row_buttons(request, row),
            "tabs": cls.tabs(request, row, tab),
            "object": row,
        }

    @classmethod
    def consequences(cls, request: HttpRequest, row: Any) -> tuple[list[Consequence], list[Text | Link]]:
        """What deleting (closing) the record does, and what stands in the way."""
        return consequences_of(request, row)

    @classmethod
    def list_context(cls, request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
        """What a subclass adds to the list page."""
        return context

    @classmethod
    def detail_context(cls, request: HttpRequest, row: Any, context: dict[str, Any]) -> dict[str, Any]:
        """What a subclass adds to the detail page."""
        return context

    @classmethod
    def form_context(cls, request: HttpRequest, row: Any, context: dict[str, Any]) -> dict[str, Any]:
        """What a subclass adds to the pages with a form; `row` is None for a new one."""
        return context

    @classmethod
    def model_of(cls, model: Any) -> Any:
        """A model given by itself or by its label."""
        return apps.get_model(model) if isinstance(model, str) else model


@kept
def _columns(views: Any) -> tuple[ResolvedColumn, ...]:
    return tuple(resolve(views.model, column) for column in views.columns)


@kept
def _sections(views: Any) -> tuple[tuple[Section, tuple[ResolvedColumn, ...]], ...]:
    declared = views.sections or [Section("", _plain_fields(views))]
    known = {column.name: column for column in _columns(views)}
    return tuple(
        (
            section,
            tuple(
                known.get(column) or resolve(views.model, column)
                if isinstance(column, str)
                else resolve(views.model, column)
                for column in section.columns
            ),
        )
        for section in declared
    )


def _plain_fields(views: type[Presented]) -> list[str]:
    return [field.name for field in views.model._meta.concrete_fields if field.editable and not field.primary_key]

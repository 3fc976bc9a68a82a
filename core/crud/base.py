"""The ground of a CRUDView: the addresses of its records, and which of them the reader may touch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, ClassVar, TypeVar

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.urls import get_resolver

from core.crud.addresses import converter_of, lookup_relations, row_key, views_of
from core.rights import SIGNED_IN, may, may_everywhere
from core.urls import network_url

T = TypeVar("T")


def kept(make: Callable[[Any], T]) -> Callable[[Any], T]:
    """`make(views)` made once for each class."""
    made: dict[Any, T] = {}

    @wraps(make)
    def get(views: Any) -> T:
        if views not in made:
            made[views] = make(views)
        return made[views]

    return get


class RowPages:
    """Pages about the rows of one model. Never instantiated: pages ask the class, subclasses override its methods."""

    model: ClassVar[Any]
    permissions: ClassVar[Mapping[str, str]]
    parent: ClassVar[str] = ""  # the foreign key whose record stands above this one in the path
    namespace: ClassVar[str] = ""  # of the names of addresses; the label of the model's app unless given
    name: ClassVar[str] = ""
    lookup: ClassVar[tuple[str, ...]] = ("code",)

    # --- Addresses ---------------------------------------------------------------------------------------------------

    @classmethod
    def url_name(cls, verb: str) -> str:
        """The name of a page, such as "stations:site-list"."""
        if not cls.name:
            _ = get_resolver().url_patterns  # nobody asked for a page yet; loading the addresses names them
        return f"{cls.namespace or cls.model._meta.app_label}:{cls.name}-{verb}"

    @classmethod
    def list_name(cls) -> str:
        """The name under which people's choices for the list are kept."""
        return cls.url_name("list")

    @classmethod
    def verbs(cls) -> list[str]:
        """The pages there are."""
        raise NotImplementedError

    @classmethod
    def has_page(cls, verb: str) -> bool:
        """Whether there is such a page."""
        return verb in cls.verbs()

    @classmethod
    def url_of(cls, verb: str) -> str:
        """The address of a page that is about no row in particular."""
        return network_url(cls.url_name(verb))

    @classmethod
    def list_url(cls) -> str:
        """The address of the list."""
        return cls.url_of("list")

    @classmethod
    def url(cls, row: Any, verb: str = "detail") -> str:
        """The address of a page of one row."""
        return network_url(cls.url_name(verb), *row_key(row, cls.lookup))

    # --- Rights and rows ---------------------------------------------------------------------------------------------

    @classmethod
    def allows(cls, request: HttpRequest, verb: str) -> bool:
        """Whether the reader holds the permission of a verb ("view", "add", "change", "delete") anywhere here."""
        permission = cls.permissions.get(verb, "")
        return permission == SIGNED_IN or bool(permission and may(request.user, permission))

    @classmethod
    def require(cls, request: HttpRequest, verb: str) -> None:
        """Raises PermissionDenied unless the reader holds the permission of a verb."""
        if not cls.allows(request, verb):
            raise PermissionDenied(cls.permissions.get(verb, verb))

    @classmethod
    def rows(cls, request: HttpRequest, permission: str) -> Any:
        """The rows that the reader may touch with a permission. Override to narrow them further."""
        return cls.model.objects.visible_to(request.user, permission)

    @classmethod
    def get_row(
        cls, request: HttpRequest, permission: str, *, prepare: Callable[[Any], Any] | None = None, **key: Any
    ) -> Any:
        """One row by its key; `prepare` adds to the query what the page looks at.

        Raises:
            Http404: it does not exist for this reader.
            PermissionDenied: it does, but they do not hold `permission` on it.
        """
        view = cls.permissions["view"]
        rows = cls.rows(request, view).filter(**key)
        row = (prepare or cls.with_keys)(rows).first()
        if row is None:
            raise Http404
        if permission != view and not cls.may_on(request, row, permission):
            raise PermissionDenied(permission)
        return row

    @classmethod
    def may_on(cls, request: HttpRequest, row: Any, permission: str) -> bool:
        """Whether the reader holds a permission on one row."""
        if permission == SIGNED_IN or may_everywhere(request.user, permission):
            return True
        return may(request.user, permission) and cls.rows(request, permission).filter(pk=row.pk).exists()

    @classmethod
    def fresh(cls, row: Any) -> Any:
        """The row as the database holds it now; 404 when it is gone."""
        found = cls.with_keys(cls.model.objects.filter(pk=row.pk)).first()
        if found is None:
            raise Http404
        return found

    @classmethod
    def new_row(cls, request: HttpRequest) -> Any:
        """An empty row for the form of a new one."""
        return cls.model()

    @classmethod
    def key_relations(cls) -> list[str]:
        """The foreign keys that a row's address and path above it look at."""
        relations = lookup_relations(cls.lookup)
        if cls.parent:
            above = views_of(cls.model._meta.get_field(cls.parent).related_model)
            relations.append(cls.parent)
            relations += [f"{cls.parent}__{relation}" for relation in (above.key_relations() if above else ())]
        return relations

    @classmethod
    def with_keys(cls, rows: Any) -> Any:
        """The rows with the foreign keys that their addresses look at."""
        relations = cls.key_relations()
        return rows.select_related(*relations) if relations else rows  # without names Django would follow them all

    @classmethod
    def lookup_of_key(cls, key: Sequence[str]) -> dict[str, Any] | None:
        """The lookup for a key as it stands in addresses; None for what cannot be one."""
        if len(key) != len(cls.lookup) or any("\x00" in part or len(part) > 200 for part in key):
            return None
        found: dict[str, Any] = {}
        for lookup, part in zip(cls.lookup, key, strict=True):
            is_number = converter_of(cls.model, lookup) == "int"
            if is_number and not (part.isascii() and part.isdigit() and len(part) <= 18):
                return None
            found[lookup] = part
        return found

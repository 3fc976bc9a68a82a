"""The kinds of places at which a role can be held, and the tables that carry the permissions there.

`security` knows the network; `stations` registers its sites.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Expression, F

from core.errors import Text


@dataclass(frozen=True)
class PlaceKind:
    """One kind of place: the model of the place and the permission table with a direct foreign key to it.

    `sort_of` tells which sort of place one is, as roles name them (a site's kind); `sorts` are their words. `words`
    is the expression by which the database itself names a place.
    """

    model: Any
    permissions: Any
    sort_of: Callable[[Any], str]
    sorts: Mapping[str, Text] = field(default_factory=dict)
    words: Expression | F = field(default_factory=lambda: F("name"))

    def content_type(self) -> ContentType:
        """The content type for which the Django permissions of this kind of place are made."""
        return ContentType.objects.get_for_model(self.model)


_kinds: dict[str, PlaceKind] = {}


def register_place(
    model: Any,
    permissions: Any,
    *,
    sort_of: Callable[[Any], str] | None = None,
    sorts: Iterable[tuple[str, Text]] = (),
    words: Expression | F | None = None,
) -> None:
    """Register a kind of place (in the app's ready()). Without `sort_of` all are of one sort, the model's name."""
    name: str = model._meta.model_name
    _kinds[model._meta.label_lower] = PlaceKind(
        model,
        permissions,
        sort_of or (lambda place: name),
        dict(sorts) or {name: model._meta.verbose_name},
        words or F("name"),
    )


def place_kinds() -> list[PlaceKind]:
    """All kinds of places, the network first."""
    return list(_kinds.values())


def kind_of(place: Any) -> PlaceKind:
    """The kind of a place.

    Raises:
        LookupError: roles cannot be held at such a thing.
    """
    return _kinds[place._meta.label_lower]


def sort_of(place: Any) -> str:
    """The sort of a place, as `security.roles.FACTS` names them."""
    return str(kind_of(place).sort_of(place))


def sort_words(sort: str) -> str:
    """A sort of place in people's words."""
    return next((str(kind.sorts[sort]) for kind in place_kinds() if sort in kind.sorts), sort)

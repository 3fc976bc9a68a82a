"""The kinds of places at which a role can be held, and the tables that carry the permissions there.

`security` knows the network; `stations` registers its sites.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType


@dataclass(frozen=True)
class PlaceKind:
    """One kind of place: the model of the place and the permission table with a direct foreign key to it."""

    model: Any
    permissions: Any

    def content_type(self) -> ContentType:
        """The content type for which the Django permissions of this kind of place are made."""
        return ContentType.objects.get_for_model(self.model)


_kinds: dict[str, PlaceKind] = {}


def register_place(model: Any, permissions: Any) -> None:
    """Register a kind of place (in the app's ready())."""
    _kinds[model._meta.label_lower] = PlaceKind(model, permissions)


def place_kinds() -> list[PlaceKind]:
    """All kinds of places, the network first."""
    return list(_kinds.values())


def kind_of(place: Any) -> PlaceKind:
    """The kind of a place.

    Raises:
        LookupError: roles cannot be held at such a thing.
    """
    return _kinds[place._meta.label_lower]

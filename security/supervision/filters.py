"""Filters of the stream of work records. Each is answered by an index, however long the stream has become."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.crud.filters import ANY, RowFilterSet
from core.records import registered_verbs
from security.roles import Role
from security.supervision.queries import people_of_network

LARGEST_ID = 2**63 - 1


def _verbs() -> list[tuple[str, str]]:
    return sorted(((verb, str(text)) for verb, text in registered_verbs().items()), key=lambda choice: choice[1])


class PersonFilter(django_filters.ChoiceFilter):
    """One person; addresses carry the account's number, as names and e-mail addresses do not belong there."""

    def filter(self, qs: Any, value: str) -> Any:
        """The records of the account."""
        return qs.filter(account_id=int(value)) if value else qs


class PositionFilter(django_filters.ChoiceFilter):
    """A role that the person held then, among others perhaps."""

    def filter(self, qs: Any, value: str) -> Any:
        """Records whose position names the role."""
        if not value:
            return qs
        own = Q(position=value) | Q(position__startswith=f"{value}, ") | Q(position__endswith=f", {value}")
        return qs.filter(own | Q(position__contains=f", {value}, "))


class ObjectFilter(django_filters.CharFilter):
    """One object: by its code, or as "kind:number", which the links of records use."""

    def filter(self, qs: Any, value: str) -> Any:
        """The records about the object."""
        value = (value or "").strip()
        if not value:
            return qs
        kind, colon, number = value.partition(":")
        if colon and number.isascii() and number.isdecimal() and int(number) <= LARGEST_ID:
            return qs.filter(target_type=kind.lower(), target_id=int(number))
        return qs.filter(target_code=value.upper())


class RecordFilters(RowFilterSet):
    """By person, position, kind of operation, object and request; site, result and period come with the list."""

    person = PersonFilter(label=_("Person"), choices=people_of_network, empty_label=ANY)
    position = PositionFilter(label=_("Position"), choices=Role.choices, empty_label=ANY)
    verb = django_filters.ChoiceFilter(label=_("Operation"), choices=_verbs, empty_label=ANY)
    object = ObjectFilter(label=_("Object (its code)"), max_length=140)
    request_id = django_filters.CharFilter(label=_("Request"), lookup_expr="exact", max_length=64)

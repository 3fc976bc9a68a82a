"""Filters of lists: made from the fields that a view names, each answering garbage with an error of its form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import django_filters
from django import forms
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ImproperlyConfigured
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import connection, models
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.clock import FIRST_YEAR, LAST_YEAR, day_period
from core.crud.choosing import choices_of, offer, suggest_url
from core.crud.columns import field_path
from core.crud.declare import Filter
from core.errors import Text, with_values
from core.field_rules import hidden_of
from core.tenancy.scope import require_network

if TYPE_CHECKING:
    from core.crud.views import CRUDView

MOST_BOXES = 8
MOST_WORDS = 8
ANY = _("Any")


@dataclass(frozen=True)
class ChoiceSource:
    """A foreign key that people choose records for: its path from the listed model, and where it leads."""

    path: str
    target: Any


class RowFilterSet(django_filters.FilterSet):
    """Base of all filter sets: knows the view and the request, so that choices are those of the reader."""

    views: type[CRUDView]
    choice_sources: Mapping[str, ChoiceSource] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hidden = hidden_filters(self.views, self.request)
        for name in hidden:
            del self.filters[name]
        search = self.filters.get("q")
        if isinstance(search, SearchFilter):
            search.paths = seen_paths(self.views, self.request, search.paths)

    @property
    def form(self) -> forms.Form:
        """The form; made once for each request."""
        if not hasattr(self, "_form"):
            form = super().form
            for name, source in self.choice_sources.items():
                if name not in form.fields:
                    continue
                rows = choices_of(self.views, self.request, source.path, source.target)
                offer(form.fields[name], rows, suggest_url(self.views, name))
        return self._form

    @property
    def in_force(self) -> dict[str, Any]:
        """The valid, non-empty filters by name."""
        return {
            name: value
            for name, value in getattr(self.form, "cleaned_data", {}).items()
            if value not in (None, "", []) and name in self.filters
        }


def seen_paths(views: type[CRUDView], request: Any, paths: Sequence[str]) -> list[str]:
    """Those of `paths` whose values the reader may see; the others would be a way to guess them."""
    hidden = hidden_of(request.user, views.model, paths, seen_with=views.permissions["view"])
    return [path for path in paths if path not in hidden]


def hidden_filters(views: type[CRUDView], request: Any) -> set[str]:
    """The names of the filters by which the reader could guess what they may not see."""
    made = views.filterset()
    filters = {name: item.field_name or "" for name, item in made.base_filters.items()} if made else {}
    hidden = hidden_of(request.user, views.model, filters.values(), seen_with=views.permissions["view"])
    return {name for name, path in filters.items() if path in hidden}


class SearchFilter(django_filters.CharFilter):
    """The box `q`: every word must be found in some of the fields, in any case."""

    def __init__(self, fields: list[str]) -> None:
        super().__init__(label=_("Search"), max_length=200)
        self.paths = fields

    def filter(self, qs: Any, value: str) -> Any:
        """Rows that contain every word."""
        for word in (value or "").split()[:MOST_WORDS]:
            found = Q()
            for name in self.paths:
                found |= Q(**{f"{name}__icontains": word})
            qs = qs.filter(found)
        return qs


class HoldsFilter(django_filters.ChoiceFilter):
    """Lists of choices that hold the chosen one."""

    def filter(self, qs: Any, value: str) -> Any:
        """Rows whose list has the chosen value in it."""
        return qs.filter(**{f"{self.field_name}__contains": [value]}) if value else qs


class DayFilter(django_filters.DateFilter):
    """A day as a border: of dates, or of moments by the network's business day. Both borders are included."""

    def __init__(self, path: str, *, end: bool, moments: bool, label: Text) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        limits = [MinValueValidator(date(FIRST_YEAR, 1, 1)), MaxValueValidator(date(LAST_YEAR, 12, 30))]
        super().__init__(path, label=label, widget=widget, validators=limits)
        self.end, self.moments = end, moments

    def filter(self, qs: Any, value: date | None) -> Any:
        """Rows from the day on, or until its end."""
        if value is None:
            return qs
        if not self.moments:
            return qs.filter(**{f"{self.field_name}__{'lte' if self.end else 'gte'}": value})
        period = day_period(value, require_network())
        return qs.filter(
            **({f"{self.field_name}__lt": period.end} if self.end else {f"{self.field_name}__gte": period.start})
        )


class OneOfFilter(django_filters.MultipleChoiceFilter):
    """A choice that is one of those ticked."""

    def filter(self, qs: Any, value: list[str]) -> Any:
        """Rows whose value is among the chosen ones."""
        return qs.filter(**{f"{self.field_name}__in": value}) if value else qs


class ContainsFilter(django_filters.MultipleChoiceFilter):
    """Lists of choices that hold any of the chosen ones."""

    def filter(self, qs: Any, value: list[str]) -> Any:
        """Rows whose list overlaps the chosen values."""
        return qs.filter(**{f"{self.field_name}__overlap": value}) if value else qs


def filterset_class_of(views: type[CRUDView]) -> type[RowFilterSet] | None:
    """The filter set class that a view declares or that its `filters` and `search_fields` make; None without any.

    Raises:
        ImproperlyConfigured: a filter names no field.
    """
    base = views.filterset_class or RowFilterSet
    made: dict[str, Any] = {}
    sources: dict[str, ChoiceSource] = {}
    if views.search_fields:
        made["q"] = SearchFilter(list(views.search_fields))
    for declared in views.filters:
        wanted = Filter(declared) if isinstance(declared, str) else declared
        made.update(_filters_for(views.model, wanted, sources))
    if not made and views.filterset_class is None:
        return None
    attributes = {**made, "views": views, "choice_sources": {**base.choice_sources, **sources}}
    filterset: Any = type(f"{views.__name__}Filters", (base,), attributes)
    # Those that the view names come first, in its order; the particular ones of its own class follow.
    filterset.base_filters = {**{name: filterset.base_filters[name] for name in made}, **filterset.base_filters}
    return filterset


def _filters_for(model: Any, wanted: Filter, sources: dict[str, ChoiceSource]) -> Iterator[tuple[str, Any]]:
    fields = field_path(model, wanted.path)
    if fields is None:
        raise ImproperlyConfigured(f"{model.__name__} has no field {wanted.path!r} to filter by.")
    field, path, name = fields[-1], wanted.path, wanted.name
    label = wanted.label or capfirst(field.verbose_name)
    if isinstance(field, ArrayField) and field.base_field.choices:
        yield name, _several_filter(field.base_field.choices, path, label)
    elif field.choices:
        yield name, _choice_filter(field, path, label)
    elif isinstance(field, models.ForeignKey):
        sources[name] = ChoiceSource(path, field.related_model)
        nothing = ChoiceSource(path, field.related_model).target._base_manager.none
        yield (
            name,
            django_filters.ModelChoiceFilter(
                field_name=path, queryset=lambda request: nothing(), label=label, empty_label=ANY
            ),
        )
    elif isinstance(field, models.BooleanField):
        yield (
            name,
            django_filters.TypedChoiceFilter(
                path, choices=[("", ANY), ("yes", _("Yes")), ("no", _("No"))], coerce=_is_yes, label=label
            ),
        )
    elif isinstance(field, models.DateField):
        yield from _day_filters(field, name, path, label)
    elif isinstance(field, models.IntegerField | models.DecimalField):
        yield from _number_filters(field, name, path, label)
    else:
        yield name, django_filters.CharFilter(path, "icontains", label=label, max_length=200)


def _is_yes(value: str) -> bool:
    return value == "yes"


def _choice_filter(field: models.Field, path: str, label: Text) -> Any:
    choices = [(value, text) for value, text in field.flatchoices if value not in ("", None)]
    if len(choices) > MOST_BOXES:
        return django_filters.ChoiceFilter(path, choices=choices, label=label, empty_label=ANY)
    return OneOfFilter(path, choices=choices, label=label, widget=forms.CheckboxSelectMultiple)


def _several_filter(choices: Any, path: str, label: Text) -> Any:
    if len(choices) > MOST_BOXES:
        return HoldsFilter(path, choices=choices, label=label, empty_label=ANY)
    return ContainsFilter(path, choices=choices, label=label, widget=forms.CheckboxSelectMultiple)


def _day_filters(field: models.Field, name: str, path: str, label: Text) -> Iterator[tuple[str, Any]]:
    moments = isinstance(field, models.DateTimeField)
    for ending, text in (("from", _("%(what)s from")), ("to", _("%(what)s until"))):
        words = with_values(text, {"what": label})
        yield f"{name}_{ending}", DayFilter(path, end=ending == "to", moments=moments, label=words)


def _number_filters(field: models.Field, name: str, path: str, label: Text) -> Iterator[tuple[str, Any]]:
    for ending, lookup, text in (("min", "gte", _("%(what)s at least")), ("max", "lte", _("%(what)s at most"))):
        words = with_values(text, {"what": label})
        if isinstance(field, models.DecimalField):
            limits: dict[str, Any] = {"max_digits": field.max_digits, "decimal_places": field.decimal_places}
            yield f"{name}_{ending}", django_filters.NumberFilter(path, lookup, label=words, **limits)
            continue
        low, high = connection.ops.integer_field_range(field.get_internal_type())
        limits = {"min_value": low, "max_value": high}
        yield f"{name}_{ending}", WholeNumberFilter(path, lookup, label=words, **limits)


class WholeNumberFilter(django_filters.Filter):
    """A border of whole numbers."""

    field_class = forms.IntegerField

"""The week of opening hours as a form field: one line of text for each day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import get_template
from django.utils.dates import WEEKDAYS
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from stations.opening import DAYS, OpeningError, check_week, day_text, parse_day, week_from_json, week_to_json


class WeekWidget(forms.Widget):
    """Seven text inputs, `<name>_0` (Monday) to `<name>_6`, in a group that the field's label names."""

    use_fieldset = True

    def id_for_label(self, id_: str) -> str:
        """The group has a legend; no single input carries the label."""
        return ""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[str] | None:
        """The seven texts; None when none was sent."""
        if self.value_omitted_from_data(data, files, name):
            return None
        return [str(data.get(f"{name}_{day}", "")) for day in DAYS]

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Whether not a single day was sent."""
        return all(f"{name}_{day}" not in data for day in DAYS)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The inputs, from a template of the project (the forms' own renderer knows none of them)."""
        texts = _texts(value)
        attributes = self.build_attrs(self.attrs, attrs)
        context = {
            "days": [(day, WEEKDAYS[day], texts[day]) for day in DAYS],
            "name": name,
            "id": attributes.get("id", name),
            "invalid": attributes.get("aria-invalid"),
            "described_by": attributes.get("aria-describedby"),
        }
        return mark_safe(get_template("stations/widgets/week.html").render(context))  # noqa: S308 (a template escapes)


def _texts(value: Any) -> list[str]:
    """The seven texts of what was sent (a list) or of what is kept (a mapping)."""
    if isinstance(value, list) and len(value) == len(DAYS):
        return [str(text) for text in value]
    try:
        return [day_text(spans) for spans in week_from_json(value or {})]
    except OpeningError:
        return [""] * len(DAYS)


class WeekField(forms.Field):
    """Gives the week as it is kept (see `stations.opening`), or says for every day what is wrong with it."""

    widget = WeekWidget
    default_help = _(
        "Write the hours of each day as 08:00-18:00; put commas between several spans, and leave closed days empty. "
        "18:00-02:00 runs into the next day, 00:00-24:00 is the whole day."
    )

    def __init__(self, **kwargs: Any) -> None:
        # A model field hands these over; the week has a widget and a validation of its own.
        for name in ("encoder", "decoder", "max_length"):
            kwargs.pop(name, None)
        kwargs["help_text"] = self.default_help
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> dict[str, list[list[str]]]:
        """The week as JSON. Raises ValidationError, one error for each day that cannot be read."""
        if not value:
            return {}
        days, errors = [], []
        for day, text in zip(DAYS, value, strict=True):
            try:
                days.append(parse_day(text))
            except OpeningError as error:
                errors.append(ValidationError("%(day)s: %(error)s", params={"day": WEEKDAYS[day], "error": error}))
        if errors:
            raise ValidationError(errors)
        week = tuple(days)
        try:
            check_week(week)
        except OpeningError as error:
            raise ValidationError(str(error), code=error.code) from error
        return week_to_json(week)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether another week was written, in whatever spelling."""
        try:
            return (initial or {}) != self.to_python(data)
        except ValidationError:
            return True

"""The controls of forms: what a field is drawn with, without asking each form to know our classes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from django import forms
from django.forms import BoundField
from django.utils.safestring import SafeString

from core.errors import Text

Kind = Literal["line", "select", "text", "check", "choices", "file", "several"]

_CLASSES: dict[Kind, str] = {
    "line": "control",
    "select": "control control-select",
    "text": "control control-text",
    "check": "check-box",
    "choices": "",
    "file": "file-input",
    "several": "control",
}


def control_kind(field: BoundField) -> Kind:
    """Say which kind of control a field has; a radio group, for example, needs a legend instead of a label."""
    widget = field.field.widget
    # The order matters: the widgets of choices inherit from one another.
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, forms.Select):
        return "select"
    if isinstance(widget, forms.Textarea):
        return "text"
    if isinstance(widget, forms.FileInput):
        return "file"
    return "several" if isinstance(widget, forms.MultiWidget) else "line"


def control(field: BoundField) -> SafeString:
    """Return a field's control with our classes beside its own."""
    widget = field.field.widget
    kind = control_kind(field)
    attributes = {"class": " ".join(filter(None, (_CLASSES[kind], widget.attrs.get("class", ""))))}
    if kind == "text":
        attributes["rows"] = widget.attrs["rows"] if widget.attrs.get("rows", "10") != "10" else "3"
    return field.as_widget(attrs={name: value for name, value in attributes.items() if value})


@dataclass(frozen=True)
class FieldGroup:
    """Fields of a form that belong together under a title; the title may be empty."""

    title: Text
    help: Text
    fields: Sequence[BoundField]


@dataclass(frozen=True)
class FieldGroups:
    """The visible fields of a form in their groups."""

    groups: Sequence[FieldGroup]

    def __iter__(self) -> Iterator[FieldGroup]:
        return iter(self.groups)

    @property
    def has_required(self) -> bool:
        """Whether any field must be filled in, so that the form has to say what its mark means."""
        return any(field.field.required for group in self.groups for field in group.fields)


def group_fields(form: forms.BaseForm, fieldsets: Iterable[tuple[Text, Text, Sequence[str]]] | None) -> FieldGroups:
    """Sort a form's visible fields into the declared groups; those that no group names follow at the end."""
    left = {field.name: field for field in form.visible_fields()}
    groups = []
    for title, text, names in fieldsets or ():
        fields = [left.pop(name) for name in names if name in left]
        if fields:
            groups.append(FieldGroup(title, text, fields))
    if left:
        groups.append(FieldGroup("", "", list(left.values())))
    return FieldGroups(groups)

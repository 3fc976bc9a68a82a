"""Parts that a list draws by the dozen, put together in Python: folded away mostly, they should cost little.

What is not plain goes to the template of the part, whose markup this is; a test holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.forms import BoundField
from django.template.loader import get_template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from core.controls import Kind
from core.errors import Text
from core.parts import ColumnChoice

PLAIN = frozenset({"line", "select", "choices"})
MARK = ' <span class="required-mark" aria-hidden="true">*</span>'


def field_html(field: BoundField, *, kind: Kind, control: SafeString, label: Text, hide_label: bool) -> SafeString:
    """One field of a form with its label, help and errors."""
    widget = field.field.widget
    if kind not in PLAIN or field.errors or field.help_text or getattr(widget, "input_type", "") == "password":
        context = {"field": field, "kind": kind, "control": control, "label": label, "hide_label": hide_label}
        return mark_safe(get_template("components/field.html").render(context))  # noqa: S308 (a rendered template)
    hidden = " visually-hidden" if hide_label else ""
    words = f"{conditional_escape(str(label))}{MARK if field.field.required else ''}"
    name = conditional_escape(field.html_name)
    if kind == "choices":
        drawn = (
            f'<fieldset class="field" id="field-{name}"><legend class="field-label{hidden}">{words}</legend>'
            f'<div class="choices">{control}</div></fieldset>'
        )
    else:
        target = conditional_escape(field.id_for_label)
        drawn = (
            f'<div class="field" id="field-{name}"><label class="field-label{hidden}" for="{target}">{words}</label>'
            f"{control}</div>"
        )
    return mark_safe(drawn)  # noqa: S308 (made of escaped parts)


def column_checks_html(choices: Iterable[ColumnChoice]) -> SafeString:
    """A check box for each column of a list; a fixed one is sent along and cannot be taken away."""
    parts = []
    for choice in choices:
        value = conditional_escape(choice.name)
        kept = f'<input type="hidden" name="columns" value="{value}">' if choice.fixed else ""
        marks = " checked" if choice.visible or choice.fixed else ""
        marks += " disabled data-fixed" if choice.fixed else ""
        parts.append(
            f'<label class="check">{kept}'
            f'<input class="check-box" type="checkbox" name="columns" value="{value}"{marks}>'
            f"<span>{conditional_escape(str(choice.label))}</span></label>"
        )
    return mark_safe("".join(parts))  # noqa: S308 (made of escaped parts)

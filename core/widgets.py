"""Draws the plain controls of forms without a template for each: a list's filters hold dozens of them.

The markup is that of Django's own templates (`django/forms/widgets/`); a test holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe

Widget = dict[str, Any]
FOLDER = "django/forms/widgets"
INPUTS = (
    "text",
    "number",
    "email",
    "url",
    "password",
    "hidden",
    "date",
    "datetime",
    "time",
    "checkbox",
    "search",
    "tel",
)


class QuickRenderer(DjangoTemplates):
    """Django's renderer of forms, with the plain controls put together in Python."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        """The markup of a control; what is not plain goes to Django's templates."""
        draw = PLAIN.get(template_name)
        return super().render(template_name, context, request) if draw is None else draw(context["widget"])


def _attributes(widget: Widget) -> str:
    parts = []
    for name, value in widget["attrs"].items():
        if value is True:
            parts.append(f" {name}")
        elif value is not False:
            parts.append(f' {name}="{_text(value)}"')
    return "".join(parts)


def _text(value: Any) -> str:
    """As the template filter `stringformat:"s"` and escaping have it: what is marked safe stays."""
    return str(value if isinstance(value, SafeString) else escape(str(value)))


def _input(widget: Widget) -> SafeString:
    value = "" if widget["value"] is None else f' value="{_text(widget["value"])}"'
    return mark_safe(  # noqa: S308 (every value is escaped)
        f'<input type="{escape(widget["type"])}" name="{escape(widget["name"])}"{value}{_attributes(widget)}>'
    )


def _option(widget: Widget) -> str:
    return (
        f'<option value="{_text(widget["value"])}"{_attributes(widget)}>{conditional_escape(widget["label"])}</option>'
    )


def _select(widget: Widget) -> SafeString:
    parts = [f'<select name="{escape(widget["name"])}"{_attributes(widget)}>']
    for title, options, _index in widget["optgroups"]:
        drawn = "".join(_option(option) for option in options)
        parts.append(f'<optgroup label="{escape(title)}">{drawn}</optgroup>' if title else drawn)
    return mark_safe("".join([*parts, "</select>"]))  # noqa: S308 (every value is escaped)


def _choices(widget: Widget) -> SafeString:
    """Check boxes or radio buttons, each in its label."""
    own = widget["attrs"]
    names = "".join(f' {name}="{_text(own[name])}"' for name in ("id", "class") if own.get(name))
    parts = [f"<div{names}>"]
    for title, options, _index in widget["optgroups"]:
        drawn = "".join(f"<div>{_labelled(option)}</div>" for option in options)
        parts.append(f"<div><label>{escape(title)}</label>{drawn}</div>" if title else drawn)
    return mark_safe("".join([*parts, "</div>"]))  # noqa: S308 (every value is escaped)


def _labelled(option: Widget) -> str:
    if not option["wrap_label"]:
        return _input(option)
    target = f' for="{_text(option["attrs"]["id"])}"' if option["attrs"].get("id") else ""
    return f"<label{target}>{_input(option)} {conditional_escape(option['label'])}</label>"


PLAIN: dict[str, Callable[[Widget], SafeString]] = {
    **{f"{FOLDER}/{kind}.html": _input for kind in INPUTS},
    f"{FOLDER}/select.html": _select,
    f"{FOLDER}/checkbox_select.html": _choices,
    f"{FOLDER}/radio.html": _choices,
}

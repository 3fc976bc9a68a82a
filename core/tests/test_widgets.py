"""Controls drawn in Python have the markup of Django's own templates."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe
from hypothesis import given
from hypothesis import strategies as st

from core.widgets import FOLDER, PLAIN, QuickRenderer

CHOICES = [("", "---"), ("a", "A & <b>"), ("Group <1>", [("b", mark_safe("<i>B</i>")), (3, "Three")])]
WIDGETS = [
    forms.TextInput, forms.NumberInput, forms.EmailInput, forms.URLInput, forms.HiddenInput, forms.DateInput,
    forms.TimeInput, forms.DateTimeInput, forms.CheckboxInput,
]  # fmt: skip
CHOOSING = [
    forms.Select,
    forms.SelectMultiple,
    forms.RadioSelect,
    forms.CheckboxSelectMultiple,
]
ATTRS: dict[str, Any] = {"id": "id_x", "class": 'c "d"', "required": True, "disabled": False, "data-n": 5}


class Tokens(HTMLParser):
    """Tags and texts without the blanks between them."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.found: list[Any] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, attrs))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(tag)

    def handle_data(self, data: str) -> None:
        if text := re.sub(r"\s+", " ", data).strip():
            self.found.append(text)


def both(widget: forms.Widget, value: Any, attrs: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    drawn = [widget.render("name<", value, dict(attrs), renderer) for renderer in (QuickRenderer(), DjangoTemplates())]
    return Tokens(drawn[0]).found, Tokens(drawn[1]).found


@pytest.mark.parametrize("attrs", [{}, ATTRS], ids=["bare", "with attributes"])
@pytest.mark.parametrize("value", [None, "", 'x"<y>', 0, 3, True, mark_safe("&amp;")], ids=repr)
@pytest.mark.parametrize("widget", WIDGETS)
def test_lines_are_drawn_as_django_draws_them(widget: type[forms.Widget], value: Any, attrs: dict[str, Any]) -> None:
    ours, theirs = both(widget(), value, attrs)
    assert ours == theirs


@pytest.mark.parametrize("attrs", [{}, ATTRS], ids=["bare", "with attributes"])
@pytest.mark.parametrize("value", [None, "a", 3, ["a", "b"]], ids=repr)
@pytest.mark.parametrize("widget", CHOOSING)
def test_choices_are_drawn_as_django_draws_them(widget: Any, value: Any, attrs: dict[str, Any]) -> None:
    ours, theirs = both(widget(choices=CHOICES), value, attrs)
    assert ours == theirs


@given(st.text(), st.text(min_size=1))
def test_no_text_leaves_its_place(value: str, label: str) -> None:
    ours, theirs = both(forms.Select(choices=[(value, label)]), value, {"title": label})
    assert ours == theirs


def test_every_plain_template_is_one_of_djangos() -> None:
    known = {widget.template_name for widget in (*WIDGETS, *CHOOSING, forms.PasswordInput)}
    assert {name for name in PLAIN if name not in known} <= {f"{FOLDER}/search.html", f"{FOLDER}/tel.html"}

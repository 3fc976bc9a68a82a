"""Parts drawn in Python have the markup of their templates."""

from typing import Any

import pytest
from django import forms
from django.template.loader import get_template
from django.utils.safestring import SafeString

from core.controls import control, control_kind
from core.parts import ColumnChoice
from core.quick_parts import column_checks_html, field_html
from core.tests.test_widgets import Tokens


class Trial(forms.Form):
    line = forms.CharField(label="A <line>", required=True)
    free = forms.CharField(label="Free", required=False)
    one = forms.ChoiceField(label="One", choices=[("a", "A"), ("b", "B & C")])
    several = forms.MultipleChoiceField(
        label="Several", choices=[("a", "A"), ("b", "B")], widget=forms.CheckboxSelectMultiple, required=False
    )
    helped = forms.CharField(label="Helped", help_text="Some help")
    secret = forms.CharField(label="Secret", widget=forms.PasswordInput)
    agreed = forms.BooleanField(label="Agreed")
    text = forms.CharField(label="Text", widget=forms.Textarea)


def drawn(field: forms.BoundField, **more: Any) -> tuple[SafeString, str]:
    parts = {"kind": control_kind(field), "control": control(field), "label": field.label, "hide_label": False} | more
    return field_html(field, **parts), get_template("components/field.html").render({"field": field, **parts})


@pytest.mark.parametrize("hide_label", [False, True])
@pytest.mark.parametrize("data", [None, {"line": "<x>", "one": "z"}], ids=["empty", "with errors"])
@pytest.mark.parametrize("name", list(Trial.base_fields))
def test_a_field_is_drawn_as_its_template_draws_it(name: str, data: Any, hide_label: bool) -> None:
    ours, theirs = drawn(Trial(data)[name], hide_label=hide_label)
    assert Tokens(ours).found == Tokens(theirs).found


def test_columns_to_choose_from_are_escaped_and_fixed_ones_are_sent_along() -> None:
    choices = [ColumnChoice("code", "Code", True, True), ColumnChoice("n", "<N>", True), ColumnChoice("x", "X", False)]
    tags = [
        item for item in Tokens(column_checks_html(choices)).found if isinstance(item, tuple) and item[0] == "input"
    ]
    values = [(dict(attributes)["value"], "checked" in dict(attributes)) for _tag, attributes in tags]
    assert values == [("code", False), ("code", True), ("n", True), ("x", False)]
    assert "&lt;N&gt;" in column_checks_html(choices)

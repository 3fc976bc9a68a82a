"""Sample forms."""

from __future__ import annotations

from django import forms

from core.component_page.words import KINDS, STATUSES


class SampleFilters(forms.Form):
    q = forms.CharField(label="Search", required=False, help_text="Code, name or address")
    kind = forms.ChoiceField(label="Kind", choices=(("", "Any"), *KINDS), required=False)
    status = forms.ChoiceField(label="Status", choices=(("", "Any"), *STATUSES), required=False)
    opened_after = forms.DateField(label="Opened after", required=False, widget=forms.DateInput({"type": "date"}))
    power = forms.IntegerField(label="At least", required=False, help_text="Rated power in kW")


class SampleForm(forms.Form):
    code = forms.CharField(
        label="Code", max_length=40, help_text="Stands in addresses and on labels; capital letters, digits and dashes."
    )
    name = forms.CharField(label="Name")
    kind = forms.ChoiceField(label="Kind", choices=KINDS, widget=forms.RadioSelect)
    opened_on = forms.DateField(label="Opened on", required=False, widget=forms.DateInput({"type": "date"}))
    power = forms.DecimalField(label="Grid connection", help_text="In kW, as agreed with the grid operator.")
    supplier = forms.ChoiceField(
        label="Supplied by", choices=(("", "Nobody"), ("DC-02", "DC-02 Kingsway depot")), required=False
    )
    services = forms.MultipleChoiceField(
        label="Services",
        choices=(("c", "Charging"), ("s", "Battery swap"), ("r", "Rental")),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea)
    plan = forms.FileField(label="Site plan", required=False, help_text="PDF or picture, up to 20 MB.")
    always_open = forms.BooleanField(label="Open day and night", required=False)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Reason", widget=forms.Textarea, help_text="Stands in the history and in the work records."
    )


class SignInForm(forms.Form):
    username = forms.EmailField(label="E-mail address", widget=forms.EmailInput({"autocomplete": "username"}))
    password = forms.CharField(label="Password", widget=forms.PasswordInput({"autocomplete": "current-password"}))

"""Forms of supervision: strings become values, nothing else."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from security.models import SetKind


class AnswerForm(forms.Form):
    """The answer to an alert."""

    text = forms.CharField(label=_("Answer"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))


class SetForm(forms.Form):
    """Which set to make: the period of a kind that holds a day."""

    kind = forms.ChoiceField(label=_("Period"), choices=SetKind.choices)
    day = forms.DateField(label=_("A day in it"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))

    def clean_day(self) -> Any:
        """A day in the calendar's middle, so that the periods around it exist."""
        day = self.cleaned_data["day"]
        if not 2000 <= day.year <= 2200:
            raise forms.ValidationError(_("Choose a day between 2000 and 2200."))
        return day

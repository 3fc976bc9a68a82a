"""Forms about personal data."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.retention import RetentionKind
from security.models import Account
from security.privacy.forgetting import Period
from security.queries import people_of_network


class PersonForm(forms.Form):
    """Whose data."""

    account = forms.ModelChoiceField(Account.objects.none(), label=_("Person"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].queryset = people_of_network()  # type: ignore[attr-defined]


class ErasureForm(PersonForm):
    """Whose data shall go, and why."""

    typed = forms.CharField(
        label=_("E-mail address of the person"), max_length=254, help_text=_("Type it, so that nobody goes by mistake.")
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("Who asked for it and when. It is kept without their name.")
    )


class RetentionForm(forms.Form):
    """A number of days for each kind of data."""

    def __init__(self, *args: Any, periods: list[Period], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for period in periods:
            self.fields[period.kind.name] = _days_field(period.kind, period.days)


def _days_field(kind: RetentionKind, days: int) -> forms.IntegerField:
    limits = _("%(help)s Between %(least)d and %(most)d days.")
    return forms.IntegerField(
        label=str(kind.label),
        help_text=limits % {"help": kind.help, "least": kind.least, "most": kind.most},
        min_value=kind.least,
        max_value=kind.most,
        initial=days,
    )

"""Forms of platform administrators."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.utils.translation import gettext_lazy as _
from django_celery_beat.models import PeriodicTask

from security.models import Account, Assignment, Network
from security.roles import Role


class EntryForm(forms.Form):
    """Which network, and why."""

    network = forms.ModelChoiceField(Network.objects.none(), label=_("Network"))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        required=False,
        help_text=_("Needed where you hold no role. It is kept in the records of the network."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["network"].queryset = Network.objects.order_by("name")  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.TextInput(attrs={"class": "vTextField"}))


class DeletionForm(ReasonForm):
    """The short name, typed, and why."""

    typed = forms.CharField(
        label=_("Short name of the network"),
        max_length=40,
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
    )
    field_order = ["typed", "reason"]


class AccountForm(UserChangeForm):
    """An account without the rights that roles give."""

    class Meta:
        model = Account
        fields = ["email", "name", "language", "is_active", "is_staff", "is_superuser"]


class NewAccountForm(AdminUserCreationForm):
    """A new account."""

    class Meta:
        model = Account
        fields = ["email", "name"]


class AssignmentForm(forms.ModelForm):
    """A role in the whole entered network. The account is typed, so that no list of all accounts is sent around."""

    email = forms.EmailField(
        label=_("E-mail of the account"), max_length=254, widget=forms.EmailInput(attrs={"class": "vTextField"})
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.DIRECTOR)
    until = forms.DateTimeField(
        label=_("Until"),
        required=False,
        help_text=_("Empty: with no end. In the time zone of the network."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    class Meta:
        model = Assignment
        fields: list[str] = []

    def clean_email(self) -> str:
        """The address of an active account."""
        self.account = Account.objects.filter(email=self.cleaned_data["email"].lower(), is_active=True).first()
        if self.account is None:
            raise forms.ValidationError(_("There is no active account with this address. Make it first."))
        return self.account.email


class ScheduleForm(forms.ModelForm):
    """A schedule of one of the tasks that this product has."""

    task = forms.ChoiceField(label=_("Task"))

    class Meta:
        model = PeriodicTask
        fields = ["name", "task", "interval", "crontab", "enabled", "description"]
        labels = {"interval": _("Every"), "crontab": _("At"), "name": _("Name"), "enabled": _("Switched on")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "task" in self.fields:
            names = own_tasks() | ({self.instance.task} if self.instance.pk else set())
            self.fields["task"].choices = [(name, name) for name in sorted(names)]  # type: ignore[attr-defined]

    def clean(self) -> Any:
        """Either at times or every so often."""
        values = super().clean() or self.cleaned_data
        if "interval" in self.fields and bool(values.get("interval")) == bool(values.get("crontab")):
            self.add_error("crontab", _("Choose either “every” or “at”."))
        return values


def own_tasks() -> set[str]:
    """The names of the tasks that this product runs by schedule; they take no arguments."""
    return {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

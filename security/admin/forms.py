"""Forms of platform administrators."""

from __future__ import annotations

from typing import Any

from django import forms
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
    """A role in the whole entered network."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.DIRECTOR)

    class Meta:
        model = Assignment
        fields = ["account", "ends_at"]


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
    """The names of the tasks of this product that take no arguments."""
    from celery import current_app  # noqa: PLC0415 (loads the tasks of all apps)

    current_app.loader.import_default_modules()
    scheduled = current_app.conf.beat_schedule or {}
    return {entry["task"] for entry in scheduled.values()}

"""Forms of networks and roles."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from security.models import Account, Network
from security.places import place_kinds
from security.roles import NETWORK, Role

MOST_CHOICES = 100
"""Above so many sites a drop-down helps nobody; the code is typed instead."""


class NetworkForm(forms.ModelForm):
    """What a director may change of the network."""

    class Meta:
        model = Network
        fields = ["name", "language", "time_zone", "day_starts_at", "requires_second_factor"]
        widgets = {"day_starts_at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M")}
        help_texts = {
            "time_zone": _("All times are shown in it, and days and months are counted by it."),
            "day_starts_at": _("Sums by day count from this time of the clock to the same time of the next day."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones()) if "/" in zone]
        self.fields["time_zone"] = forms.ChoiceField(
            choices=zones, label=self.fields["time_zone"].label, help_text=self.fields["time_zone"].help_text
        )


class GiveRoleForm(forms.Form):
    """Give a role at a place to an account that exists."""

    email = forms.EmailField(label=_("E-mail of the account"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    place = forms.ChoiceField(label=_("Where"), help_text=_("The whole network, or one of its sites."))
    begins_at = forms.DateTimeField(
        label=_("From"),
        required=False,
        help_text=_("Empty: from now on."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    until = forms.DateTimeField(
        label=_("Until"),
        required=False,
        help_text=_("Empty: without an end."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    reason = forms.CharField(label=_("Reason"), required=False, max_length=250)

    def __init__(self, *args: Any, network: Network, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._network = network
        self._sites = [
            kind.model.objects.visible_to(account, "security.give_role").order_by("code")
            for kind in place_kinds()
            if kind.model is not Network
        ]
        sites = [site for rows in self._sites for site in rows.defer(*rows.model.heavy_fields)[: MOST_CHOICES + 1]]
        if len(sites) > MOST_CHOICES:
            self.fields["place"] = forms.CharField(
                label=_("Where"),
                required=False,
                max_length=80,
                help_text=_("Code of a site. Empty: the whole network."),
            )
        else:
            choices = [("", network.name), *((site.code, str(site)) for site in sites)]
            self.fields["place"].choices = choices  # type: ignore[attr-defined]
            self.fields["place"].required = False

    def clean_email(self) -> str:
        """The address of an account; raises ValidationError when there is none."""
        email = str(self.cleaned_data["email"]).lower()
        self.account = Account.objects.filter(email=email, is_active=True).first()
        if self.account is None:
            raise forms.ValidationError(
                _("There is no active account with this address. Ask the platform administrator.")
            )
        return email

    def clean_place(self) -> Any:
        """The network, or the site of a code; raises ValidationError for a site that is not there for this account."""
        code = str(self.cleaned_data["place"]).replace("\x00", "").strip()
        if code in ("", NETWORK):
            return self._network
        found = next((site for rows in self._sites for site in rows.filter(code=code)[:1]), None)
        if found is None:
            raise forms.ValidationError(_("There is no site with the code “%(code)s”."), params={"code": code})
        return found

    @property
    def given(self) -> dict[str, Any]:
        """What `give_role` takes."""
        said = self.cleaned_data
        return {
            "account": self.account,
            "role": said["role"],
            "place": said["place"],
            "begins_at": said["begins_at"],
            "until": said["until"],
            "reason": said["reason"],
        }

"""Forms of inviting and accepting."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from security.forms import GiveRoleForm
from security.models import Account, Invitation
from security.signing.fields import NewPasswordField, password_field
from security.signing.invitations import Proposal


class InvitationForm(GiveRoleForm):
    """Invite an address to a role at a place."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    begins_at = None  # type: ignore[assignment]  # with the acceptance
    reason = None  # type: ignore[assignment]

    field_order = ["name", "email", "role", "place", "until"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail")
        self.fields["until"].label = _("Role until")

    def clean_email(self) -> str:
        """Any address may be invited, whether it has an account or not."""
        return str(self.cleaned_data["email"]).lower()

    @property
    def proposal(self) -> Proposal:
        """What is proposed. Only of a valid form."""
        data = self.cleaned_data
        return Proposal(data["email"], data["name"], data["role"], data["place"], data["until"])


class AcceptForm(forms.Form):
    """Name and password of a new account."""

    name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        account = Account(email=invitation.email, name=invitation.name)
        account.near_words = [invitation.network.name, invitation.network.slug]  # type: ignore[attr-defined]
        field = NewPasswordField(label=_("Password"))
        field.user = account
        self.fields["password1"] = field
        self.fields["password2"] = password_field(_("Password again"), "new-password")

    def clean(self) -> dict[str, Any]:
        """Both passwords are the same."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("password1") and data.get("password2") and data["password1"] != data["password2"]:
            self.add_error("password2", _("The two passwords differ."))
        return data

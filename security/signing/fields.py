"""Fields that the forms of signing in share."""

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext as _


def password_field(label: str, autocomplete: str, *, autofocus: bool = False) -> forms.CharField:
    """A password as it is typed or pasted, spaces at its ends included."""
    attributes = {"autocomplete": autocomplete} | ({"autofocus": True} if autofocus else {})
    return forms.CharField(label=label, strip=False, widget=forms.PasswordInput(attrs=attributes))


class NewPasswordField(forms.CharField):
    """A password to be; judged by the rules together with the account (`user`) it is for."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _rules())
        super().__init__(strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), **kwargs)
        self.user: Any = None

    def clean(self, value: Any) -> Any:
        """The password. Raises ValidationError with all rules that it breaks."""
        value = super().clean(value)
        password_validation.validate_password(value, self.user)
        return value


def _rules() -> str:
    return " ".join(filter(None, password_validation.password_validators_help_texts()))


def email_field(label: str, *, autocomplete: str = "username") -> forms.EmailField:
    """An e-mail address."""
    widget = forms.EmailInput(attrs={"autocomplete": autocomplete, "autofocus": True})
    return forms.EmailField(label=label, max_length=254, widget=widget)


def code_field(label: str) -> forms.CharField:
    """A code of an app or a recovery code."""
    return forms.CharField(
        label=label,
        max_length=20,
        help_text=_("Six digits from your authenticator app."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}),
    )

"""Forms of signing in and of the own account."""

from typing import Any

from allauth.account import forms as account_forms
from allauth.mfa.base import forms as code_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as app_forms
from allauth.mfa.webauthn import forms as key_forms
from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.cache import cache
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from security.models import Account
from security.signing.fields import NewPasswordField, code_field, email_field, password_field

REPLAY_SECONDS = 180  # longer than a code is valid


class SignInForm(AuthenticationForm):
    """E-mail and password."""

    error_messages = {
        "invalid_login": gettext_lazy(
            "This e-mail address and password do not go together. Passwords tell capitals apart."
        ),
        "inactive": gettext_lazy("This e-mail address and password do not go together. Passwords tell capitals apart."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"] = forms.EmailField(
            label=_("E-mail"),
            max_length=254,
            widget=forms.EmailInput(attrs={"autofocus": True, "autocomplete": "username"}),
        )

    def clean_username(self) -> str:
        """Addresses are kept in lower case."""
        return str(self.cleaned_data["username"]).lower()


class AccountForm(forms.ModelForm):
    """What everybody may change of the own account."""

    class Meta:
        model = Account
        fields = ["name", "language"]
        help_texts = {
            "name": gettext_lazy("As colleagues know you; it stands beside what you do."),
            "language": gettext_lazy("Empty: the language of the network."),
        }


class _TypedTwice:
    """Shows the rules of a new password once, at its first field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields = self.fields  # type: ignore[attr-defined]
        fields["password1"] = NewPasswordField(label=_("New password"))
        fields["password1"].user = getattr(self, "user", None)
        fields["password2"] = password_field(_("New password again"), "new-password")


class PasswordChangeForm(_TypedTwice, account_forms.ChangePasswordForm):  # type: ignore[misc]
    """Change the own password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"] = password_field(_("Present password"), "current-password")
        self.order_fields(["oldpassword", "password1", "password2"])


class NewPasswordForm(_TypedTwice, account_forms.ResetPasswordKeyForm):  # type: ignore[misc]
    """Set a password by the link of a mail."""


class PasswordResetForm(account_forms.ResetPasswordForm):  # type: ignore[misc]
    """Ask for such a link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = email_field(_("E-mail"))


class NewEmailForm(account_forms.AddEmailForm):  # type: ignore[misc]
    """Give a new address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = email_field(_("New e-mail address"), autocomplete="email")


class PasswordAgainForm(account_forms.ReauthenticateForm):  # type: ignore[misc]
    """Prove who it is by the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = password_field(_("Password"), "current-password", autofocus=True)


class _EachCodeOnce:
    """A code of an app opens once, although half a minute early and late is allowed (ASVS 5.0, 6.5.1)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = code_field(_("Code"))  # type: ignore[attr-defined]

    def clean_code(self) -> str:
        """The code. Raises ValidationError when it is wrong or was used."""
        code = str(super().clean_code())  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP:  # type: ignore[attr-defined]
            key = f"second-factor-used:{self.authenticator.pk}:{''.join(code.split())}"  # type: ignore[attr-defined]
            if not cache.add(key, 1, REPLAY_SECONDS):
                raise forms.ValidationError(_("This code was used already. Wait for the next one."))
        return code


class CodeForm(_EachCodeOnce, code_forms.AuthenticateForm):  # type: ignore[misc]
    """The second factor at sign-in: a code of the app, or a recovery code."""


class CodeAgainForm(_EachCodeOnce, code_forms.ReauthenticateForm):  # type: ignore[misc]
    """Prove who it is by a code."""


class FirstCodeForm(app_forms.ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new app shows that it holds the secret."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = code_field(_("Code that the app shows"))


class RemoveAppForm(app_forms.DeactivateTOTPForm):  # type: ignore[misc]
    """Remove the app, where that is allowed."""


class _AnyAnswer:
    """What a browser sends is read by a library that trusts its shape; anything else is a wrong answer, no error."""

    def full_clean(self) -> None:
        """Check the form; an answer of another shape is an error of the form."""
        try:
            super().full_clean()  # type: ignore[misc]
        except (KeyError, TypeError, ValueError, AttributeError, LookupError):
            self.add_error(None, _("The key did not answer as expected. Try again."))  # type: ignore[attr-defined]


class KeyForm(_AnyAnswer, key_forms.AuthenticateWebAuthnForm):  # type: ignore[misc]
    """The second factor at sign-in: a key."""


class KeyAgainForm(_AnyAnswer, key_forms.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """Prove who it is by a key."""


class NewKeyForm(_AnyAnswer, key_forms.AddWebAuthnForm):  # type: ignore[misc]
    """Add a security key or passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the key")
        self.fields["name"].max_length = 60
        self.fields["name"].help_text = _("So that you recognise it later, for example “Work laptop”.")


class KeyNameForm(key_forms.EditWebAuthnForm):  # type: ignore[misc]
    """Rename a key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = forms.CharField(label=_("Name of the key"), max_length=60)

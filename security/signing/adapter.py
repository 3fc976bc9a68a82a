"""Where django-allauth asks the project: our mails, messages and limits, and how secrets of second factors are kept."""

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate
from django.core.cache import cache
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from security.models import Account
from security.signing import gate, limits, mail
from security.signing.sensitive import proved_recently

BACKEND = "django.contrib.auth.backends.ModelBackend"
RESET_MAIL_PAUSE = 60  # seconds between two mails that reset the same password; the first one works

# What pages say afterwards; what is not named here is said by the page itself.
MESSAGES = {
    "account/messages/password_changed.txt": gettext_lazy("The password is changed. Your other sessions have ended."),
    "account/messages/email_confirmation_sent.txt": gettext_lazy("A mail with a link is on its way to %(email)s."),
    "account/messages/email_confirmed.txt": gettext_lazy("The address %(email)s is verified."),
    "account/messages/email_confirmation_failed.txt": gettext_lazy(
        "The address %(email)s belongs to another account by now."
    ),
    "account/messages/email_deleted.txt": gettext_lazy("The address %(email)s is forgotten."),
    "mfa/messages/totp_activated.txt": gettext_lazy("The authenticator app is set up."),
    "mfa/messages/totp_deactivated.txt": gettext_lazy("The authenticator app is removed."),
    "mfa/messages/webauthn_added.txt": gettext_lazy("The security key is added."),
    "mfa/messages/webauthn_removed.txt": gettext_lazy("The security key is removed."),
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """E-mail addresses, passwords and sign-in stages."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts come by invitation only."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that our outermost middleware has found."""
        return request.META.get("REMOTE_ADDR") or limits.NO_ADDRESS

    def login(self, request: HttpRequest, user: Any) -> None:
        """Begin the session with the backend that can load the account again."""
        user.backend = BACKEND
        super().login(request, user)

    def reauthenticate(self, user: Any, password: str) -> bool:
        """Whether that is the account's password; wrong ones count as at the front door."""
        found = authenticate(context.request, username=user.get_username(), password=password)
        return found is not None and found.pk == user.pk

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Signing in is a proof too, as long as it is fresh."""
        return not proved_recently(context.request)

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Our words for what was done."""
        text = str(message) if message else str(MESSAGES.get(message_template or "", ""))
        if text:
            messages.add_message(request, level, text % (message_context or {}) if not message else text)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the account's page."""
        return resolve_url("account:overview")

    def get_email_verification_redirect_url(self, email_address: Any) -> str:
        """To the addresses for those who are signed in, to the front door for others."""
        return resolve_url("account_email" if self.request.user.is_authenticated else "security:sign-in")

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link of the mail, under the address of the settings."""
        uid, _dash, token = key.partition("-")
        return mail.absolute(resolve_url("account_reset_password_from_key", uidb36=uid, key=token))

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        """The link of the mail, under the address of the settings."""
        return mail.absolute(resolve_url("account_confirm_email", key=emailconfirmation.key))

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        """One mail a minute: more would only fill the owner's box, and the link of the first works."""
        if cache.add(f"reset-mail:{user.pk}", 1, RESET_MAIL_PAUSE):
            super().send_password_reset_mail(user, user.email, context)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """The mails that allauth asks for, as letters of ours; what is not named is not sent."""
        account = context.get("user")
        with translation.override(mail.language_of(account)):
            letter = _letter(template_prefix, email, account, context)
            if letter is not None:
                mail.send(letter, to=email)

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Written by `security.signing.notices`, whoever made the change."""

    def send_account_already_exists_mail(self, email: str) -> None:
        """There is no signing up."""


def _letter(prefix: str, email: str, account: Any, values: dict[str, Any]) -> mail.Letter | None:
    greeting = _("Hello %(name)s,") % {"name": getattr(account, "name", "") or email}
    if prefix == "account/email/password_reset_key":
        return mail.Letter(
            subject=_("Set a new password"),
            greeting=greeting,
            paragraphs=[_("Somebody asked for a new password for your account. The link works for one hour, once.")],
            url=values["password_reset_url"],
            url_text=_("Set a new password"),
            closing=_("If that was not you, there is nothing to do: your password stays as it is."),
        )
    if prefix.startswith("account/email/email_confirmation"):
        return mail.Letter(
            subject=_("Verify your e-mail address"),
            greeting=greeting,
            paragraphs=[_("This address is to be that of your account. The link works for one day.")],
            url=values["activate_url"],
            url_text=_("Verify this address"),
            closing=_("If you know nothing of it, there is nothing to do."),
        )
    return None


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Apps and keys."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": gettext_lazy(
            "Your role needs a second factor. Add another one first, then remove this."
        ),
        "incorrect_code": gettext_lazy("This code is not right. A new one is shown every 30 seconds."),
    }

    def encrypt(self, text: str) -> str:
        """Secrets lie in the database encrypted."""
        return _boxes().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Counterpart of `encrypt`, with any of the keys."""
        return _boxes().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last second factor stays with those who must have one."""
        account = authenticator.user
        others = Authenticator.objects.filter(user=account, type__in=gate.FACTORS).exclude(pk=authenticator.pk)
        return bool(others.exists()) or not gate.must_have_second_factor(Account.objects.get(pk=account.pk))

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002  named as in the base class
        """A name for a new key that its owner may change."""
        count = Authenticator.objects.filter(user=user, type=type).count()
        return _("Security key %(number)d") % {"number": count + 1}

    def _get_site_name(self) -> str:
        return "ChargeNet"


def _boxes() -> MultiFernet:
    """The keys of SECOND_FACTOR_KEYS, the first for writing; without any, one made of SECRET_KEY."""
    sources = settings.SECOND_FACTOR_KEYS or [settings.SECRET_KEY]
    return MultiFernet([Fernet(_key(source)) for source in sources])


def _key(source: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"chargenet second factor").derive(source.encode())
    return base64.urlsafe_b64encode(derived)

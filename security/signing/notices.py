"""Mails that tell the owner of an account what was changed about signing in, whoever changed it."""

from typing import Any

from django.shortcuts import resolve_url
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core import context
from core.clock import now
from security.queries import networks_of
from security.signing.mail import Letter, absolute, language_of, send

# kind: (subject, what happened)
TEXTS = {
    "password": (
        gettext_noop("Your password was changed"),
        gettext_noop("The password of your account was changed. All other sessions were ended."),
    ),
    "email": (
        gettext_noop("Your e-mail address was changed"),
        gettext_noop("The e-mail address of your account was changed from %(before)s to %(after)s."),
    ),
    "factor-added": (
        gettext_noop("A second factor was added"),
        gettext_noop("%(factor)s was added to your account as a second factor."),
    ),
    "factor-removed": (
        gettext_noop("A second factor was removed"),
        gettext_noop("%(factor)s was removed from your account."),
    ),
    "codes-made": (
        gettext_noop("New recovery codes were made"),
        gettext_noop("New recovery codes were made for your account. Codes you had before no longer work."),
    ),
    "code-used": (
        gettext_noop("A recovery code was used"),
        gettext_noop("Somebody signed in to your account with a recovery code. It does not work a second time."),
    ),
    "new-device": (
        gettext_noop("Sign-in from a new device"),
        gettext_noop("Your account was used from a device that it did not know."),
    ),
}


def tell(account: Any, kind: str, *, to: str = "", device: str = "", **values: str) -> None:
    """Write to the owner of `account` (`to`: at an address that is no longer theirs) what has happened."""
    with translation.override(language_of(account)):
        subject, text = TEXTS[kind]
        letter = Letter(
            subject=_(subject),
            greeting=_("Hello %(name)s,") % {"name": account.name or account.email},
            paragraphs=[_(text) % values, _("If that was you, there is nothing to do.")],
            facts=_facts(account, device),
            url=absolute(resolve_url("account_reset_password")),
            url_text=_("Set a new password"),
            closing=_("If it was not you, set a new password now and tell the director of your network."),
        )
        send(letter, to=to or account.email)


def _facts(account: Any, device: str) -> list[tuple[str, str]]:
    networks = networks_of(account)
    zone = networks[0].zone if networks else None
    facts = [(_("When"), date_format(localtime(now(), zone), "j N Y, H:i T"))]
    if address := context.address.get():
        facts.append((_("From"), address))
    if device:
        facts.append((_("Device"), device))
    return facts

"""What a password may be: OWASP ASVS 5.0, 6.2. Long, any characters, not common, not made of words that lie near.

There are no rules of composition and no forced change: both make passwords worse.
"""

from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

PRODUCT_WORDS = ("chargenet", "charge", "charging", "station", "network", "battery", "password", "welcome")
SEQUENCES = (
    "0123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "azertyuiop",
)
SHORTEST_WORD = 4  # shorter context words would forbid half the dictionary
LEAST_REST = 6  # characters that must be left when the words that lie near are taken away
# Simple changes by which people think they make a word a password: "P4ssw0rd".
SIMPLE_CHANGES = str.maketrans(
    {"0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"}
)


class LengthValidator:
    """At least `least`, at most `most` characters (of any kind; a character is a Unicode code point)."""

    def __init__(self, least: int = 12, most: int = 128) -> None:
        self.least, self.most = least, most

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError for a password that is too short or too long."""
        if len(password) < self.least:
            text = ngettext(
                "This password has %(count)d character; it needs at least %(least)d.",
                "This password has %(count)d characters; it needs at least %(least)d.",
                len(password),
            )
            raise ValidationError(text % {"count": len(password), "least": self.least}, code="password_too_short")
        if len(password) > self.most:
            raise ValidationError(_("A password has at most %d characters.") % self.most, code="password_too_long")

    def get_help_text(self) -> str:
        """What to do."""
        return _("At least %d characters. Several unrelated words are easy to remember and hard to guess.") % self.least


class CommonValidator(CommonPasswordValidator):
    """Not one of the 20,000 most common, nor one of them with simple changes, repetitions or a tail of digits."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError for a password that is among the first to be tried."""
        for form in plain_forms(password):
            if form in self.passwords or is_sequence(form):
                raise ValidationError(_("This password is among those that are tried first."), code="password_common")

    def get_help_text(self) -> str:
        """What to avoid."""
        return _("None of the well-known passwords, also with digits at its end.")


class ContextValidator:
    """Not made of the product's name, the names of the account's networks, the own name or the own address."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError when hardly anything is left without the words that lie near."""
        words = context_words(user)
        for form in (letters_only(password), letters_only(password.translate(SIMPLE_CHANGES))):
            rest = form
            for word in sorted(words, key=len, reverse=True):
                rest = rest.replace(word, "")
            if rest != form and len(rest) < LEAST_REST:
                raise ValidationError(
                    _("This password is made of your name, your address or the name of the network or product."),
                    code="password_context",
                )

    def get_help_text(self) -> str:
        """What to avoid."""
        return _("Not your name, your e-mail address or the name of the network.")


class Changed:
    """Judges no password; Django tells it of every change, whichever page or command made it."""

    def validate(self, password: str, user: Any = None) -> None:
        """Every password is fine here."""

    def get_help_text(self) -> str:
        """Nothing to say."""
        return ""

    def password_changed(self, password: str, user: Any = None) -> None:
        """Record it, tell the owner, end the other sessions."""
        # This module is loaded by Django's settings before the apps are.
        from security.signing.deeds import password_was_changed  # noqa: PLC0415

        if user is not None:
            password_was_changed(user)


def context_words(account: Any) -> set[str]:
    """Words that lie near for `account`, in small letters, each of at least `SHORTEST_WORD` letters."""
    texts = [*PRODUCT_WORDS]
    if account is not None:
        texts += [getattr(account, "name", ""), getattr(account, "email", "").replace("@", " ").replace(".", " ")]
        texts += getattr(account, "near_words", ())
        texts += [text for network in _networks(account) for text in (network.name, network.slug)]
    parts = {letters_only(part) for text in texts for part in [text, *text.replace("-", " ").split()]}
    return {part for part in parts if len(part) >= SHORTEST_WORD}


def _networks(account: Any) -> list[Any]:
    # This module is loaded by Django's settings before the apps are.
    from security.queries import networks_of  # noqa: PLC0415

    return networks_of(account) if account.pk else []


def letters_only(text: str) -> str:
    """`text` in small letters without digits and signs."""
    return "".join(char for char in text.casefold() if char.isalpha())


def plain_forms(password: str) -> set[str]:
    """The password without its simple changes: in small letters, digits at its ends away, a repetition said once."""
    small = password.casefold().strip()
    forms = {small, small.translate(SIMPLE_CHANGES)}
    forms |= {form.strip("0123456789!@#$%^&*.,?-_ ") for form in tuple(forms)}
    forms |= {letters_only(form) for form in tuple(forms)}
    return {part for form in forms for part in (form, _said_once(form)) if part}


def _said_once(text: str) -> str:
    """ "abcabcabc" → "abc"; anything that is no repetition stays as it is."""
    period = (text + text).find(text, 1)
    return text[:period] if 0 < period < len(text) else text


def is_sequence(text: str) -> bool:
    """Whether `text` only walks along the alphabet, the digits or a row of keys, or is one short piece."""
    if len(text) <= 2:
        return True
    return any(text in row * 3 or text in (row * 3)[::-1] for row in SEQUENCES)

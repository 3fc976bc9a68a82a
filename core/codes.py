"""Codes: the names by which records stand in URLs, on labels and in files.

A code has 1 to 40 characters of A-Z, 0-9, "-", "_" and ".", is kept in upper case and starts with a letter or digit,
so that "." and ".." (which browsers take for folders) are none. As codes are upper case and the words of our URLs are
lower case, a site called NEW and the page `sites/new/` do not collide.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import register_converter
from django.utils.translation import gettext_lazy as _

MAX_LENGTH = 40
_NORMAL_FORM = re.compile(rf"[A-Z0-9][A-Z0-9._-]{{0,{MAX_LENGTH - 1}}}")
# Letters that Unicode does not take apart into a base letter and a mark.
_SPELLINGS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "þ": "th", "ð": "d"})


def normalise_code(text: str) -> str:
    """The code in its one form: no space around, full-width characters made plain, upper case.

    Raises ValidationError when what is left is no code. Letters of other alphabets that look like ours are refused.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    # Checked before upper(): the upper case of some foreign letters is a plain one ("ı" becomes "I").
    if not plain.isascii():
        raise _no_code(text)
    code = plain.upper()
    validate_code(code)
    return code


def validate_code(value: str) -> None:
    """Raises ValidationError for anything but a code in its one form (see `normalise_code`)."""
    if _NORMAL_FORM.fullmatch(value) is None:
        raise _no_code(value)


def _no_code(value: str) -> ValidationError:
    return ValidationError(
        _(
            "“%(value)s” is not a code: use at most %(most)d letters A–Z, digits, “-”, “_” or “.”, "
            "beginning with a letter or a digit."
        ),
        code="invalid_code",
        params={"value": value, "most": MAX_LENGTH},
    )


if TYPE_CHECKING:
    _CharField = models.CharField[str, str]
else:
    _CharField = models.CharField  # takes no type parameters when it runs


class CodeField(_CharField):
    """A code of a record, brought to its one form whenever it is cleaned, saved or looked for."""

    default_validators = [validate_code]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", MAX_LENGTH)
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> Any:
        """The code in its one form; blank and None pass. Raises ValidationError for what is no code."""
        text = super().to_python(value)
        return normalise_code(text) if text else text

    def get_prep_value(self, value: Any) -> Any:
        """What goes to the database, upper case; a value that is no code is found nowhere rather than an error."""
        prepared = models.Field.get_prep_value(self, value)
        return unicodedata.normalize("NFKC", prepared).strip().upper() if isinstance(prepared, str) else prepared

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Keeps the object in step with the row that is written."""
        value = self.get_prep_value(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value


class CodeConverter:
    """`<code:code>` in a URL pattern: reads either case, writes upper case."""

    regex = rf"[A-Za-z0-9][A-Za-z0-9._-]{{0,{MAX_LENGTH - 1}}}"

    def to_python(self, value: str) -> str:
        return value.upper()

    def to_url(self, value: str) -> str:
        return value.upper()


register_converter(CodeConverter, "code")


def suggest_code(name: str, taken: Container[str], *, fallback: str = "X") -> str:
    """A free code that resembles `name`; "-2", "-3" … make it differ from the codes in `taken` (upper case).

    Marks fall off letters (é becomes E); what has no plain letter becomes a hyphen. A name without any, such as a
    Chinese one, gives `fallback`. Raises ValidationError when `fallback` is needed and is no code itself.
    """
    spelled = unicodedata.normalize("NFKD", name.lower().translate(_SPELLINGS))
    unmarked = "".join(letter for letter in spelled if not unicodedata.combining(letter)).upper()
    stem = re.sub(r"[^A-Z0-9]+", "-", unmarked).strip("-")[:MAX_LENGTH].rstrip("-") or normalise_code(fallback)
    code, number = stem, 1
    while code in taken:
        number += 1
        ending = f"-{number}"
        code = stem[: MAX_LENGTH - len(ending)].rstrip("-") + ending
    return code

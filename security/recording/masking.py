"""What never stands in a work record: passwords, keys, identity documents, phone numbers.

A value is masked by the name of its field: by a word of it that is on the list, or because an app declared the name.
The record still says that the field was changed, only not from what to what.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

MASK = "•••"
SECRET_WORDS = frozenset(
    [
        "password", "passwd", "passphrase", "token", "secret", "key", "otp", "totp", "pin", "credential", "credentials",
        "cookie", "session", "signature", "recovery", "phone", "mobile", "telephone", "passport", "identity", "iban",
        "cvv",
    ]
)  # fmt: skip
SECRET_NAMES = frozenset({"id_number", "document_number", "id_document", "card_number", "webauthn", "public_key"})
# Words of the list that mean something harmless in these names.
HARMLESS_NAMES = frozenset({"session", "session_id", "sessions", "session_count"})
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")

_declared: set[str] = set()


def mask_field(name: str) -> None:
    """Declare that the values of a field of this name are never recorded (in the app's records.py)."""
    _declared.add(name.lower())


def is_secret(name: str) -> bool:
    """Whether values of a field of this name are masked."""
    lower = name.lower()
    if lower in HARMLESS_NAMES:
        return False
    words = {word.lower() for word in _WORDS.findall(name)}
    return lower in SECRET_NAMES or lower in _declared or bool(words & SECRET_WORDS)


def masked(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values without secrets; an empty value stays empty, so that it shows whether there was one."""
    return {str(name): _masked(str(name), value) for name, value in values.items()}


def _masked(name: str, value: Any) -> Any:
    if is_secret(name):
        return value if value in (None, "", [], {}) else MASK
    if isinstance(value, Mapping):
        return masked(value)
    if isinstance(value, list | tuple):
        return [masked(item) if isinstance(item, Mapping) else item for item in value]
    return value

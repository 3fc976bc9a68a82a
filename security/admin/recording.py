"""What an admin page changed, as it is recorded: names of fields with their values before and after, secrets masked."""

from __future__ import annotations

from typing import Any

from security.platform_records import platform_deed

__all__ = ["changes_of", "platform_deed"]

SECRET_WORDS = ("password", "token", "secret", "key", "hash")
MASK = "•••"
#: Fields of people: that they changed is recorded, what stands in them is not, as records are never changed.
PERSONAL = frozenset({"email", "name", "username"})


def changes_of(form: Any) -> tuple[dict[str, str], dict[str, str]]:
    """(before, after) of the fields that a form changes."""
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    for name in getattr(form, "changed_data", ()):
        hidden = name in PERSONAL or any(word in name.lower() for word in SECRET_WORDS)
        before[name] = MASK if hidden else _text(form.initial.get(name))
        after[name] = MASK if hidden else _text(form.cleaned_data.get(name))
    return before, after


def _text(value: Any) -> str:
    return "" if value is None else str(value)[:200]

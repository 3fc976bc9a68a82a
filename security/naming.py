"""How records that are never changed name an account: by its number, so that a person can be forgotten."""

from typing import Any


def record_name(account: Any) -> str:
    """Such as "#17"; pages show the account's name of today beside it. Empty for the system itself."""
    return f"#{account.pk}" if account is not None and account.pk else ""

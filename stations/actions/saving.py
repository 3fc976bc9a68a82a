"""Saving a row with the reason for the change in its history."""

from __future__ import annotations

from typing import Any

from core.tenancy.models import TenantModel


def save_with_reason(row: TenantModel, reason: str) -> None:
    """Save `row`; its history keeps `reason` (at most 250 characters)."""
    tracked: Any = row
    tracked._change_reason = reason[:250]
    row.save()

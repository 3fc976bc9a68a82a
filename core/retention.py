"""Kinds of data that are not kept for ever. Each app registers its own beside the code that knows them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from core.errors import Text


@dataclass(frozen=True)
class RetentionKind:
    """One kind of data of a network, and how long it is kept; a network chooses between `least` and `most` days.

    `count(before)` says how many of it are older than a moment, `forget(before, most)` lets at most `most` of them go
    and returns how many did; both in the network in scope. `forget` is called until it returns 0.
    """

    name: str
    label: Text
    help: Text
    days: int
    least: int
    most: int
    count: Callable[[datetime], int]
    forget: Callable[[datetime, int], int]


_kinds: dict[str, RetentionKind] = {}


def register_retention(kind: RetentionKind) -> None:
    """Register a kind of data (when the app is ready)."""
    _kinds[kind.name] = kind


def retention_kinds() -> list[RetentionKind]:
    """All kinds, by name."""
    return [_kinds[name] for name in sorted(_kinds)]


def retention_kind(name: str) -> RetentionKind:
    """The kind of that name. Raises LookupError when there is none."""
    return _kinds[name]

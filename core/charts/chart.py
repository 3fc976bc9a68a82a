"""A chart with everything that stands around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from core.errors import Text
from core.export.columns import Column


@dataclass(frozen=True)
class Chart:
    """A specification, and the same figures for those who cannot see it.

    `name` is its short name in the document, `text` one sentence that says what it shows; `columns` and `rows` are the
    table that stands beside it; `size` is its height on the page.
    """

    name: str
    title: Text
    text: Text
    spec: Mapping[str, Any]
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    size: Literal["small", "medium", "large"] = "medium"

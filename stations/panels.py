"""Panels: what higher apps show on the pages of sites and chargers.

`stations` knows no sessions, batteries or staff. An app above it registers, in its `ready()`, what it has to say:

    register_panel(Site, name="latest-sessions", permission="charging.view_session", build=latest_sessions)

`build(record, account)` gives a `core.parts.Related` (a short table), or None where it has nothing to say. It asks
`visible_to` for its rows like everybody else, and should take a fixed number of queries.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.parts import Related
from core.rights import may

Build = Callable[[Any, Any], Related | None]


@dataclass(frozen=True)
class Panel:
    """One registered panel: who may see it, and how it is built from a record for an account."""

    name: str
    permission: str
    build: Build
    order: int = 50


_panels: dict[Any, dict[str, Panel]] = {}


def register_panel(model: Any, *, name: str, permission: str, build: Build, order: int = 50) -> None:
    """Show what `build` gives on the pages of `model` to those who hold `permission` at the record's site.

    The lowest `order` comes first. A name that is registered already for the model is replaced.
    """
    _panels.setdefault(model, {})[name] = Panel(name, permission, build, order)


def unregister_panel(model: Any, name: str) -> None:
    """Take a panel away; a name that is not registered is none's loss."""
    _panels.get(model, {}).pop(name, None)


def panels_of(record: Any, *, account: Any, site: Any) -> list[Related]:
    """The panels on the page of `record`, which stands at `site`, for `account`."""
    chosen = sorted(_panels.get(type(record), {}).values(), key=lambda panel: (panel.order, panel.name))
    built = (panel.build(record, account) for panel in chosen if may(account, panel.permission, site))
    return [related for related in built if related is not None]

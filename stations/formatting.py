"""Values of this app as people read them."""

from __future__ import annotations

from core.formatting import NO_BREAK, number


def metres_text(metres: float) -> str:
    """A distance in metres, from a kilometre on in kilometres with two digits."""
    if metres < 1000:
        return f"{number(round(metres))}{NO_BREAK}m"
    return f"{number(round(metres / 1000, 2), 2)}{NO_BREAK}km"

"""The deeds that may need a second person."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from core.errors import Text


@dataclass(frozen=True)
class Deed:
    """One deed: who may ask for it, who may approve it, and how it is done.

    `is_on` is what holds until a network says otherwise; one with `can_be_off=False` needs a second person in every
    network. Where deeds have an amount (in `unit`), a network chooses from which one on, up to `highest_threshold`.
    `place` gives the place that a question is about, from its parameters; None: the network.
    """

    code: str
    text: Text
    ask: str
    approve: str
    run: Callable[..., Any]
    is_on: bool = True
    can_be_off: bool = True
    unit: Text = ""
    threshold: Decimal | None = None
    highest_threshold: Decimal | None = None
    waits: timedelta = timedelta(days=7)
    place: Callable[[dict[str, Any]], Any] | None = None

    @property
    def has_amount(self) -> bool:
        """Whether a threshold makes sense."""
        return bool(self.unit)


_deeds: dict[str, Deed] = {}


def register_deed(deed: Deed) -> None:
    """Register a deed (in the app's ready()); one with the same code is replaced."""
    _deeds[deed.code] = deed


def unregister_deed(code: str) -> None:
    """Take a deed away; one that is not registered is none's loss."""
    _deeds.pop(code, None)


def deed_of(code: str) -> Deed | None:
    """The deed of a code; None for one that no app registers (any more)."""
    return _deeds.get(code)


def all_deeds() -> list[Deed]:
    """All deeds, by their codes."""
    return [_deeds[code] for code in sorted(_deeds)]


def deed_text(code: str) -> str:
    """What a deed is called; an old approval's deed that is no longer registered is shown as it is."""
    deed = deed_of(code)
    return str(deed.text) if deed else code

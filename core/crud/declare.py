"""What a CRUDView declares: columns, filters, sections, related rows and business verbs. Plain frozen values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from core.errors import Text
from core.parts import CellKind

NETWORK_CURRENCY = "network"
"""`Column(currency=NETWORK_CURRENCY)`: the amounts are in the currency of the network in scope."""


@dataclass(frozen=True)
class Column:
    """A value of a row: a column of the list and of exports, a fact of the detail page.

    `name` is a field, a path over foreign keys ("charger__site"), or a name of its own with `annotate` (computed by the
    database), with `value` (computed in Python from the row), or of an attribute of the model. What is left out comes
    from the field. `sort` names the lookups to sort by (True: those of the field; None: cannot be sorted), `needs` the
    foreign keys that `value` looks at, `permission` a right that is needed to see the value at all.
    """

    name: str
    label: Text = ""
    kind: CellKind | None = None
    unit: Text = ""
    decimals: int | None = None
    help: Text = ""
    currency: str = ""
    vocabulary: str = ""
    annotate: Callable[[], Any] | None = None
    value: Callable[[Any], Any] | None = None
    sort: bool | str | Sequence[str] | None = True
    needs: Sequence[str] = ()
    permission: str = ""
    fixed: bool = False


@dataclass(frozen=True)
class Filter:
    """A filter of the list, made after the kind of the field `field` (default: `name`).

    Choices: some of them; foreign keys: one record by its code; numbers and days: from … to; texts: what is contained.
    """

    name: str
    field: str = ""
    label: Text = ""

    @property
    def path(self) -> str:
        """The lookup path of the field."""
        return self.field or self.name


@dataclass(frozen=True)
class Section:
    """A titled group of facts on the detail page."""

    title: Text
    columns: Sequence[str | Column]
    wide: bool = False


@dataclass(frozen=True)
class RelatedRows:
    """A short table on the detail page: the rows of `model` (or its label) whose foreign key `by` is this record.

    Columns, order and rights are those of the CRUDView of that model.
    """

    model: Any
    by: str
    columns: Sequence[str] = ()
    rows: int = 5
    title: Text = ""


@dataclass(frozen=True)
class RowAction:
    """A business verb on one record: shown to those who hold `permission` on it, where `when(row)` is true."""

    label: Text
    view: str
    permission: str
    icon: str = ""
    tone: Literal["primary", "secondary", "quiet", "danger"] = "secondary"
    when: Callable[[Any], bool] | None = None
    post: bool = False
    in_menu: bool = False
    dialog: bool = False
    hint: Text = ""


@dataclass(frozen=True)
class ListAction:
    """A business verb on the list as a whole, shown to those who hold `permission` anywhere in the network."""

    label: Text
    view: str
    permission: str
    icon: str = ""
    tone: Literal["primary", "secondary", "quiet", "danger"] = "secondary"
    args: Sequence[Any] = ()
    query: str = ""
    in_menu: bool = False

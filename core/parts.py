"""The parts of a page that Python hands to the generic templates.

Plain frozen values: a view builds them, ``templates/generic`` and the tags of ``core.templatetags.ui`` draw them.
They carry raw values (integer Wh, aware datetimes, Decimals); text is made of them only by the templates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from core.errors import Text

CellKind = Literal[
    "text",
    "code",
    "number",
    "energy",
    "power",
    "money",
    "percent",
    "duration",
    "date",
    "datetime",
    "ago",
    "state",
    "flag",
    "link",
]
Align = Literal["start", "center", "end"]
SortState = Literal["", "ascending", "descending"]

#: Kinds whose values are figures: right-aligned, tabular, with the unit in the column's head.
FIGURES = frozenset({"number", "energy", "power", "money", "percent", "duration"})


@dataclass(frozen=True)
class Crumb:
    """One step of the path above the title; the last has no address."""

    label: Text
    url: str = ""


@dataclass(frozen=True)
class Action:
    """A button or menu item. ``post`` makes it a one-button form with the CSRF token."""

    label: Text
    url: str
    icon: str = ""
    tone: Literal["primary", "secondary", "quiet", "danger"] = "secondary"
    post: bool = False
    hint: Text = ""
    in_menu: bool = False  # under "More" instead of beside the title
    dialog: bool = False  # the page behind it (generic/confirm.html) opens as a dialog where scripts run


@dataclass(frozen=True)
class State:
    """A state to draw as a pill: ``vocabulary`` and ``value`` choose the colour, ``label`` is what people read."""

    vocabulary: str
    value: str
    label: Text

    def __str__(self) -> str:
        return str(self.label)


@dataclass(frozen=True)
class Link:
    """A value that leads somewhere."""

    label: Text
    url: str

    def __str__(self) -> str:
        return str(self.label)


@dataclass(frozen=True)
class Column:
    """One column of a table. ``sort_url`` toggles the order; empty for a column that cannot be sorted."""

    name: str
    label: Text
    kind: CellKind = "text"
    unit: Text = ""
    sort_url: str = ""
    sort_state: SortState = ""
    help: Text = ""
    decimals: int | None = None
    currency: str = ""

    @property
    def align(self) -> Align:
        """Figures stand at the end so that their digits line up."""
        return "end" if self.kind in FIGURES else "start"


@dataclass(frozen=True)
class Cell:
    """One value under its column; None and "" are drawn as a dash."""

    column: Column
    value: Any
    url: str = ""


@dataclass(frozen=True)
class Row:
    """One line of a table. ``url`` is the record's page: the first cell becomes a link and the line clickable.

    ``actions`` are drawn at its end as small links; a deed that posts asks on a page of its own first.
    """

    cells: Sequence[Cell]
    url: str = ""
    object: Any = None
    tone: Literal["", "warning", "danger", "muted"] = ""
    actions: Sequence[Action] = ()


@dataclass(frozen=True)
class PageLink:
    """A page number to jump to; ``number`` None is the gap between far numbers."""

    number: int | None
    url: str = ""
    current: bool = False


@dataclass(frozen=True)
class PageSize:
    """A choice of how many rows a page shows."""

    size: int
    url: str
    current: bool = False


@dataclass(frozen=True)
class Page:
    """Where the reader stands in a list. ``total_is_exact`` False draws "about 1,200,000"."""

    number: int
    first: int
    last: int
    total: int
    total_is_exact: bool = True
    previous_url: str = ""
    next_url: str = ""
    links: Sequence[PageLink] = ()


@dataclass(frozen=True)
class ActiveFilter:
    """A filter in force, drawn as a chip whose cross leads to the list without it."""

    label: Text
    value: Text
    remove_url: str


@dataclass(frozen=True)
class ColumnChoice:
    """A box of the column chooser; ``fixed`` columns cannot be hidden."""

    name: str
    label: Text
    visible: bool
    fixed: bool = False


@dataclass(frozen=True)
class Export:
    """A download of the filtered list, such as "CSV" under "Visible columns"."""

    label: Text
    url: str
    group: Text = ""


@dataclass(frozen=True)
class Empty:
    """What to say, and what to do next, where there is nothing to show."""

    title: Text
    text: Text = ""
    icon: str = "inbox"
    actions: Sequence[Action] = ()


@dataclass(frozen=True)
class Tab:
    """A tab is a link to a page of its own address; ``count`` None draws no number."""

    label: Text
    url: str
    current: bool = False
    count: int | None = None
    icon: str = ""


@dataclass(frozen=True)
class Fact:
    """One line of a definition list. ``kind`` as for columns."""

    label: Text
    value: Any
    kind: CellKind = "text"
    unit: Text = ""
    url: str = ""
    help: Text = ""
    decimals: int | None = None
    currency: str = ""


@dataclass(frozen=True)
class Section:
    """A titled group of facts on a record's page. ``wide`` takes the whole width."""

    title: Text
    facts: Sequence[Fact]
    wide: bool = False


@dataclass(frozen=True)
class Related:
    """A short table below the facts of a record, with the way to all of it."""

    title: Text
    columns: Sequence[Column]
    rows: Sequence[Row]
    count: int | None = None
    url: str = ""
    actions: Sequence[Action] = ()
    empty: Empty | None = None


@dataclass(frozen=True)
class Change:
    """One field of a changed record, before and after."""

    label: Text
    before: Any
    after: Any


@dataclass(frozen=True)
class Entry:
    """One line of a timeline: who did what, when; ``tone`` colours its mark."""

    at: datetime
    title: Text
    actor: Text = ""
    icon: str = "pencil"
    tone: Literal["", "success", "warning", "danger", "info"] = ""
    reason: Text = ""
    changes: Sequence[Change] = ()
    url: str = ""
    request_id: str = ""  # under which the log and the work records name the same deed


@dataclass(frozen=True)
class Consequence:
    """One line of what a deed does: ``count`` rows of ``label`` are deleted, changed or kept."""

    label: Text
    effect: Literal["removed", "changed", "kept"] = "removed"
    count: int | None = None
    url: str = ""


@dataclass(frozen=True)
class Delta:
    """A difference to a period before. ``good`` says whether the direction is welcome (None: neither)."""

    value: Decimal | float | int
    unit: Text = "%"
    good: bool | None = None
    note: Text = ""

    @property
    def direction(self) -> Literal["up", "down", "flat"]:
        """Which way the arrow points."""
        if self.value == 0:
            return "flat"
        return "up" if self.value > 0 else "down"


@dataclass(frozen=True)
class NavItem:
    """A line of the side bar; ``count`` draws a small number (for example rows waiting)."""

    label: Text
    url: str
    icon: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True)
class NavGroup:
    """A titled group of the side bar; the first group may have no title."""

    title: Text
    items: Sequence[NavItem] = ()


@dataclass(frozen=True)
class Chrome:
    """What stands around every page; a context processor gives it as ``chrome``. Empty addresses draw nothing."""

    home_url: str = "/"
    navigation: Sequence[NavGroup] = ()
    networks: Sequence[NavItem] = ()  # the account's networks, at most a handful; all of them stand at networks_url
    networks_url: str = ""
    account_links: Sequence[NavItem] = ()
    sign_in_url: str = ""
    sign_out_url: str = ""  # POST
    search_url: str = ""  # GET with q
    search_text: str = ""
    live_url: str = ""  # the server-sent events of this network
    account_name: Text = ""
    account_note: Text = ""  # such as the role or the e-mail address
    language_url: str = ""  # POST with language and next
    languages: Sequence[tuple[str, str]] = field(default_factory=tuple)

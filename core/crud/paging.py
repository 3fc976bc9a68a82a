"""Pages of long lists: a count that stays cheap, and keys that make page 10,000 as quick as page 1.

Small lists (up to `EXACT` rows) are counted exactly and cut by OFFSET. In longer ones the total is the planner's
estimate, numbered pages reach as far as OFFSET is cheap, and "next", "previous" and "last" go by keys: "next" asks for
the rows after the last one shown, whose code stands in the address.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _

from core.crud.columns import field_path
from core.crud.params import LAST, ListParams
from core.errors import Text
from core.parts import Page, PageLink

EXACT = 10_000
"""Lists are counted exactly up to so many rows, and numbered pages reach as far."""
NEIGHBOURS = 2


@dataclass(frozen=True)
class OrderBy:
    """One lookup to sort by."""

    lookup: str
    descending: bool = False
    nullable: bool = False

    def expression(self, *, backwards: bool = False) -> Any:
        """What ORDER BY gets; what is not known stands at the end in either direction."""
        descending = self.descending != backwards
        if not self.nullable:
            return F(self.lookup).desc() if descending else F(self.lookup).asc()
        nulls = {"nulls_first": True} if backwards else {"nulls_last": True}
        return F(self.lookup).desc(**nulls) if descending else F(self.lookup).asc(**nulls)


def full_order(model: Any, lookups: Sequence[str]) -> tuple[OrderBy, ...]:
    """The order by `lookups` ("-started_at" is descending), ended by the key so that it is the same every time."""
    order = []
    for item in lookups:
        lookup = item.removeprefix("-")
        order.append(OrderBy(lookup, item.startswith("-"), _is_nullable(model, lookup)))
    if not _is_total(model, order):
        order.append(OrderBy("pk", order[0].descending if order else False))
    return tuple(order)


def _is_nullable(model: Any, lookup: str) -> bool:
    path = field_path(model, lookup)
    return path is None or any(step.null for step in path)


def _is_total(model: Any, order: Sequence[OrderBy]) -> bool:
    """Whether the order leaves no ties: it holds the key, or all of a unique constraint of the network."""
    names = {item.lookup for item in order}
    if names & {"pk", "id", model._meta.pk.name}:
        return True
    return any(
        isinstance(constraint, models.UniqueConstraint)
        and constraint.fields
        and constraint.condition is None
        and set(constraint.fields) - {"network"} <= names
        and not any(_is_nullable(model, name) for name in constraint.fields)
        for constraint in model._meta.constraints
    )


def ordered(rows: Any, order: Sequence[OrderBy], *, backwards: bool = False) -> Any:
    """The rows in that order, or in the opposite one."""
    return rows.order_by(*(item.expression(backwards=backwards) for item in order))


def beyond(order: Sequence[OrderBy], values: Sequence[Any], *, backwards: bool = False) -> Q:
    """The rows that come after (before) the one with these sort values."""
    found, equal = Q(), Q()
    for item, value in zip(order, values, strict=True):
        further = _further(item, value, backwards)
        if further is not None:
            found |= equal & further
        equal &= Q(**{f"{item.lookup}__isnull": True}) if value is None else Q(**{item.lookup: value})
    first, value = order[0], values[0]
    if value is not None and not (first.nullable and not backwards):
        # The same said as a plain range over the first column, so that an index on it is entered at the right place.
        found &= Q(**{f"{first.lookup}__{_sign(first, backwards)}e": value})
    return found


def _further(item: OrderBy, value: Any, backwards: bool) -> Q | None:
    if value is None:  # the unknown stand at the end
        return Q(**{f"{item.lookup}__isnull": False}) if backwards else None
    further = Q(**{f"{item.lookup}__{_sign(item, backwards)}": value})
    return further | Q(**{f"{item.lookup}__isnull": True}) if item.nullable and not backwards else further


def _sign(item: OrderBy, backwards: bool) -> str:
    return "lt" if item.descending != backwards else "gt"


def count_up_to(rows: Any, most: int = EXACT) -> int:
    """How many rows, counted no further than one above `most`."""
    return int(rows.order_by()[: most + 1].count())


def estimated_count(rows: Any) -> int:
    """How many rows PostgreSQL's planner expects, to two figures; for lists that are too long to count."""
    plan = rows.order_by().values("pk").explain(format="json")
    expected = float(json.loads(plan)[0]["Plan"]["Plan Rows"])
    return int(float(f"{max(expected, EXACT + 1):.1e}"))


@dataclass
class Slice:
    """The keys of one page of rows, and where it stands."""

    keys: list[Any]
    number: int
    size: int
    total: int
    exact: bool
    before: bool
    after: bool
    first: int
    problems: list[Text] = field(default_factory=list)


def cut(rows: Any, order: Sequence[OrderBy], params: ListParams, anchor: Sequence[Any] | None) -> Slice:
    """The page of `rows` that the address asks for. `anchor`: sort values of the row named by after or before."""
    total = count_up_to(rows)
    exact = total <= EXACT
    if not exact:
        total = estimated_count(rows)
    size = params.size
    pages = max(1, -(-total // size))
    if anchor is not None and not exact:
        return _by_key(rows, order, params, anchor, total)
    if params.page == LAST and not exact:
        keys = _keys(ordered(rows, order, backwards=True), size)[::-1]
        return Slice(keys, pages, size, total, False, True, False, total - len(keys) + 1)
    problems: list[Text] = []
    reach = pages if exact else EXACT // size
    number = pages if params.page == LAST else int(params.page)
    if number > reach:
        problems.append(_too_far(number, reach, exact))
        number = reach
    offset = (number - 1) * size
    keys = _keys(ordered(rows, order), size + 1, offset)
    return Slice(keys[:size], number, size, total, exact, number > 1, len(keys) > size, offset + 1, problems)


def _too_far(number: int, reach: int, exact: bool) -> Text:
    if exact:
        return _("There is no page %(number)s; this is the last one, %(last)s.") % {"number": number, "last": reach}
    return _("Page %(number)s is too far to jump to; this is page %(last)s. Filter the list, or start at its end.") % {
        "number": number,
        "last": reach,
    }


def _by_key(rows: Any, order: Sequence[OrderBy], params: ListParams, anchor: Sequence[Any], total: int) -> Slice:
    backwards = not params.after
    found = ordered(rows.filter(beyond(order, anchor, backwards=backwards)), order, backwards=backwards)
    keys = _keys(found, params.size + 1)
    more = len(keys) > params.size
    keys = keys[: params.size]
    number = params.page if isinstance(params.page, int) else 1
    if backwards:
        keys = keys[::-1]
        number = max(number, 2) if more else 1
    else:
        number = max(number, 2)
    first = (number - 1) * params.size + 1
    at_end = not backwards and not more
    total = first + len(keys) - 1 if at_end else max(total, first + len(keys))
    before, after = (more, True) if backwards else (True, more)
    return Slice(keys, number, params.size, total, False, before, after, first)


def _keys(rows: Any, most: int, offset: int = 0) -> list[Any]:
    return list(rows.values_list("pk", flat=True)[offset : offset + most])


def page_of(part: Slice, params: ListParams, path: str, first_key: str, last_key: str) -> Page:
    """The page as the template draws it. `first_key` and `last_key` name the outermost rows in addresses."""
    number, last_page = part.number, max(1, -(-part.total // part.size))
    by_key = not part.exact
    previous_url = next_url = ""
    if part.before:
        key = {"before": first_key} if by_key else {}
        previous_url = params.another(path, page=_page(number - 1), **key)
    if part.after:
        next_url = params.another(path, page=str(number + 1), **({"after": last_key} if by_key else {}))
    return Page(
        number=number,
        first=part.first if part.keys else 0,
        last=part.first + len(part.keys) - 1 if part.keys else 0,
        total=part.total,
        total_is_exact=part.exact,
        previous_url=previous_url,
        next_url=next_url,
        links=_links(number, last_page, part, params, path) if part.before or part.after else (),
    )


def _page(number: int) -> str | None:
    return None if number == 1 else str(number)


def _links(number: int, last_page: int, part: Slice, params: ListParams, path: str) -> list[PageLink]:
    wanted = {1, number, last_page}
    wanted |= {near for near in range(number - NEIGHBOURS, number + NEIGHBOURS + 1) if 1 <= near <= last_page}
    links: list[PageLink] = []
    previous = 0
    for page in sorted(wanted):
        url = params.another(path, page=_page(page))
        if not part.exact and page == last_page and page != number:
            url = params.another(path, page=LAST)
        elif page != number and page > EXACT // part.size:
            continue  # too far for a number; "next" and "previous" lead there
        if page > previous + 1:
            links.append(PageLink(None))
        links.append(PageLink(page, url, current=page == number))
        previous = page
    return links

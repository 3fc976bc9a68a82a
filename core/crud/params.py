"""The address of a list: what it asks for, what of it makes no sense, and the addresses of its neighbours."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from core.errors import Text

PAGE_SIZES = (25, 50, 100, 200)
DEFAULT_SIZE = 50
SORT, PAGE, SIZE, COLUMNS, AFTER, BEFORE = "sort", "page", "size", "columns", "after", "before"
OWN = (SORT, PAGE, SIZE, COLUMNS, AFTER, BEFORE)
PLACE = (PAGE, AFTER, BEFORE)  # where in the list; gone as soon as the list is another one
LAST = "last"
_NUMBER = re.compile(r"[0-9]{1,9}")
MOST_SHOWN = 40


@dataclass
class ListParams:
    """What an address asks of a list. `problems` says in words what of it was left out."""

    query: QueryDict
    filter_names: Collection[str]
    sort: str = ""
    page: int | str = 1
    size: int = DEFAULT_SIZE
    columns: tuple[str, ...] = ()
    after: str = ""
    before: str = ""
    problems: list[Text] = field(default_factory=list)

    def url(self, path: str, **changes: str | None) -> str:
        """`path` with this address's parameters, some of them changed (None: left out)."""
        query = self.query.copy()
        for name, value in changes.items():
            if value is None:
                query.pop(name, None)
            else:
                query[name] = value
        text = query.urlencode(safe=",")
        return f"{path}?{text}" if text else path

    def another(self, path: str, **changes: str | None) -> str:
        """The same as `url`, for a list in another order or of other rows: its place in the list is gone."""
        return self.url(path, **{**dict.fromkeys(PLACE), **changes})

    def kept(self) -> list[tuple[str, str]]:
        """The parameters that filtering keeps: order, page size and columns."""
        return [(name, value) for name in (SORT, SIZE, COLUMNS) for value in self.query.getlist(name)[-1:]]


def read_params(
    query: QueryDict,
    *,
    filter_names: Collection[str],
    sortable: Collection[str],
    columns: Collection[str],
    besides: Iterable[str] = (),
) -> ListParams:
    """Read an address; whatever makes no sense is left out of it and said in `problems`."""
    known = {*OWN, *filter_names, *besides}
    kept = QueryDict(mutable=True)
    for name, values in query.lists():
        said = [value for value in values if value]  # an empty field of the filter form asks for nothing
        if name in known and said:
            kept.setlist(name, said)
    params = ListParams(kept, filter_names)
    unknown = sorted(set(query) - known)
    if unknown:
        params.problems.append(_("This list does not know %(names)s.") % {"names": _quoted(unknown)})
    _read_sort(params, sortable)
    _read_page(params)
    _read_size(params)
    _read_columns(params, columns)
    params.after, params.before = query.get(AFTER, ""), query.get(BEFORE, "")
    return params


def _read_sort(params: ListParams, sortable: Collection[str]) -> None:
    wanted = params.query.get(SORT, "")
    if wanted.removeprefix("-") in sortable:
        params.sort = wanted
    elif wanted:
        _drop(params, SORT, _("This list cannot be sorted by %(value)s."), wanted)


def _read_page(params: ListParams) -> None:
    wanted = params.query.get(PAGE, "")
    if wanted == LAST:
        params.page = LAST
    elif _NUMBER.fullmatch(wanted) and int(wanted) > 0:
        params.page = int(wanted)
    elif wanted:
        _drop(params, PAGE, _("%(value)s is no page; this is the first."), wanted)


def _read_size(params: ListParams) -> None:
    wanted = params.query.get(SIZE, "")
    if wanted in map(str, PAGE_SIZES):
        params.size = int(wanted)
    elif wanted:
        _drop(params, SIZE, _("A page cannot have %(value)s rows."), wanted)


def _read_columns(params: ListParams, columns: Collection[str]) -> None:
    wanted = [name for text in params.query.getlist(COLUMNS) for name in text.split(",") if name]
    params.columns = tuple(dict.fromkeys(name for name in wanted if name in columns))
    unknown = [name for name in wanted if name not in columns]
    if unknown:
        params.problems.append(_("This list has no column %(names)s.") % {"names": _quoted(unknown)})
        params.query.pop(COLUMNS, None)
        if params.columns:
            params.query[COLUMNS] = ",".join(params.columns)


def _drop(params: ListParams, name: str, problem: str, value: str) -> None:
    params.problems.append(problem % {"value": _quoted([value])})
    params.query.pop(name, None)


def _quoted(names: Sequence[str]) -> str:
    shown = [f"“{name if len(name) <= MOST_SHOWN else name[: MOST_SHOWN - 1] + '…'}”" for name in names[:5]]
    return ", ".join([*shown, "…"] if len(names) > 5 else shown).replace("\x00", "␀")


def filter_data(params: ListParams) -> Mapping[str, Any]:
    """The part of the address that the filters read."""
    data = QueryDict(mutable=True)
    for name in params.filter_names:
        if name in params.query:
            data.setlist(name, params.query.getlist(name))
    return data

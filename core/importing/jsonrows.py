"""JSON files (RFC 8259): a list of objects, or an object that holds such lists by name; read as a stream."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import ijson
from django.utils.translation import gettext as _

from core.importing.errors import UnreadableFile
from core.importing.limits import Inflated, Limits, open_bytes
from core.importing.tables import Detected, Fault, Options, SourceRow, Table, no_rows, nothing_inside
from core.importing.text import too_many_rows

USUAL_LIST = "rows"
"""The list that is read from an object when nobody chose another."""

_MAX_TOKEN = 4 * 1024 * 1024
_BOM = b"\xef\xbb\xbf"
_MAX_DEPTH = 40
_MAX_DIGITS = 40


class JsonTable(Table):
    """A list of objects; the columns are all their keys, in the order in which they appear first."""

    def __init__(self, path: Path, *, compressed: bool, options: Options, limits: Limits) -> None:
        self._path, self._compressed, self._limits = path, compressed, limits
        self._mark = options.decimal_mark or "."
        lists, titles = self._survey()
        self._list = self._choose(lists, options.sheet)
        self.columns = lists[self._list][1]
        if not lists[self._list][0]:
            raise nothing_inside()
        if not self.columns:
            raise no_rows()
        self.detected = Detected(
            format="json",
            compressed=compressed,
            encoding="utf-8",
            decimal_mark=self._mark,
            titles=tuple(titles),
            sheet=self._list,
            sheets=tuple(name for name in lists if name),
        )

    def rows(self) -> Iterator[SourceRow]:
        blank = dict.fromkeys(self.columns, "")
        for name, number, values, faults in self._objects():
            if name == self._list and (faults or any(value.strip() for value in values.values())):
                yield SourceRow(number, {**blank, **values}, "", tuple(faults))

    def _survey(self) -> tuple[dict[str, tuple[int, list[str]]], list[str]]:
        """For each list the number of its objects and their keys, and the single values beside the lists."""
        counts: dict[str, int] = {}
        columns: dict[str, dict[str, None]] = {}
        titles: list[str] = []
        names: list[str] = []
        for name, number, values, _faults in self._objects(titles, names):
            counts[name] = number
            known = columns.setdefault(name, {})
            known.update(dict.fromkeys(values))
            if len(known) > self._limits.columns:
                raise UnreadableFile(
                    _("The objects have more than %(limit)s different keys.") % {"limit": self._limits.columns},
                    place=_place(number),
                )
        if not names:
            raise UnreadableFile(
                _("The file holds no list of objects."),
                advice=_('Each row is written as {"name": value, …} in a list.'),
            )
        return {name: (counts.get(name, 0), list(columns.get(name, ()))) for name in names}, titles[:10]

    def _choose(self, lists: dict[str, Any], asked: str | None) -> str:
        if asked is not None and asked in lists:
            return asked
        if asked is None and ("" in lists or USUAL_LIST in lists):
            return "" if "" in lists else USUAL_LIST
        if asked is None and len(lists) == 1:
            return next(iter(lists))
        names = ", ".join(name for name in lists if name)
        raise UnreadableFile(
            _("The file holds several lists and it is not clear which one to read.")
            if asked is None
            else _("The file has no list “%(name)s” of objects.") % {"name": asked},
            advice=_("Choose one of: %(names)s.") % {"names": names},
        )

    def _objects(
        self, titles: list[str] | None = None, names: list[str] | None = None
    ) -> Iterator[tuple[str, int, dict[str, str], list[Fault]]]:
        """(list, number of the object in it, values, faults) of every object in every list.

        `titles` and `names` are filled with the single values and with the names of the lists.
        """
        reader = _ObjectReader(
            self._mark, self._limits, [] if titles is None else titles, [] if names is None else names
        )
        with open_bytes(self._path, compressed=self._compressed, limits=self._limits) as stream:
            source = _Source(stream)
            try:
                for event, value in ijson.basic_parse(source, buf_size=64 * 1024):
                    source.unanswered = 0
                    if reader.take(event, value):
                        yield reader.name, reader.number, reader.values, reader.faults
            except ijson.JSONError as error:
                raise UnreadableFile(
                    _("The JSON is broken here (%(reason)s).") % {"reason": str(error).splitlines()[0].strip()},
                    place=_place(reader.at),
                    advice=_("Export the file again, encoded as UTF-8."),
                ) from error


def _place(number: int) -> str:
    return _("Object %(number)s") % {"number": number}


class _Source:
    """The bytes without their mark; refuses a single value that would fill the memory."""

    def __init__(self, stream: IO[bytes] | Inflated) -> None:
        self._stream, self._begun = stream, False
        self.unanswered = 0

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        if not self._begun and size != 0:
            self._begun = True
            data = data.removeprefix(_BOM) or self._stream.read(size)
        self.unanswered += len(data)
        if self.unanswered > _MAX_TOKEN:
            raise UnreadableFile(_("One value of the file is longer than any cell; it is no table."))
        return data


class _ObjectReader:
    """Builds flat objects of texts from the events of the parser."""

    def __init__(self, mark: str, limits: Limits, titles: list[str], names: list[str]) -> None:
        self._mark, self._limits, self._titles, self._names = mark, limits, titles, names
        self.name, self.number = "", 0
        self.values: dict[str, str] = {}
        self.faults: list[Fault] = []
        self._depth = 0
        self._list_depth = 0
        self._top_key = self._key = ""

    def take(self, event: str, value: Any) -> bool:
        """Handle one event; True when an object of a list is complete."""
        if event in ("start_map", "start_array"):
            self._open(event)
            return False
        if event in ("end_map", "end_array"):
            return self._close(event)
        if event == "map_key":
            self._take_key(value)
        elif self._list_depth and self._depth == self._list_depth:
            raise self._no_object()
        elif self._list_depth and self._depth == self._list_depth + 1:
            self.values[self._key] = self._text(value)
        elif self._depth <= 1:
            self._titles.append(f"{self._top_key}: {self._text(value)}" if self._top_key else self._text(value))
        return False

    @property
    def at(self) -> int:
        """Number of the object that is being read, or that would come next."""
        return self.number + (not self._list_depth or self._depth <= self._list_depth)

    def _open(self, event: str) -> None:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise UnreadableFile(_("The values are nested too deeply; this is no table."), place=_place(self.number))
        in_list = self._list_depth and self._depth == self._list_depth + 1
        if in_list and event == "start_array":
            raise self._no_object()
        if in_list:
            self._begin_object()
        elif self._list_depth and self._depth == self._list_depth + 2:
            message = _("The value is a list or an object of its own; a cell holds a single value.")
            self.values[self._key] = ""
            self.faults.append(Fault(self._key, "", message))
        elif not self._list_depth and event == "start_array" and self._depth <= 2:
            self._list_depth, self.name, self.number = self._depth, self._top_key, 0
            self._names.append(self.name)

    def _begin_object(self) -> None:
        self.number += 1
        if self.number > self._limits.rows:
            raise too_many_rows(self._limits)
        self.values, self.faults = {}, []

    def _close(self, event: str) -> bool:
        complete = event == "end_map" and bool(self._list_depth) and self._depth == self._list_depth + 1
        if self._depth == self._list_depth:
            self._list_depth = 0
        self._depth -= 1
        return complete

    def _take_key(self, key: str) -> None:
        if self._list_depth and self._depth == self._list_depth + 1:
            self._key = key
            if key in self.values:
                message = _("The object has the key “%(key)s” twice.") % {"key": key}
                self.faults.append(Fault(key, self.values[key], message))
        elif not self._list_depth and self._depth == 1:
            self._top_key = key

    def _no_object(self) -> UnreadableFile:
        return UnreadableFile(
            _("The list holds something else than objects with named values."),
            place=_place(self.number + 1),
            advice=_('Each row is written as {"name": value, …}.'),
        )

    def _text(self, value: Any) -> str:
        if isinstance(value, str):
            return value.replace("\0", "")
        if value is None:
            return ""
        if isinstance(value, bool):
            return "true" if value else "false"
        exact = Decimal(value)
        # Written out, 1e999999999 would be a gigabyte of digits.
        figure = format(exact, "f") if abs(exact.adjusted()) <= _MAX_DIGITS else str(exact)
        return figure.replace(".", self._mark) if self._mark != "." else figure

"""The parts of a workbook around its sheets: names, styles that mean dates, shared texts (ECMA-376, part 1)."""

from __future__ import annotations

import posixpath
import re
import sys
import zipfile
from dataclasses import dataclass, field
from typing import Literal

from django.utils.translation import gettext as _

from core.importing.errors import UnreadableFile
from core.importing.limits import Limits, damaged_archive, megabytes, read_part
from core.importing.xml import Start, local, parse

DateKind = Literal["", "date", "time", "datetime", "duration"]

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NOT_PLACEHOLDERS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
# Built-in number formats of ECMA-376 part 1, 18.8.30, and the East Asian ones beside them.
_BUILT_IN: dict[int, DateKind] = {
    **dict.fromkeys((14, 15, 16, 17, *range(27, 32), 36, *range(50, 55), 57, 58), "date"),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 34, 35, 45, 47, 55, 56), "time"),
    22: "datetime",
    46: "duration",
}


@dataclass(frozen=True)
class Sheet:
    """A sheet of cells and the part of the archive that holds it."""

    name: str
    part: str
    hidden: bool = False


@dataclass
class Workbook:
    """What the sheets refer to."""

    sheets: list[Sheet] = field(default_factory=list)
    date_kinds: list[DateKind] = field(default_factory=list)
    """By the style number of a cell."""
    strings: list[str] = field(default_factory=list)
    epoch_1904: bool = False


def read_workbook(archive: zipfile.ZipFile, limits: Limits) -> Workbook:
    """The directory of a workbook. Raises UnreadableFile when it is damaged or its shared texts are too many."""
    main = next(iter(_relations(archive, "", limits, "officeDocument").values()), "xl/workbook.xml")
    if main not in archive.namelist():
        raise damaged_archive()
    workbook = Workbook()
    _read_sheets(archive, main, workbook, limits)
    for target in _relations(archive, main, limits, "styles").values():
        workbook.date_kinds = _read_styles(archive, target, limits)
    for target in _relations(archive, main, limits, "sharedStrings").values():
        workbook.strings = _read_strings(archive, target, limits)
    if not workbook.sheets:
        raise UnreadableFile(_("The workbook has no sheet of cells."))
    return workbook


def _relations(archive: zipfile.ZipFile, part: str, limits: Limits, kind: str) -> dict[str, str]:
    """Targets of a part's relations of one kind, by their id; only those that are in the archive."""
    folder, name = posixpath.split(part)
    source = posixpath.join(folder, "_rels", f"{name}.rels")
    found: dict[str, str] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if local(tag) == "Relationship" and attributes.get("Type", "").endswith(f"/{kind}"):
            target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", ""))).lstrip("/")
            if target in archive.NameToInfo:
                found[attributes.get("Id", "")] = target

    if source in archive.NameToInfo:
        _run(archive, source, limits, start)
    return found


def _run(archive: zipfile.ZipFile, part: str, limits: Limits, start: Start) -> None:
    """Feed one small part, of which only the starts of elements matter."""
    for _piece in parse(
        read_part(archive, part, limits),
        start=start,
        end=_nothing,
        text=_nothing,
        part=part,
    ):
        pass


def _nothing(*_arguments: object) -> None:
    """Handler for what does not matter."""


def _read_sheets(archive: zipfile.ZipFile, main: str, workbook: Workbook, limits: Limits) -> None:
    targets = _relations(archive, main, limits, "worksheet")

    def start(tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name == "workbookPr":
            workbook.epoch_1904 = attributes.get("date1904") in ("1", "true")
        elif name == "sheet":
            relation = next((value for key, value in attributes.items() if local(key) == "id" and ":" in key), "")
            if relation in targets:
                hidden = attributes.get("state", "visible") != "visible"
                workbook.sheets.append(Sheet(attributes.get("name", ""), targets[relation], hidden))

    _run(archive, main, limits, start)


def _read_styles(archive: zipfile.ZipFile, part: str, limits: Limits) -> list[DateKind]:
    own: dict[int, DateKind] = {}
    kinds: list[DateKind] = []
    inside = ""

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        name = local(tag)
        if name in ("cellXfs", "cellStyleXfs", "dxfs"):
            inside = name
        elif name == "numFmt" and inside == "":
            own[_number(attributes.get("numFmtId"))] = date_kind(attributes.get("formatCode", ""))
        elif name == "xf" and inside == "cellXfs":
            number = _number(attributes.get("numFmtId"))
            kinds.append(own[number] if number in own else _BUILT_IN.get(number, ""))

    _run(archive, part, limits, start)
    return kinds


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def date_kind(code: str) -> DateKind:
    """What a number format shows: a date, a time, both, a duration ([h]:mm) or (empty) a plain number."""
    plain = _NOT_PLACEHOLDERS.sub("", code.split(";")[0]).lower()
    if "[" in plain:
        return "duration"
    if "general" in plain:
        return ""
    has_date = "y" in plain or "d" in plain or ("m" in plain and "h" not in plain and "s" not in plain)
    has_time = "h" in plain or "s" in plain
    if has_date and has_time:
        return "datetime"
    return "date" if has_date else "time" if has_time else ""


def _read_strings(archive: zipfile.ZipFile, part: str, limits: Limits) -> list[str]:
    """Texts that cells share; phonetic readings (rPh) beside East Asian texts are left out."""
    reader = _Strings(limits)
    for _piece in parse(
        read_part(archive, part, limits), start=reader.start, end=reader.end, text=reader.text, part=part
    ):
        pass
    return reader.strings


class _Strings:
    """Handlers for the shared texts; bounds their memory."""

    def __init__(self, limits: Limits) -> None:
        self.strings: list[str] = []
        self._limit, self._size = limits.strings, 0
        self._parts: list[str] = []
        self._takes = self._phonetic = False

    def start(self, tag: str, _attributes: dict[str, str]) -> None:
        name = local(tag)
        if name == "si":
            self._parts = []
        elif name == "rPh":
            self._phonetic = True
        self._takes = name == "t" and not self._phonetic

    def text(self, data: str) -> None:
        if self._takes:
            self._parts.append(data)
            self._size += len(data)
            self._refuse_too_many()

    def end(self, tag: str) -> None:
        name = local(tag)
        self._takes = False
        if name == "rPh":
            self._phonetic = False
        elif name == "si":
            text = unescaped("".join(self._parts))
            self.strings.append(text)
            self._size += sys.getsizeof(text) - len(text) + 8
            self._refuse_too_many()

    def _refuse_too_many(self) -> None:
        if self._size > self._limit:
            raise UnreadableFile(
                _("The workbook holds more than %(limit)s of different texts.") % {"limit": megabytes(self._limit)},
                advice=_("Save the sheet as CSV and send that; it can be as long as you like."),
            )


def unescaped(text: str) -> str:
    """A text with the characters that XML cannot hold, written _x000D_ (ECMA-376 part 1, 22.9.2.19), put back.

    NUL is left out: no database text holds it.
    """
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda match: "" if match[1] == "0000" else chr(int(match[1], 16)), text)

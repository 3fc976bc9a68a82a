"""Opening a file that somebody sent: its kind is told by its content, not by its name."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext as _

from core.importing.errors import CellError, UnreadableFile
from core.importing.jsonrows import JsonTable
from core.importing.limits import DEFAULT_LIMITS, Limits, check_size, open_archive, open_bytes
from core.importing.tables import ALL_SHEETS, Detected, Fault, Options, SourceRow, Table
from core.importing.text import TextTable
from core.importing.xlsx import WorkbookTable

__all__ = [
    "ALL_SHEETS",
    "CellError",
    "Detected",
    "Fault",
    "Limits",
    "Options",
    "SourceRow",
    "Table",
    "UnreadableFile",
    "open_table",
]

_HEAD = 4096
_GZIP = b"\x1f\x8b"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # Microsoft compound file: .xls, or an encrypted .xlsx
_REFUSED = (
    (b"%PDF-", "PDF"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"\x28\xb5\x2f\xfd", "Zstandard"),
    (b"Rar!", "RAR"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"{\\rtf", "RTF"),
    (b"PAR1", "Parquet"),
    (b"SQLite format 3\x00", "SQLite"),
)


def open_table(
    path: Path | str, filename: str = "", *, overrides: Options | None = None, limits: Limits = DEFAULT_LIMITS
) -> Table:
    """Open a CSV, TSV or semicolon text (also packed with gzip), a workbook (XLSX) or a JSON file as a table.

    `filename` is the name under which it was sent; it decides only between JSON and text where both are possible.

    Raises:
        UnreadableFile: with what is wrong, where, and what to do.
    """
    path, options = Path(path), overrides or Options()
    check_size(path, limits)
    head = _head(path, compressed=False, limits=limits)
    if head.startswith(_ZIP):
        _refuse_other_archive(path, limits)
        return WorkbookTable(path, options=options, limits=limits)
    compressed = head.startswith(_GZIP)
    if compressed:
        head = _head(path, compressed=True, limits=limits)
        if not head:
            raise UnreadableFile(_("The file is empty: nothing is inside of the gzip archive."))
    _refuse_known(head)
    if _is_json(head, filename):
        return JsonTable(path, compressed=compressed, options=options, limits=limits)
    return TextTable(path, compressed=compressed, options=options, limits=limits)


def _head(path: Path, *, compressed: bool, limits: Limits) -> bytes:
    with open_bytes(path, compressed=compressed, limits=limits) as stream:
        return stream.read(_HEAD)


def _is_json(head: bytes, filename: str) -> bool:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    name = filename.lower().removesuffix(".gz")
    return start in (b"[", b"{") and (name.endswith(".json") or not name.endswith((".csv", ".tsv", ".txt")))


def _refuse_known(head: bytes) -> None:
    if head.startswith(_OLE):
        raise UnreadableFile(
            _("The file is an old Excel workbook (.xls) or is protected by a password."),
            advice=_("Open it in a spreadsheet program and save it as XLSX without a password."),
        )
    if head.startswith(_ZIP):
        raise UnreadableFile(
            _("A workbook or ZIP archive was packed again with gzip."), advice=_("Send the workbook itself.")
        )
    for mark, name in _REFUSED:
        if head.startswith(mark):
            raise UnreadableFile(
                _("The file is of the kind %(kind)s, which holds no table that is read here.") % {"kind": name},
                advice=_("Send a table as CSV, XLSX or JSON."),
            )
    if head.lstrip()[:9].lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        raise UnreadableFile(
            _("The file is a web page or XML, not a table."),
            advice=_("A link that needs a sign-in often saves its sign-in page: open the file and look."),
        )


def _refuse_other_archive(path: Path, limits: Limits) -> None:
    """Among ZIP archives only workbooks in Office Open XML are tables."""
    with open_archive(path, limits) as archive:
        names = {item.filename for item in archive.infolist()}
        if "xl/workbook.bin" in names:
            raise UnreadableFile(
                _("The file is a binary workbook (.xlsb)."), advice=_("Save it as XLSX and send that.")
            )
        if "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names):
            return
        if "mimetype" in names:
            raise UnreadableFile(
                _("The file is an OpenDocument file."), advice=_("Save it as XLSX or CSV and send that.")
            )
    raise UnreadableFile(
        _("The file is a ZIP archive and not a workbook."), advice=_("Unpack it and send the table inside of it.")
    )

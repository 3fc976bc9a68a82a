"""Names and heads of downloads."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from django.http import HttpResponseBase
from django.utils.http import content_disposition_header

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "pdf": "application/pdf",
    "zip": "application/zip",
    "txt": "text/plain; charset=utf-8",
}
_BETWEEN = re.compile(r"[^\w.]+")
MOST_CHARACTERS = 120


def filename(parts: Iterable[object], extension: str) -> str:
    """A file name such as `dundee-operations-2018-08.pdf` from its parts; empty parts are left out.

    Letters of every script stay, everything that a file system or a header could stumble over becomes a hyphen.
    """
    words = [_BETWEEN.sub("-", unicodedata.normalize("NFKC", str(part))).strip("-.") for part in parts if part]
    stem = "-".join(word for word in words if word)[:MOST_CHARACTERS].rstrip("-.") or "download"
    return f"{stem.lower()}.{extension}"


def as_download(response: HttpResponseBase, name: str, *, inline: bool = False) -> HttpResponseBase:
    """The response with the heads of a download that nobody else may keep; `inline` shows it in the browser."""
    response["Content-Type"] = CONTENT_TYPES[name.rpartition(".")[2]]
    response["Content-Disposition"] = content_disposition_header(not inline, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response

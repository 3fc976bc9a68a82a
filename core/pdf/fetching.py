"""Which files a printed document may contain: our static files, chosen folders of uploaded files, nothing else.

The layout helper opens nothing by itself; every address that a document or a style sheet names comes here. What a
template refers to by mistake or what somebody smuggled into a text (`file:`, another host, `../`) is refused, and then
there is no document at all: a paper with a hole would be worse, and a silent fetch of an inner address far worse.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation
from django.utils._os import safe_join

BASE_URL = "https://paper.invalid/"
MOST_BYTES = 20_000_000
_ALLOWED_TYPES = ("image/", "font/", "text/css")
_FONT_TYPES = {".ttf": "font/ttf", ".otf": "font/otf", ".woff": "font/woff", ".woff2": "font/woff2"}


class ResourceRefused(Exception):
    """A document refers to something that it must not contain."""


class ResourceMissing(Exception):
    """An uploaded file is no longer there; the document is made without it."""


@dataclass(frozen=True)
class Resource:
    """A file that may stand in a document."""

    mime: str
    content: bytes


class ClosedFetcher:
    """Serves static files, and uploaded files below the folders in `media`; refuses everything else."""

    def __init__(self, media: Sequence[Path] = ()) -> None:
        self._static = urljoin(BASE_URL, settings.STATIC_URL)
        self._media = urljoin(BASE_URL, settings.MEDIA_URL)
        self._media_folders = [Path(folder).resolve() for folder in media]

    def fetch(self, url: str) -> Resource:
        """The resource at `url`, which is absolute (relative ones are joined to BASE_URL before).

        Raises ResourceRefused for what is not allowed or is no static file of ours, ResourceMissing for an uploaded
        file that is gone.
        """
        address, _, _ = url.partition("#")
        address, _, _ = address.partition("?")
        if address.startswith(self._static):
            return self._read(self._static_file(_relative(address, self._static, url), url), url)
        if self._media != BASE_URL and address.startswith(self._media):
            return self._read(self._media_file(_relative(address, self._media, url), url), url)
        scheme = urlsplit(address).scheme
        raise ResourceRefused(f"{_short(url)} is refused: a document holds static and uploaded files, not {scheme}:")

    def _static_file(self, name: str, url: str) -> Path:
        try:
            found = finders.find(name)
            # In production templates name the hashed copy, which only the collected folder has.
            if found is None and settings.STATIC_ROOT:
                found = safe_join(settings.STATIC_ROOT, name)
        except SuspiciousFileOperation as error:
            raise ResourceRefused(f"{_short(url)} is refused: it leaves the static files") from error
        if not isinstance(found, str) or not Path(found).is_file():
            raise ResourceRefused(f"{_short(url)} is refused: there is no such static file")
        return Path(found)

    def _media_file(self, name: str, url: str) -> Path:
        path = (Path(settings.MEDIA_ROOT) / name).resolve()
        if not any(path.is_relative_to(folder) for folder in self._media_folders):
            raise ResourceRefused(f"{_short(url)} is refused: this document may not contain that upload")
        if not path.is_file():
            raise ResourceMissing(f"{_short(url)} is no longer there")
        return path

    def _read(self, path: Path, url: str) -> Resource:
        mime = _FONT_TYPES.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0] or ""
        if not mime.startswith(_ALLOWED_TYPES):
            raise ResourceRefused(f"{_short(url)} is refused: not a style sheet, picture or font")
        if path.stat().st_size > MOST_BYTES:
            raise ResourceRefused(f"{_short(url)} is refused: larger than {MOST_BYTES // 1_000_000} MB")
        return Resource(mime, path.read_bytes())


def _relative(address: str, prefix: str, url: str) -> str:
    """The name below a prefix. Raises ResourceRefused for one that tries to climb out."""
    name = unquote(address[len(prefix) :])
    if "\\" in name or "\0" in name or name.startswith("/") or ".." in name.split("/"):
        raise ResourceRefused(f"{_short(url)} is refused: not a plain file name")
    return name


def _short(url: str) -> str:
    return url if len(url) <= 120 else f"{url[:117]}…"

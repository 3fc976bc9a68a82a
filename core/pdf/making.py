"""Making PDFs in helper processes: short documents tagged for screen readers, long ones in little memory."""

from __future__ import annotations

import logging
import os
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from core import clock
from core.pdf.fetching import ClosedFetcher, ResourceMissing, ResourceRefused
from core.rendering import wire
from core.rendering.pool import HelperError, HelperPool, HelperTimeout

logger = logging.getLogger(__name__)

PRODUCT = "ChargeNet"
SECONDS = 300.0
#: How the layout engine's complaint begins about a character that no installed font has.
MISSING_GLYPH = ".notdef glyph"
FONT_HINT = "install a font that has it; for Chinese the Debian package fonts-wqy-microhei or fonts-noto-cjk"

_pool = HelperPool("paper", getattr(settings, "PAPER_PROCESSES", 0) or min(4, os.cpu_count() or 1))


class PdfError(Exception):
    """The document could not be made."""


class PdfTimeout(PdfError):
    """The document was not done in time."""


@dataclass(frozen=True)
class Pdf:
    """A made document. `peak_bytes` is the largest resident size of a helper that took part, `cpu_seconds` are those of
    all helpers together.
    """

    content: bytes
    pages: int
    tagged: bool
    complaints: tuple[str, ...]
    peak_bytes: int
    cpu_seconds: float


def html_to_pdf(
    html: str,
    *,
    title: str,
    language: str,
    tagged: bool | None = None,
    media: Sequence[Path] = (),
    created: datetime | None = None,
    timeout: float = SECONDS,
) -> bytes:
    """The PDF of an HTML page. See `make_pdf`."""
    return make_pdf(
        html, title=title, language=language, tagged=tagged, media=media, created=created, timeout=timeout
    ).content


def make_pdf(
    html: str,
    *,
    title: str,
    language: str,
    tagged: bool | None = None,
    media: Sequence[Path] = (),
    created: datetime | None = None,
    timeout: float = SECONDS,
) -> Pdf:
    """Makes a PDF of an HTML page and says what it took.

    `tagged` True: PDF/UA-1 however long (and with the memory that takes); None: up to 30 pages; False: never.
    `media` are the folders of uploaded files that may be in it, `created` the moment that the file states (now), and
    `timeout` is in seconds. Relative addresses are those of the site; only static files, `media` and `data:` are given.

    Raises ResourceRefused for a document that refers to anything else, PdfTimeout, and PdfError where the layout fails.
    """
    with tempfile.TemporaryDirectory(prefix="paper-") as folder:
        moment = created or clock.now()
        about: wire.Header = {
            "title": title,
            "author": PRODUCT,
            "language": language,
            "tagged": tagged,
            "created": moment.isoformat(timespec="seconds"),
            "folder": folder,
        }
        making = _Making(about, ClosedFetcher(media), time.monotonic() + timeout)
        try:
            content, pages, is_tagged = making.run(html)
        except HelperTimeout as error:
            raise PdfTimeout(f"“{title}” was not made within {timeout:g} s: {error}") from error
        except HelperError as error:
            if error.code == "refused":
                raise ResourceRefused(str(error)) from None
            logger.error("No PDF of “%s”: %s\n%s", title, error, error.trace)
            raise PdfError(f"“{title}” could not be made: {error}") from error
    for line in making.complaints:
        hint = f" ({FONT_HINT})" if line.startswith(MISSING_GLYPH) else ""
        logger.warning("PDF “%s”: %s%s", title, line, hint)
    return Pdf(content, pages, is_tagged, tuple(making.complaints), making.peak_bytes, making.cpu_seconds)


class _Making:
    """One document on its way through the helpers."""

    def __init__(self, about: wire.Header, fetcher: ClosedFetcher, deadline: float) -> None:
        self.about = about
        self.complaints: list[str] = []
        self.peak_bytes = 0
        self.cpu_seconds = 0.0
        self._fetcher = fetcher
        self._deadline = deadline

    def run(self, html: str) -> tuple[bytes, int, bool]:
        """The document, its pages, and whether it is tagged. Raises HelperError."""
        reply, content = self._call({"job": "plan"}, html.encode())
        if "shares" in reply:
            shares: list[str] = reply["shares"]
            with ThreadPoolExecutor(len(shares), thread_name_prefix="paper") as threads:
                made = list(threads.map(self._share, range(len(shares)), shares))
            parts = [part for share in made for part in share]
            reply, content = self._call({"job": "merge", "shares": shares, "parts": parts})
        return content, reply["pages"], reply["tagged"]

    def _share(self, number: int, name: str) -> list[dict[str, Any]]:
        reply, _ = self._call({"job": "share", "share": name, "number": number})
        parts: list[dict[str, Any]] = reply["parts"]
        return parts

    def _call(self, job: wire.Header, body: bytes = b"") -> tuple[wire.Header, bytes]:
        left = self._deadline - time.monotonic()
        reply, content = _pool.call(self.about | job, body, timeout=max(0.0, left), answer=self._answer)
        self.complaints.extend(line for line in reply["complaints"] if line not in self.complaints)
        self.peak_bytes = max(self.peak_bytes, reply["peak_bytes"])
        self.cpu_seconds += reply["cpu_seconds"]
        return reply, content

    def _answer(self, question: wire.Header) -> tuple[wire.Header, bytes]:
        """What a helper is told when it asks for a file."""
        try:
            resource = self._fetcher.fetch(question["url"])
        except ResourceMissing as error:
            return {"type": "missing", "reason": str(error)}, b""
        except ResourceRefused as error:
            return {"type": "refused", "reason": str(error)}, b""
        return {"type": "resource", "mime": resource.mime}, resource.content

"""Laying out paper, in the helper process: HTML in, PDF out.

A short document is laid out at once, with tags for screen readers. A long one would take more than a gigabyte, so it is
cut into shares (`splitting`) that helpers lay out side by side, run by run (`runs`), and put together at last
(`merging`).
"""

from __future__ import annotations

import gc
import logging
import pickle  # trees pass between our own processes in a private folder
from pathlib import Path
from typing import Any
from urllib.request import DataHandler, Request
from xml.etree.ElementTree import Element  # building trees, not parsing

import cssselect2
from weasyprint import CSS, HTML, Document
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from core.rendering import merging, runs, splitting, wire
from core.rendering.jobs import Ask, JobFailed

BASE_URL = "https://paper.invalid/"
#: Estimated pages up to which a document is laid out in one piece, and real ones up to which it is tagged.
WHOLE_PAGES = 36
TAGGED_PAGES = 30
SHARE_PAGES = 100
#: What the cutting needs of CSS, whatever the document's own styles say.
CUTTING_CSS = """
.paper-lead, .paper-blank { break-after: page; height: 0; margin: 0; padding: 0 }
.paper-blank:last-child { break-after: auto }
.paper-first { margin-top: 0 !important }
"""


class Refused(FatalURLFetchingError):  # type: ignore[misc]
    """The owner does not give this resource; the document must not be made without it."""


class Fetcher(URLFetcher):  # type: ignore[misc]
    """Asks the owner for everything but `data:` addresses; opens nothing by itself."""

    def __init__(self, ask: Ask) -> None:
        super().__init__(allowed_protocols={"data"}, allow_redirects=False)
        self._ask = ask
        self._known: dict[str, tuple[str, bytes]] = {}
        self.refused = ""

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """The resource at `url`. Raises Refused, or ValueError where the document may do without it."""
        if url[:5].lower() == "data:":
            # The address comes from the document itself; the request is never sent anywhere.
            response = DataHandler().data_open(Request(url))  # noqa: S310
            return URLFetcherResponse(url, response.read(), {"Content-Type": response.headers["Content-Type"]})
        if url not in self._known:
            reply, body = self._ask({"type": "fetch", "url": url})
            if reply["type"] == "missing":
                raise ValueError(reply["reason"])
            if reply["type"] != "resource":
                self.refused = reply["reason"]
                raise Refused(reply["reason"])
            self._known[url] = (reply["mime"], body)
        mime, body = self._known[url]
        return URLFetcherResponse(url, body, {"Content-Type": mime})


class Complaints(logging.Handler):
    """Keeps what the layout engine complains about, for the owner's log."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        line = record.getMessage()
        if line not in self.lines and len(self.lines) < 50:
            self.lines.append(line)


def handle(header: wire.Header, body: bytes, ask: Ask) -> tuple[wire.Header, bytes]:
    """Dispatches on `header["job"]`: `plan` (a short document: its PDF; a long one: shares), `share`, `merge`."""
    complaints = Complaints()
    logger = logging.getLogger("weasyprint")
    logger.addHandler(complaints)
    logger.propagate = False
    fetcher = Fetcher(ask)
    try:
        answer, content = _JOBS[header["job"]](header, body, fetcher)
    except Refused as error:
        raise JobFailed(str(error), "refused") from None
    finally:
        logger.removeHandler(complaints)
    if fetcher.refused:
        # Inside pictures the layout engine survives even this.
        raise JobFailed(fetcher.refused, "refused")
    return answer | {"complaints": complaints.lines}, content


def _plan(header: wire.Header, body: bytes, fetcher: Fetcher) -> tuple[wire.Header, bytes]:
    html = HTML(string=body.decode(), base_url=BASE_URL, url_fetcher=fetcher)
    root: Element = html.etree_element
    if not root.get("lang"):
        root.set("lang", header["language"])
    flow = splitting.take_apart(root)
    if header["tagged"] or flow.pages <= WHOLE_PAGES:
        return _whole(header, html)
    folder = Path(header["folder"])
    # The number of shares depends on the document alone, so that every machine makes the same pages.
    shares = splitting.shares(flow.blocks, max(2, round(flow.pages / SHARE_PAGES)))
    names: list[str] = []
    before = None
    for blocks in shares:
        names.append(f"share-{len(names)}.tree")
        run = splitting.run_of(flow, blocks, before=before, folio=True)
        (folder / names[-1]).write_bytes(pickle.dumps(run))
        before = blocks[-1]
    return {"shares": names}, b""


def _whole(header: wire.Header, html: HTML) -> tuple[wire.Header, bytes]:
    document = _lay_out(html, cut=False)
    pages = len(document.pages)
    tagged = header["tagged"] if header["tagged"] is not None else pages <= TAGGED_PAGES
    metadata = document.metadata
    metadata.title, metadata.authors, metadata.generator = header["title"], [header["author"]], header["author"]
    metadata.created = metadata.modified = header["created"]
    options = {"pdf_variant": "pdf/ua-1", "pdf_tags": True} if tagged else {}
    return {"pages": pages, "tagged": bool(tagged)}, document.write_pdf(**options)


def _share(header: wire.Header, body: bytes, fetcher: Fetcher) -> tuple[wire.Header, bytes]:
    folder = Path(header["folder"])
    flow = splitting.take_apart(_load(folder / header["share"]))
    parts: list[dict[str, Any]] = []
    for run in runs.runs_of(flow, lambda root: _lay_out(_html_of(root, fetcher)), begins=header["number"] == 0):
        name = f"part-{header['number']}-{len(parts)}.pdf"
        run.document.copy(run.pages).write_pdf(folder / name)
        bookmarks = [
            [level, label, index, x, page.height - y]
            for index, page in enumerate(run.pages)
            for level, label, (x, y), _state in page.bookmarks
        ]
        parts.append({"file": name, "pages": len(run.pages), "bookmarks": bookmarks})
        run.forget()
        gc.collect()
    return {"parts": parts}, b""


def _merge(header: wire.Header, body: bytes, fetcher: Fetcher) -> tuple[wire.Header, bytes]:
    folder = Path(header["folder"])
    flow = splitting.take_apart(_load(folder / header["shares"][0]))
    count = sum(part["pages"] for part in header["parts"])
    stamps = None
    if flow.folios:
        stamps = _lay_out(_html_of(splitting.blank_pages(flow, count), fetcher)).write_pdf()
    content = merging.merge(folder, header["parts"], stamps, header)
    return {"pages": count, "tagged": False}, content


def _load(path: Path) -> Element:
    root: Element = pickle.loads(path.read_bytes())  # noqa: S301 - written by `_plan` into a private folder
    return root


def _html_of(root: Element, fetcher: Fetcher) -> HTML:
    """The layout engine's document over a tree that is parsed already."""
    html = HTML(string="<html></html>", base_url=BASE_URL, url_fetcher=fetcher)
    html.wrapper_element = cssselect2.ElementWrapper.from_html_root(root, content_language=None)
    html.etree_element = html.wrapper_element.etree_element
    return html


def _lay_out(html: HTML, *, cut: bool = True) -> Document:
    return html.render(stylesheets=[CSS(string=CUTTING_CSS)] if cut else None)


_JOBS = {"plan": _plan, "share": _share, "merge": _merge}

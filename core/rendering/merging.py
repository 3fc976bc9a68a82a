"""Putting the parts of a long document together: pages, their numbers, bookmarks, links, and the file's description."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path
from typing import Any

import pikepdf

Bookmark = tuple[int, pikepdf.OutlineItem]
PX_TO_PT = 0.75


def merge(folder: Path, parts: list[dict[str, Any]], stamps: bytes | None, about: dict[str, Any]) -> bytes:
    """One PDF of the parts in their order. `stamps` is a PDF of as many pages that carry the page numbers alone.

    `about` has title, author, created (ISO 8601) and language.
    """
    with pikepdf.new() as target:
        bookmarks: list[list[Any]] = []
        for part in parts:
            first = len(target.pages)
            with pikepdf.open(folder / part["file"]) as source:
                target.add_pages_from(source, outlines="ignore")
            bookmarks.extend([level, label, first + page, x, y] for level, label, page, x, y in part["bookmarks"])
        if stamps is not None:
            with pikepdf.open(io.BytesIO(stamps)) as numbers:
                for index, (page, number) in enumerate(zip(target.pages, numbers.pages, strict=True)):
                    _stamp(target, page, number, f"/Folio{index}")
        _outline(target, bookmarks)
        _describe(target, about)
        target.remove_unreferenced_resources()
        output = io.BytesIO()
        target.save(output, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return output.getvalue()


def _stamp(target: pikepdf.Pdf, page: pikepdf.Page, number: pikepdf.Page, name: str) -> None:
    """Draws one page over another of the same size, under a name of its own: pages of a part share their resources."""
    drawing = target.copy_foreign(number.as_form_xobject())
    page.add_resource(drawing, pikepdf.Name.XObject, name=pikepdf.Name(name))
    page.contents_add(b"q\n", prepend=True)
    page.contents_add(f"\nQ\nq {name} Do Q".encode())


def _outline(target: pikepdf.Pdf, bookmarks: list[list[Any]]) -> None:
    """A tree of bookmarks from a flat list of (level, label, page, x, y); a level that was left out is no step."""
    with target.open_outline() as outline:
        above: list[Bookmark] = []
        for level, label, page, x, y in bookmarks:
            item = pikepdf.OutlineItem(label, page, "XYZ", left=x * PX_TO_PT, top=y * PX_TO_PT)
            while above and above[-1][0] >= level:
                above.pop()
            (above[-1][1].children if above else outline.root).append(item)
            above.append((level, item))


def _describe(target: pikepdf.Pdf, about: dict[str, Any]) -> None:
    target.Root.Lang = pikepdf.String(about["language"])
    target.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
    with target.open_metadata(set_pikepdf_as_editor=False) as metadata:
        metadata["dc:title"] = about["title"]
        metadata["dc:creator"] = [about["author"]]
        metadata["dc:language"] = [about["language"]]
        metadata["xmp:CreateDate"] = metadata["xmp:ModifyDate"] = about["created"]
        metadata["xmp:CreatorTool"] = metadata["pdf:Producer"] = about["author"]
    information = target.docinfo
    information["/Title"] = about["title"]
    information["/Author"] = information["/Creator"] = information["/Producer"] = about["author"]
    information["/CreationDate"] = information["/ModDate"] = pikepdf.models.metadata.encode_pdf_date(
        datetime.fromisoformat(about["created"])
    )

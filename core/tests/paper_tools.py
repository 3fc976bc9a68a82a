"""What tests of paper share: a document with a table of many rows, and reading PDFs."""

from __future__ import annotations

import io

import pikepdf
from pypdf import PdfReader

STYLE = """
@page { size: A4; margin: 18mm; @top-left { content: element(head) } @bottom-right { content: element(folio) } }
@page :first { margin-top: 60mm }
.head { position: running(head) } .folio { position: running(folio) }
.page::before { content: counter(page) } .pages::before { content: counter(pages) }
body { font: 10pt "DejaVu Sans" } table { width: 100%; border-collapse: collapse } td { border-bottom: 1px solid }
"""


def long_document(rows: int, *, after: str = "") -> str:
    """A document of one table with a row for each number, running heads and page numbers."""
    lines = "".join(f"<tr><td>ROW-{number:05d}</td><td>Depot {number % 7}</td></tr>" for number in range(rows))
    return (
        f'<html lang="en"><head><title>Rows</title><style>{STYLE}</style></head><body>'
        '<div class="head" data-running="head">HEAD OF EVERY PAGE</div>'
        '<div class="folio" data-running="folio">Page <span class="page"></span> of <span class="pages"></span></div>'
        '<h1>Rows</h1><p><a href="#rows">To the rows</a></p><section><h2 id="rows">All rows</h2><table>'
        f"<thead><tr><th>Code</th><th>Place</th></tr></thead><tbody>{lines}</tbody></table></section>{after}</body></html>"
    )


def texts_of(content: bytes) -> list[str]:
    """The text of each page."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def opened(content: bytes) -> pikepdf.Pdf:
    """The PDF, to look into."""
    return pikepdf.open(io.BytesIO(content))

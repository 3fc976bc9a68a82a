"""PDF: `html_to_pdf` for any page, `paper_pdf` for the product's documents (templates extend `pdf/base.html`)."""

from core.pdf.fetching import ResourceRefused
from core.pdf.making import Pdf, PdfError, PdfTimeout, html_to_pdf, make_pdf
from core.pdf.paper import Paper, paper_pdf, paper_size

__all__ = [
    "Paper", "Pdf", "PdfError", "PdfTimeout", "ResourceRefused", "html_to_pdf", "make_pdf", "paper_pdf", "paper_size",
]  # fmt: skip

"""The forms in which a made report leaves: what its page links to, and what the command writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from core.errors import Text
from core.reporting import Made
from core.reporting.files import FIGURES, to_csv, to_json, to_text, to_xlsx, to_zip
from core.reporting.paper import to_pdf


@dataclass(frozen=True)
class Rendering:
    """One form: the ending of its file name, its name for people, and the function that writes it."""

    extension: str
    label: Text
    write: Callable[[Made, str], bytes]


RENDERINGS: Mapping[str, Rendering] = {
    "pdf": Rendering("pdf", _("PDF"), lambda made, table: to_pdf(made).content),
    "xlsx": Rendering("xlsx", _("Excel (XLSX)"), lambda made, table: to_xlsx(made)),
    "csv": Rendering("csv", _("CSV"), lambda made, table: to_csv(made, table or FIGURES)),
    "zip": Rendering("zip", _("All tables as CSV (ZIP)"), lambda made, table: to_zip(made)),
    "json": Rendering("json", _("JSON"), lambda made, table: to_json(made)),
    "text": Rendering("txt", _("Plain text"), lambda made, table: to_text(made).encode()),
}

"""Documents of the product on paper: `paper_pdf` prints a template that extends `pdf/base.html`.

A `Paper` says what stands around the content: whose it is, of which period, made when and by whom, where its page is,
and the checksum by which it can be held against its figures.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import segno
from django.template.loader import render_to_string
from django.utils import timezone, translation

from core.errors import Text
from core.pdf.making import SECONDS, Pdf, make_pdf

Size = Literal["A4", "Letter"]
#: Where paper is measured in inches (CLDR, territories with paper size "US-Letter").
_LETTER = frozenset(["BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE"])


def paper_size(country: str) -> Size:
    """The size of paper that a country (ISO 3166-1 alpha-2) prints on."""
    return "Letter" if country in _LETTER else "A4"


@dataclass(frozen=True)
class Paper:
    """What stands around the content of a printed document.

    `facts` are further lines of the cover as (label, text). `zone` is the time zone that times are shown in. Where
    there is a `url`, a QR code leads to it; where there are `signatures`, lines to sign on are printed.
    """

    title: Text
    network: str
    made_at: datetime
    zone: str
    language: str
    made_by: str = ""
    subtitle: Text = ""
    facts: Sequence[tuple[Text, Text]] = ()
    url: str = ""
    checksum: str = ""
    size: Size = "A4"
    landscape: bool = False
    signatures: Sequence[Text] = field(default_factory=tuple)

    @property
    def css(self) -> str:
        """The class that chooses the page."""
        return f"paper-{self.size.lower()}{'-landscape' if self.landscape else ''}"

    @property
    def short_checksum(self) -> str:
        """The first digits of the checksum, which stand on every page and bind the pages together."""
        return " ".join(self.checksum[start : start + 4] for start in range(0, 12, 4)).strip()

    @property
    def checksum_groups(self) -> list[str]:
        """The checksum in groups that can be read aloud."""
        return [self.checksum[start : start + 8] for start in range(0, len(self.checksum), 8)]

    @property
    def qr(self) -> str:
        """The address as a QR code: a `data:` address of an SVG picture."""
        return segno.make(self.url, error="m", micro=False).svg_data_uri(scale=1, border=0, dark="#15222b")


@contextlib.contextmanager
def printed_in(paper: Paper) -> Iterator[None]:
    """Within: the language and time zone of the paper."""
    with translation.override(paper.language), timezone.override(ZoneInfo(paper.zone)):
        yield


def paper_pdf(
    template: str,
    context: Mapping[str, Any],
    paper: Paper,
    *,
    media: Sequence[Path] = (),
    tagged: bool | None = None,
    timeout: float = SECONDS,
) -> Pdf:
    """Prints a template that extends `pdf/base.html`, in the paper's language and time zone.

    `media` are folders of uploaded files that the document may contain, `timeout` is in seconds. Raises what `make_pdf`
    raises.
    """
    with printed_in(paper):
        html = render_to_string(template, {**context, "paper": paper})
        title = f"{paper.title} · {paper.subtitle}" if paper.subtitle else str(paper.title)
    return make_pdf(
        html, title=title, language=paper.language, tagged=tagged, media=media, created=paper.made_at, timeout=timeout
    )

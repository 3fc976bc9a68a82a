"""A made report on paper."""

from __future__ import annotations

from dataclasses import replace

from django.utils import translation
from django.utils.translation import gettext as _

from core import formatting
from core.pdf import Paper, Pdf, paper_pdf, paper_size
from core.pdf.paper import Size, printed_in
from core.reporting.making import Made

TEMPLATE = "pdf/report.html"


def to_pdf(made: Made, *, size: Size | None = None) -> Pdf:
    """The report as PDF in the language in force; `size` None is what the network's country prints on.

    Raises what `core.pdf.make_pdf` raises, and `core.charts.ChartError`.
    """
    paper = paper_of(made, size or paper_size(made.network.country))
    return paper_pdf(TEMPLATE, {"report": made.report, "result": made.result}, paper)


def paper_of(made: Made, size: Size = "A4") -> Paper:
    """What stands around the report."""
    paper = Paper(
        title=made.report.title,
        subtitle=" · ".join(str(text) for text in (made.result.period_text, made.result.place) if text),
        network=made.network.name,
        made_at=made.made_at,
        made_by=made.made_by,
        zone=made.network.time_zone,
        language=translation.get_language() or "en",
        url=made.url,
        checksum=made.checksum,
        size=size,
        landscape=made.report.landscape,
        signatures=made.report.signatures,
    )
    with printed_in(paper):
        return _with_facts(paper, made)


def _with_facts(paper: Paper, made: Made) -> Paper:
    period = made.result.period
    facts = [(_("Network"), made.network.name)]
    if made.result.place:
        facts.append((_("Place"), str(made.result.place)))
    if period is not None:
        # The end is not part of the period, so both borders are written as the moments they are.
        borders = f"{formatting.moment(period.start)} – {formatting.moment(period.end)}"
        facts.append((_("Period"), borders))
    made_by = f"{formatting.moment(made.made_at)}, {made.made_by or 'ChargeNet'}"
    return replace(paper, facts=[*facts, (_("Made"), made_by)])

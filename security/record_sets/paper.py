"""A set on paper, with the head of the chain that its records stand in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from core.formatting import day, number
from core.pdf import Paper, Pdf, paper_pdf, paper_size
from core.tenancy.scope import require_network
from core.urls import network_url
from security.models import RecordSet
from security.record_sets.tables import tables_of

TEMPLATE = "security/pdf/record_set.html"


def period_words(made: RecordSet) -> str:
    """The period in words."""
    if made.first_day == made.last_day:
        return day(made.first_day)
    return f"{day(made.first_day)} – {day(made.last_day)}"


def set_pdf(made: RecordSet, *, actor: Any, now: datetime) -> Pdf:
    """The print of a set, in the network's language, which is active. Raises what `core.pdf.make_pdf` raises."""
    network = require_network()
    totals = made.figures["totals"]
    url = settings.SITE_URL.rstrip("/") + network_url("supervision:record-set-detail", made.number)
    paper = Paper(
        title=_("Work record set %(number)s") % {"number": made.number},
        subtitle=f"{made.get_kind_display()}, {period_words(made)}",
        network=network.name,
        made_at=now,
        zone=network.time_zone,
        language=network.language,
        made_by=str(actor or _("the system")),
        url=url,
        checksum=made.figures_sha256,
        size=paper_size(network.country),
        facts=[
            (_("Records"), number(totals["records"])),
            (_("Period before"), number(totals["before"])),
            (_("People"), number(totals["people"])),
            (_("Refused"), number(totals["refused"])),
            (_("Corrections"), number(totals["corrections"])),
            (_("Alerts"), number(len(made.figures["alerts"]))),
        ],
        signatures=[_("Checked by"), _("Director")],
    )
    groups = [made.chain_head[start : start + 8] for start in range(0, len(made.chain_head), 8)]
    context = {"set": made, "tables": tables_of(made.figures), "head_groups": groups}
    return paper_pdf(TEMPLATE, context, paper)

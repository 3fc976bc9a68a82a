"""A person's data as a file: JSON for machines and a PDF for reading, in one archive."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import translation
from django.utils.translation import gettext as _

from core.export.columns import Column
from core.pdf import Paper, paper_pdf, paper_size
from core.records import record
from core.tenancy.scope import require_network
from security.models import Account
from security.privacy.collecting import Group, PersonData, collect

TEMPLATE = "security/privacy/person_pdf.html"
MOST_ON_PAPER = 300  # rows of a group; all of them stand in the JSON
MOST_CHARACTERS = 80  # of a value on paper
#: What of a group fits on paper.
PAPER_FIELDS = 6


def export_person(*, account: Account, actor: Account | None, now: datetime) -> bytes:
    """The archive of what the network in scope knows of `account`; recorded.

    Raises:
        PdfError: the PDF could not be made.
    """
    data = collect(account, now=now)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(data.as_json(), cls=DjangoJSONEncoder, ensure_ascii=False, indent=1))
        archive.writestr("data.pdf", _pdf(data, actor))
    record("person.exported", target=account, actor=actor, after={group.name: len(group.rows) for group in data.groups})
    return packed.getvalue()


def _pdf(data: PersonData, actor: Account | None) -> bytes:
    network = require_network()
    paper = Paper(
        title=_("Personal data"),
        subtitle=str(data.account),
        network=network.name,
        made_at=data.made_at,
        zone=network.time_zone,
        language=translation.get_language() or settings.LANGUAGE_CODE,
        made_by=str(actor or ""),
        size=paper_size(network.country),
        landscape=True,
    )
    facts = [(name.replace("_", " ").capitalize(), _short(value)) for name, value in data.facts.items()]
    context = {"facts": facts, "groups": [_on_paper(group) for group in data.groups]}
    return paper_pdf(TEMPLATE, context, paper).content


def _on_paper(group: Group) -> dict[str, Any]:
    names = [name for name in group.rows[0] if any(row[name] not in (None, "", [], {}) for row in group.rows)]
    names = names[:PAPER_FIELDS]
    return {
        "title": group.title,
        "count": len(group.rows),
        "left_out": max(0, len(group.rows) - MOST_ON_PAPER),
        "columns": [Column(name, name.replace("_", " ").capitalize()) for name in names],
        "rows": [[_short(row[name]) for name in names] for row in group.rows[:MOST_ON_PAPER]],
    }


def _short(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S} UTC"
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= MOST_CHARACTERS else f"{text[: MOST_CHARACTERS - 1]}…"

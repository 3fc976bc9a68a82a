"""Making work record sets: at the end of the business day by themselves, and on demand for a period that is over."""

from __future__ import annotations

import hashlib
import json
import logging
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from core.errors import Refusal
from core.locking import lock_names
from core.numbering import next_number
from core.records import record
from core.tenancy.scope import require_network
from security.models import RecordSet, SetKind
from security.record_sets.figures import Figures, compute
from security.record_sets.paper import set_pdf
from security.record_sets.periods import SetPeriod
from security.recording.sealing import last_seal, seal_records

logger = logging.getLogger(__name__)
SERIES = "WRS"


class SetRefused(Refusal):
    """A set cannot be made."""

    code = "record-set"


def make_set(*, kind: str, day: date, actor: Any, now: datetime) -> RecordSet:
    """Make the set of the period of `kind` that holds `day`; the one there is where it was made before.

    What waits for its seal is sealed first, so that the head on the set covers all it sums up.

    Raises:
        SetRefused: the period is not over, or there is no such kind.
    """
    network = require_network()
    if kind not in SetKind.values:
        raise SetRefused(_("Choose a day, a week or a month."), field="kind")
    period = SetPeriod.holding(kind, day)
    if not period.is_over(now, network):
        raise SetRefused(_("This period is not over yet. Choose one that has ended."), field="day")
    seal_records(now=now)
    with transaction.atomic(), translation.override(network.language):
        lock_names("record-set", [f"{kind}:{period.first}"])
        found = RecordSet.objects.filter(kind=kind, first_day=period.first).first()
        return found if found is not None else _make(period, actor, now)


def _make(period: SetPeriod, actor: Any, now: datetime) -> RecordSet:
    network = require_network()
    moments = period.moments(network)
    figures = compute(moments, _figures_before(period) or period.before().moments(network))
    seal = last_seal()
    made = RecordSet(
        kind=period.kind,
        first_day=period.first,
        last_day=period.last,
        starts_at=moments.start,
        ends_at=moments.end,
        made_at=now,
        made_by=actor,
        record_count=figures["totals"]["records"],
        refusal_count=figures["totals"]["refused"],
        alert_count=len(figures["alerts"]),
        seal_number=seal.number if seal else 0,
        chain_head=seal.hash if seal else "",
        figures=figures,
        figures_sha256=checksum_of(figures),
    )
    made.number = next_number(SERIES, period.first.year)
    made.pdf = set_pdf(made, actor=actor, now=now).content
    made.pdf_sha256 = hashlib.sha256(made.pdf).hexdigest()
    made.save()
    record(
        "record-set.made",
        target=made,
        actor=actor,
        summary=f"{period.first} – {period.last}",
        after={"records": made.record_count, "seal": made.seal_number, "head": made.chain_head},
    )
    return made


def _figures_before(period: SetPeriod) -> Figures | None:
    """The figures of the set before, which save a query over its records."""
    before = period.before()
    found = RecordSet.objects.filter(kind=before.kind, first_day=before.first).values_list("figures", flat=True)
    return found.first()


def checksum_of(figures: Figures) -> str:
    """The SHA-256 of figures, by their JSON with sorted keys and no spaces."""
    text = json.dumps(figures, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def make_due_sets(*, now: datetime) -> int:
    """Make the sets of the day, week and month that ended last in the network in scope; returns how many were made.

    One that cannot be made leaves the others alone and is tried again at the next run.
    """
    network, count = require_network(), 0
    for kind in SetKind.values:
        period = SetPeriod.last_over(kind, now, network)
        if period.moments(network).end <= network.created_at:
            continue  # before there was such a network
        if RecordSet.objects.filter(kind=kind, first_day=period.first).exists():
            continue
        try:
            make_set(kind=kind, day=period.first, actor=None, now=now)
            count += 1
        except Exception:
            logger.exception("The work record set of %s %s was not made", kind, period.first)
    return count

"""Holding new records against the network's rules, once a minute, each record exactly once."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import translation

from core.events import publish
from core.locking import lock_names
from core.numbering import next_number
from core.records import record
from core.tenancy.scope import require_network
from security.models import Account, Alert, AlertState, Assignment, Seal, WatchKind, WatchPosition, WatchRule
from security.roles import Role
from security.supervision.watches import Sighting, sightings

logger = logging.getLogger(__name__)
SERIES = "ALR"
SEALS_AT_ONCE = 20
DAY = 60 * 24
# What a network starts with: (from how many, within how many minutes).
DEFAULTS: Mapping[str, tuple[int, int]] = {
    WatchKind.REFUSALS: (10, 10),
    WatchKind.NEW_DEVICE: (1, 30 * DAY),
    WatchKind.NEW_ADDRESS: (1, 30 * DAY),
    WatchKind.EXPORTS: (50_000, 60),
    WatchKind.OWN_RIGHTS: (1, DAY),
    WatchKind.SAME_CORRECTION: (5, 60),
    WatchKind.DELETIONS: (20, 10),
}


@transaction.atomic
def ensure_rules() -> None:
    """Give the network in scope the rules it does not have yet. Safe to repeat."""
    lock_names("watch", ["rules"])
    present = set(WatchRule.objects.values_list("kind", flat=True))
    for kind, (threshold, minutes) in DEFAULTS.items():
        if kind not in present:
            WatchRule(kind=kind, threshold=threshold, window_minutes=minutes).save()


def watch_records(*, now: datetime) -> int:
    """Hold the records sealed since the last time against the rules; returns how many alerts were raised.

    The position is stored with the alerts in one transaction: running twice, or at once, raises nothing twice.
    """
    with translation.override(require_network().language):
        ensure_rules()
        raised = 0
        while True:
            seals, more = _watch_some(now)
            raised += more
            if seals < SEALS_AT_ONCE:
                return raised


@transaction.atomic
def _watch_some(now: datetime) -> tuple[int, int]:
    lock_names("watch", ["records"])
    position, _made = WatchPosition.objects.get_or_create()
    seals = list(
        Seal.objects.filter(number__gt=position.seal_number)
        .order_by("number")
        .values_list("number", "record_ids")[:SEALS_AT_ONCE]
    )
    if not seals:
        return 0, 0
    rules = list(WatchRule.objects.filter(is_on=True).order_by("pk"))
    raised = sum(_hold_against(rule, ids, now) for _number, ids in seals for rule in rules)
    position.seal_number = seals[-1][0]
    position.save()
    return len(seals), raised


def _hold_against(rule: WatchRule, ids: list[int], now: datetime) -> int:
    """A rule that cannot be applied is logged and stops neither the others nor the position."""
    try:
        with transaction.atomic():
            return sum(_raise(rule, sighting, now) for sighting in sightings(rule, ids))
    except Exception:
        logger.exception("Watch rule %s could not be applied", rule.kind)
        return 0


def _raise(rule: WatchRule, sighting: Sighting, now: datetime) -> int:
    """One alert for each cause and window: one that is not answered yet grows, one that is answered stands for it."""
    window = timedelta(minutes=rule.window_minutes)
    before = Alert.objects.filter(rule=rule, cause=sighting.cause, last_at__gt=sighting.last_at - window)
    known = before.order_by("-last_at", "-pk").first()
    if known is not None:
        if known.state == AlertState.OPEN and sighting.last_at > known.last_at:
            known.count = max(known.count, sighting.count)
            known.text, known.last_at = str(sighting.text)[:300], sighting.last_at
            known.save()
        return 0
    owner = owner_for(rule, sighting.about_id, now)
    alert = Alert(
        rule=rule,
        cause=sighting.cause,
        text=str(sighting.text)[:300],
        count=sighting.count,
        record_ids=list(sighting.records),
        first_at=sighting.first_at,
        last_at=sighting.last_at,
        raised_at=now,
        due_at=now + timedelta(hours=rule.answer_hours),
        about_id=sighting.about_id,
        owner=owner,
        number=next_number(SERIES, now.year),
    )
    alert.save()
    record("alert.raised", target=alert, summary=alert.text, after={"owner": str(owner or ""), "rule": rule.kind})
    publish("alerts", {"number": alert.number})
    return 1


def owner_for(rule: WatchRule, about_id: int | None, now: datetime) -> Account | None:
    """Who has to answer: somebody with the rule's role for the network, else a director; rather not the person it is
    about. None where nobody holds either role."""
    for role in (rule.owner_role, Role.DIRECTOR):
        holders = [holder for holder in holders_of(role, now) if holder.is_active]
        others = [holder for holder in holders if holder.pk != about_id]
        if others or holders:
            return (others or holders)[0]
    return None


def holders_of(role: str, now: datetime) -> list[Any]:
    """The accounts that hold a role for the whole network at a moment, those who have held it longest first."""
    running = Q(begins_at__lte=now) & (Q(ends_at__isnull=True) | Q(ends_at__gt=now))
    found = Assignment.objects.filter(
        running, group__role=role, group__place_id=require_network().pk, group__place_type__model="network"
    )
    accounts = {one.account_id: one.account for one in found.select_related("account").order_by("begins_at", "pk")}
    return list(accounts.values())

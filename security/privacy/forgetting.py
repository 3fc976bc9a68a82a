"""Retention: how long a network keeps what, and letting go of what is older."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import Refusal
from core.records import record
from core.retention import RetentionKind, retention_kind, retention_kinds
from core.tenancy.scope import require_network
from security.models import Account, Network, RetentionPeriod
from security.platform_records import platform_deed

BATCH = 1_000


class RetentionRefused(Refusal):
    """A kind of data cannot be kept for so long, or so short."""


@dataclass(frozen=True)
class Period:
    """What holds for one kind of data in the network in scope, and how much of it would go now."""

    kind: RetentionKind
    days: int
    before: datetime
    due: int


def periods(*, now: datetime) -> list[Period]:
    """All kinds of data with the network's periods and what is past them."""
    found = []
    for kind, days in _days():
        before = now - timedelta(days=days)
        found.append(Period(kind, days, before, kind.count(before)))
    return found


def _days() -> list[tuple[RetentionKind, int]]:
    chosen = dict(RetentionPeriod.objects.values_list("kind", "days"))
    # A period that was chosen under other limits is brought within those of today.
    return [(kind, min(kind.most, max(kind.least, chosen.get(kind.name, kind.days)))) for kind in retention_kinds()]


@transaction.atomic
def change_retention(*, kind: str, days: int, actor: Account | None, now: datetime) -> None:
    """Keep a kind of data for `days` days in the network in scope. Safe to repeat.

    Raises:
        RetentionRefused: there is no such kind, or `days` is not within its limits.
    """
    try:
        found = retention_kind(kind)
    except LookupError as error:
        raise RetentionRefused(_("There is no such kind of data."), field="kind") from error
    if not found.least <= days <= found.most:
        limits = {"least": found.least, "most": found.most}
        raise RetentionRefused(_("Choose %(least)d to %(most)d days.") % limits, field=kind)
    Network.objects.select_for_update().get(pk=require_network().pk)
    before = dict(_days())[found]
    if before == days:
        return
    period = RetentionPeriod.objects.filter(kind=kind).first() or RetentionPeriod(kind=kind)
    period.days = days
    period.save()
    record(
        "retention.changed", target=period, actor=actor, summary=str(found.label), before={kind: before},
        after={kind: days},
    )  # fmt: skip


def forget_in_network(*, now: datetime, batch: int = BATCH) -> dict[str, int]:
    """Let go of what is past its period in the network in scope, in batches; returns how many of each kind went.

    Each batch is a transaction of its own: an interrupted run goes on the next night.
    """
    gone: dict[str, int] = {}
    for kind, days in _days():
        before = now - timedelta(days=days)
        while count := _forget_batch(kind, before, batch):
            gone[kind.name] = gone.get(kind.name, 0) + count
    if gone:
        record("retention.applied", target=require_network(), after=gone)
    return gone


@transaction.atomic
def _forget_batch(kind: RetentionKind, before: datetime, batch: int) -> int:
    return kind.forget(before, batch)


def forget_on_platform(*, now: datetime) -> dict[str, int]:
    """Let go of old sign-in attempts (setting LOGIN_ATTEMPT_DAYS) and of sessions that are over."""
    before = now - timedelta(days=settings.LOGIN_ATTEMPT_DAYS)
    gone = {"sessions": Session.objects.filter(expire_date__lt=now).delete()[0]}
    for model in (AccessAttempt, AccessFailureLog, AccessLog):
        gone[model.__name__] = model.objects.filter(attempt_time__lt=before).delete()[0]
    if any(gone.values()):
        platform_deed("retention.applied", after=gone)
    return gone

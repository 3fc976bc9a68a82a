"""Deciding about many doubtful sessions in the same way."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.errors import Refusal
from services.charging.actions.deciding import accept_session, reject_session
from services.charging.models import ChargingSession, Verdict

MOST_NAMED = 20

DEEDS: dict[str, Callable[..., ChargingSession]] = {
    Verdict.ACCEPTED: accept_session,
    Verdict.REJECTED: reject_session,
}


@dataclass
class Outcome:
    """What became of many sessions: how many were decided, and why the others were not (the first few)."""

    decided: int = 0
    refused: int = 0
    refusals: list[tuple[str, str]] = field(default_factory=list)
    """(number of the session, the reason in words)"""


def decide_many(
    *,
    sessions: Iterable[ChargingSession],
    verdict: Verdict,
    reason: str,
    actor: Any,
    now: datetime,
    progress: Callable[[int], None] = lambda done: None,
) -> Outcome:
    """Accept or reject each session in a transaction of its own, so that one that is refused stops none of the others.

    Safe to repeat: what was decided stays decided. `progress` is told how many are done.

    Raises:
        LookupError: the verdict is neither "accepted" nor "rejected".
    """
    deed, outcome = DEEDS[verdict], Outcome()
    for done, session in enumerate(sessions, start=1):
        try:
            deed(session=session, reason=reason, actor=actor, now=now)
            outcome.decided += 1
        except Refusal as refusal:
            outcome.refused += 1
            if len(outcome.refusals) < MOST_NAMED:
                outcome.refusals.append((session.number, str(refusal)))
        progress(done)
    return outcome

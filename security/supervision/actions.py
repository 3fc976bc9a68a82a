"""Answering alerts, and changing the rules that raise them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.errors import Refusal
from core.events import publish
from core.locking import lock
from core.records import record
from security.models import Alert, AlertState, WatchKind
from security.roles import Role
from security.supervision.watching import holders_of, owner_for

# Whether it was oneself that signed in, nobody knows better than oneself.
OWN_BUSINESS = (WatchKind.NEW_DEVICE, WatchKind.NEW_ADDRESS)


class AlertRefused(Refusal):
    """An alert cannot be answered like this."""

    code = "alert"
    default_field = "text"


def explain_alert(*, alert: Alert, text: str, actor: Any, now: datetime) -> Alert:
    """Answer an alert: what happened is explained. Safe to repeat.

    Raises:
        AlertRefused: no text, it is closed or answered in another way, or `actor` is the one it is about.
    """
    return _answer(alert, AlertState.EXPLAINED, text, actor, now, (AlertState.OPEN, AlertState.ESCALATED))


def escalate_alert(*, alert: Alert, text: str, actor: Any, now: datetime) -> Alert:
    """Answer an alert by passing it on to another director, with what is known so far. Safe to repeat.

    Raises:
        AlertRefused: no text, it is not open, or `actor` is the one it is about.
    """
    return _answer(alert, AlertState.ESCALATED, text, actor, now, (AlertState.OPEN,))


def close_alert(*, alert: Alert, text: str, actor: Any, now: datetime) -> Alert:
    """Close an answered alert, with the last word on it. Safe to repeat.

    Raises:
        AlertRefused: no text, it is still open, or `actor` is the one it is about.
    """
    return _answer(alert, AlertState.CLOSED, text, actor, now, (AlertState.EXPLAINED, AlertState.ESCALATED))


@transaction.atomic
def _answer(
    alert: Alert, state: AlertState, text: str, actor: Any, now: datetime, possible: tuple[AlertState, ...]
) -> Alert:
    text = text.strip()
    if not text:
        raise AlertRefused(_("Write what happened."), code="no-text")
    (alert,) = lock(Alert.objects.filter(pk=alert.pk).select_related("rule"))
    if alert.state == state and alert.answer.endswith(text):
        return alert
    if alert.state not in possible:
        raise AlertRefused(
            _("This alert is “%(state)s”, so this cannot be done."),
            params={"state": alert.get_state_display()},
            code="state",
        )
    _refuse_own(alert, actor, now)
    before = {"state": alert.state, "answer": alert.answer, "owner": str(alert.owner or "")}
    alert.answer = "\n".join(filter(None, [alert.answer, text]))
    alert.state, alert.answered_by, alert.answered_at = state, actor, now
    if state == AlertState.CLOSED:
        alert.closed_at = now
    if state == AlertState.ESCALATED:
        others = [holder for holder in holders_of(Role.DIRECTOR, now) if holder.pk not in (actor.pk, alert.about_id)]
        alert.owner = others[0] if others else owner_for(alert.rule, alert.about_id, now)
    alert.save()
    after = {"state": str(alert.state), "answer": alert.answer, "owner": str(alert.owner or "")}
    record(f"alert.{state}", target=alert, actor=actor, summary=text, before=before, after=after)
    publish("alerts", {"number": alert.number})
    return alert


def _refuse_own(alert: Alert, actor: Any, now: datetime) -> None:
    """Nobody answers for themselves while there is another who can."""
    if actor is None or alert.about_id != actor.pk or alert.rule.kind in OWN_BUSINESS:
        return
    if any(holder.pk != actor.pk for holder in holders_of(alert.rule.owner_role, now)):
        raise AlertRefused(_("This alert is about you. Somebody else has to answer it."), code="own")

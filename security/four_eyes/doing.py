"""Doing a deed, or asking for the second person it needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from security.four_eyes.actions import ask
from security.four_eyes.registry import deed_of
from security.four_eyes.rules import rule_of
from security.models import Account, Approval


@dataclass(frozen=True)
class Done:
    """The deed needed nobody else and is done."""

    result: Any = None


@transaction.atomic
def do_or_ask(
    code: str,
    *,
    params: Mapping[str, Any],
    summary: str,
    actor: Account,
    now: datetime,
    amount: Decimal | None = None,
    reason: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> Done | Approval:
    """Do a deed of the network in scope at once, or ask for the second person that the network wants for it.

    `params` are what its `run` takes and must go into JSON; `before` and `after` are what the second person reads.

    Raises:
        LookupError: no such deed is registered.
        Refusal: the deed, or asking for it, is refused.
    """
    deed = deed_of(code)
    if deed is None:
        raise LookupError(f"No deed {code!r} is registered: call register_deed in the app's ready().")
    if not rule_of(deed).wants(amount):
        return Done(deed.run(**params, actor=actor, now=now, reason=reason))
    return ask(
        deed,
        params=params,
        summary=summary,
        actor=actor,
        now=now,
        amount=amount,
        reason=reason,
        before=before,
        after=after,
    )

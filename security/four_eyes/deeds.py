"""The deeds of this app that may need a second person."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from security.actions import RoleRefused, adapt_role, withdraw_role
from security.four_eyes.actions import change_rule
from security.four_eyes.registry import Deed, register_deed
from security.models import Account, Assignment

WITHDRAW_DIRECTOR, ADAPT_ROLE, LOOSEN_RULE = "roles.withdraw-director", "roles.adapt", "four-eyes.loosen"
DECIDE = "security.decide_approval"


def _withdraw(*, assignment: int, actor: Account, now: datetime, reason: str) -> None:
    row = Assignment.objects.filter(pk=assignment).first()
    if row is None:
        raise RoleRefused(_("This assignment does not exist any more."), code="gone")
    withdraw_role(assignment=row, actor=actor, now=now, reason=reason)


def _adapt(*, role: str, permissions: list[str], seen: list[str], actor: Account, now: datetime, reason: str) -> Any:
    return adapt_role(role=role, permissions=permissions, seen=seen, actor=actor, now=now, reason=reason)


def _loosen(*, deed: str, is_on: bool, threshold: str | None, actor: Account, now: datetime, reason: str) -> Any:
    amount = None if threshold is None else Decimal(threshold)
    return change_rule(deed=deed, is_on=is_on, threshold=amount, actor=actor, now=now)


register_deed(
    Deed(
        code=WITHDRAW_DIRECTOR,
        text=gettext_lazy("Withdraw the role of a director"),
        ask="security.give_role",
        approve=DECIDE,
        run=_withdraw,
        is_on=False,
    )
)
register_deed(
    Deed(
        code=ADAPT_ROLE,
        text=gettext_lazy("Change what a role may do"),
        ask="security.adapt_role",
        approve=DECIDE,
        run=_adapt,
        is_on=False,
    )
)
# Otherwise one person alone could switch the second person off.
register_deed(
    Deed(
        code=LOOSEN_RULE,
        text=gettext_lazy("Loosen the rule for a second person"),
        ask="security.change_deedrule",
        approve=DECIDE,
        run=_loosen,
        can_be_off=False,
    )
)

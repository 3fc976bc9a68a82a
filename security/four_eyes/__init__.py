"""Deeds that need a second person: one asks, another decides, and the deed runs once, in the decision's transaction.

An app registers its deed in `ready()`:

    register_deed(Deed(
        code="billing.refund", text=_("Refund over the limit"),
        ask="billing.refund_payment", approve="billing.approve_refund",
        run=run_refund, unit="EUR", highest_threshold=Decimal(500),
    ))

and calls `do_or_ask("billing.refund", params={"payment": 12}, amount=…, summary=…, actor=…, now=…)` in place of its
action: the answer is `Done(result)` where no second person is wanted, and the waiting `Approval` where one is. `run`
gets the parameters as they went through JSON, `actor` (who asked) and `now`; it checks everything again, as it did not
run yet, and refuses by a `Refusal` as any action does.
"""

from security.four_eyes.actions import approve, ask, change_rule, expire_due, refuse, withdraw
from security.four_eyes.doing import Done, do_or_ask
from security.four_eyes.registry import Deed, all_deeds, deed_of, register_deed
from security.four_eyes.rules import Rule, rule_of

__all__ = [
    "Deed",
    "Done",
    "Rule",
    "all_deeds",
    "approve",
    "ask",
    "change_rule",
    "deed_of",
    "do_or_ask",
    "expire_due",
    "refuse",
    "register_deed",
    "rule_of",
    "withdraw",
]

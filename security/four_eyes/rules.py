"""What a network wants of a deed, within the limits that the deed sets."""

from dataclasses import dataclass
from decimal import Decimal

from security.four_eyes.registry import Deed
from security.models import DeedRule


@dataclass(frozen=True)
class Rule:
    """Whether a deed needs a second person, and from which amount on (None: always)."""

    is_on: bool
    threshold: Decimal | None = None

    def wants(self, amount: Decimal | None) -> bool:
        """Whether a deed of this amount needs a second person; one whose amount nobody knows does."""
        return self.is_on and (self.threshold is None or amount is None or amount >= self.threshold)

    def is_looser_than(self, other: "Rule") -> bool:
        """Whether something passes here that `other` holds back."""
        if not other.is_on:
            return False
        if not self.is_on:
            return True
        return self.threshold is not None and (other.threshold is None or self.threshold > other.threshold)


def within_limits(deed: Deed, rule: Rule) -> Rule:
    """The rule cut to what the deed allows; whatever a network chose before the limits changed."""
    threshold = rule.threshold if deed.has_amount else None
    if threshold is not None and deed.highest_threshold is not None:
        threshold = min(threshold, deed.highest_threshold)
    return Rule(rule.is_on or not deed.can_be_off, threshold)


def rule_of(deed: Deed) -> Rule:
    """What the network in scope wants of a deed."""
    row = DeedRule.objects.filter(deed=deed.code).first()
    if row is None:
        return within_limits(deed, Rule(deed.is_on, deed.threshold))
    return within_limits(deed, Rule(row.is_on, row.threshold))

"""Forms about what roles may do, and about deeds that need a second person."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.crud.forms import reason_field
from security.four_eyes import Deed, Rule
from security.role_limits import ceiling_of, floor_of
from security.roles import MATRIX
from security.words import area_text, permission_text


class WithdrawForm(forms.Form):
    """Why a role is withdrawn."""

    reason = reason_field()


class AdaptRoleForm(forms.Form):
    """What a role may do, area by area, within its limits. Boxes that cannot be changed are not there."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20_000)
    reason = reason_field(required=True)

    def __init__(self, data: Any = None, *, role: str, held: Iterable[str]) -> None:
        held = frozenset(held)
        super().__init__(data, initial={"seen": ",".join(sorted(held))})
        self.role, self._floor = role, floor_of(role)
        open_to_choice = ceiling_of(role) - self._floor
        self.areas: list[str] = []
        for permission in MATRIX:
            if permission in open_to_choice:
                area = permission.partition(".")[0]
                if area not in self.areas:
                    self.areas.append(area)
                    self._add_area(
                        area, [code for code in MATRIX if code in open_to_choice and _is_of(code, area)], held
                    )
        self.order_fields([*self.areas, "reason", "seen"])

    def _add_area(self, area: str, codes: list[str], held: frozenset[str]) -> None:
        self.fields[area] = forms.MultipleChoiceField(
            label=area_text(f"{area}."),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            choices=[(code, permission_text(code)) for code in codes],
            initial=[code for code in codes if code in held],
        )

    @property
    def permissions(self) -> frozenset[str]:
        """All that the role is to hold: what was chosen, and what cannot be taken from it."""
        return self._floor | {code for area in self.areas for code in self.cleaned_data[area]}

    @property
    def seen_permissions(self) -> list[str]:
        """What the role held when the form was opened."""
        return sorted(code for code in self.cleaned_data["seen"].split(",") if code in MATRIX)


def _is_of(permission: str, area: str) -> bool:
    return permission.startswith(f"{area}.")


class RuleForm(forms.Form):
    """Whether a deed needs a second person, and from which amount on."""

    is_on = forms.BooleanField(label=_("Needs a second person"), required=False)
    threshold = forms.DecimalField(
        label=_("From an amount of"),
        required=False,
        min_value=Decimal(0),
        max_digits=14,
        decimal_places=4,
        help_text=_("Empty: whatever the amount."),
    )
    reason = reason_field(required=True)

    def __init__(self, data: Any = None, *, deed: Deed, rule: Rule) -> None:
        super().__init__(data, initial={"is_on": rule.is_on, "threshold": rule.threshold})
        if not deed.has_amount:
            del self.fields["threshold"]
        else:
            self.fields["threshold"].label = f"{self.fields['threshold'].label} ({deed.unit})"
        if not deed.can_be_off:
            self.fields["is_on"].disabled = True

    @property
    def rule(self) -> Rule:
        """The chosen rule."""
        return Rule(self.cleaned_data["is_on"], self.cleaned_data.get("threshold"))

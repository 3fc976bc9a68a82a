"""Filters of lists that look further than the row itself."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from core.crud.filters import ANY, RowFilterSet
from stations.models import Charger, Connector
from stations.vocabulary import ChargerState, ChargingMethod, ConnectorStandard


class SiteFilters(RowFilterSet):
    """Sites by the equipment that stands there, and by whether anything supplies them."""

    method = django_filters.MultipleChoiceFilter(
        label=_("Charging method"),
        choices=ChargingMethod.choices,
        method="with_method",
        widget=forms.CheckboxSelectMultiple,
    )
    standard = django_filters.ChoiceFilter(
        label=_("Connector standard"), choices=ConnectorStandard.choices, method="with_standard", empty_label=ANY
    )
    kw_min = django_filters.NumberFilter(
        label=_("A charger of at least (kW)"), method="with_power", min_value=0, max_digits=8, decimal_places=2
    )
    supplied = django_filters.TypedChoiceFilter(
        label=_("Has a supplier"),
        choices=[("", ANY), ("yes", _("Yes")), ("no", _("No"))],
        coerce="yes".__eq__,
        method="with_supplier",
    )

    def with_method(self, sites: Any, name: str, value: list[str]) -> Any:
        """Sites with a standing charger of one of these methods."""
        return sites.filter(_charger(method__in=value)) if value else sites

    def with_standard(self, sites: Any, name: str, value: str) -> Any:
        """Sites with a connector of this standard at a standing charger."""
        connectors = Connector.objects.filter(charger__site=OuterRef("pk"), standard=value)
        return sites.filter(Exists(connectors.exclude(charger__state=ChargerState.REMOVED)))

    def with_power(self, sites: Any, name: str, value: Decimal) -> Any:
        """Sites with a standing charger of at least so many kW."""
        return sites.filter(_charger(rated_kw__gte=value))

    def with_supplier(self, sites: Any, name: str, value: bool) -> Any:
        """Sites that something supplies, or that nothing does."""
        return sites.filter(supplied_by__isnull=not value)


def _charger(**conditions: Any) -> Exists:
    standing = Charger.objects.filter(site=OuterRef("pk"), **conditions)
    return Exists(standing.exclude(state=ChargerState.REMOVED))

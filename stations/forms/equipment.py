"""Forms of chargers, connectors and districts."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.fields import InvalidJSONInput
from django.utils.translation import gettext_lazy as _

from stations.forms.sites import PlaceForm, ReasonForm
from stations.models import Charger, Connector, District
from stations.outlines import OutlineError, geometry_of
from stations.vocabulary import ChargerState, ConnectorState

#: What a person sets by hand; all else a connector tells itself.
BY_HAND = (
    ConnectorState.AVAILABLE,
    ConnectorState.RESERVED,
    ConnectorState.UNAVAILABLE,
    ConnectorState.FAULTED,
)


class ChargerStateForm(ReasonForm):
    """The state a charger gets, and why."""

    state = forms.ChoiceField(label=_("New state"), widget=forms.RadioSelect)
    field_order = ["state", "reason"]

    def __init__(self, *args: Any, charger: Charger, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [choice for choice in ChargerState.choices if choice[0] != charger.state]  # type: ignore[attr-defined]


class ConnectorStateForm(ReasonForm):
    """The state a connector gets, and why."""

    state = forms.ChoiceField(label=_("New state"), widget=forms.RadioSelect)
    field_order = ["state", "reason"]

    def __init__(self, *args: Any, connector: Connector, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [(state.value, state.label) for state in BY_HAND if state != connector.state]  # type: ignore[attr-defined]


class OutlineField(forms.JSONField):
    """The outline of a district: GeoJSON typed or pasted, also a whole Feature."""

    def to_python(self, value: Any) -> Any:
        """The JSON. Raises ValidationError also for numbers and nestings that no parser takes."""
        try:
            return super().to_python(value)
        except (RecursionError, ValueError) as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid", params={"value": "…"}) from error

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What was typed, as it was typed."""
        return initial if self.disabled else InvalidJSONInput(data or "")

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether another shape was typed; what cannot be read is another one."""
        try:
            return bool(super().has_changed(initial, data))
        except (RecursionError, ValueError):
            return True

    def clean(self, value: Any) -> Any:
        """The geometry alone. Raises ValidationError for what is no outline."""
        told = super().clean(value)
        if told is None:
            return None
        try:
            return geometry_of(told)
        except OutlineError as error:
            raise ValidationError(str(error), code=error.code) from error

    def prepare_value(self, value: Any) -> Any:
        """Compact text: an outline has thousands of numbers."""
        if isinstance(value, str) or value is None:
            return value
        return json.dumps(value, separators=(",", ":"))


class DistrictForm(PlaceForm):
    """A district."""

    outline = OutlineField(
        label=_("Outline"),
        required=False,
        help_text=_(
            "Paste the GeoJSON of its shape (Polygon or MultiPolygon, or a Feature with one), in WGS 84, longitude "
            "before latitude. Without it the district has no shape on maps."
        ),
    )

    class Meta:
        model = District
        fields = ["code", "name", "latitude", "longitude", "datum", "outline"]

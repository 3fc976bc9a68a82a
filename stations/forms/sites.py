"""Forms of sites."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from core.crud.forms import RowForm
from core.rights import may_everywhere
from stations.forms.week import WeekField
from stations.geo import CoordinateSystem, Place, outside_china, to_wgs84
from stations.models import Site
from stations.vocabulary import SiteStatus

#: Six decimals of a degree are a tenth of a metre; the database keeps no more.
_MICRODEGREE = Decimal("0.000001")
#: What only the management centre changes; who holds a right at some sites alone does not see these in the form.
CENTRAL_FIELDS = ("code", "kind", "operator", "district", "supplied_by", "is_test")


class PlaceForm(RowForm):
    """A form with coordinates: taken in the system of the map they were read from, kept in WGS 84."""

    latitude = forms.DecimalField(
        label=_("Latitude"),
        required=False,
        min_value=-90,
        max_value=90,
        help_text=_("Degrees, north positive, such as 56.462018."),
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )
    longitude = forms.DecimalField(
        label=_("Longitude"),
        required=False,
        min_value=-180,
        max_value=180,
        help_text=_("Degrees, east positive, such as -2.970721."),
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )
    datum = forms.ChoiceField(
        label=_("The coordinates above are in"),
        choices=CoordinateSystem.choices,
        initial=CoordinateSystem.WGS84,
        help_text=_(
            "Where they were read: a satellite receiver gives WGS 84, a Chinese map GCJ-02 or BD-09. Those two are "
            "converted on saving by the published approximation, which may be some metres off."
        ),
    )

    def clean(self) -> dict[str, Any]:
        """A place is whole, and in WGS 84."""
        data = super().clean() or {}
        if "latitude" not in data or "longitude" not in data or "datum" not in data:
            return data  # one of them is wrong in itself
        latitude, longitude = data["latitude"], data["longitude"]
        if (latitude is None) != (longitude is None):
            missing = "latitude" if latitude is None else "longitude"
            self.add_error(missing, _("Give both latitude and longitude, or neither."))
        elif latitude is not None and longitude is not None:
            self._convert(data, Place(float(latitude), float(longitude)), CoordinateSystem(data["datum"]))
        return data

    def _convert(self, data: dict[str, Any], told: Place, system: CoordinateSystem) -> None:
        if system == CoordinateSystem.WGS84:
            data["latitude"], data["longitude"] = _rounded(data["latitude"]), _rounded(data["longitude"])
        elif outside_china(told):
            self.add_error("datum", _("This place is not in China, where alone maps are shifted. Choose WGS 84."))
        else:
            place = to_wgs84(told, system)
            data["latitude"], data["longitude"] = _rounded(place.latitude), _rounded(place.longitude)


class SiteForm(PlaceForm):
    """A site."""

    opening_week = WeekField(label=_("Opening hours of the week"), required=False)
    phone = forms.CharField(
        label=_("Phone"),
        required=False,
        max_length=40,
        validators=[
            RegexValidator(
                r"^[+]?[0-9(][0-9 ()/.-]*(?:(?:x|ext\.?)? ?[0-9]+)?$",
                _("Write digits, spaces, brackets and hyphens, as in +44 1382 433000."),
            )
        ],
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )

    class Meta:
        model = Site
        fields = [
            "code", "name", "kind", "status", "operator", "phone", "is_test", "address", "postcode", "town", "region",
            "district", "latitude", "longitude", "datum", "opened_on", "always_open", "opening_week", "services",
            "battery_capacity", "grid_kw", "supplied_by",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.verb == "change":
            del self.fields["status"]  # changed by verbs of their own, which ask why
            if not may_everywhere(self.request.user, self.views.permissions["change"]):
                for name in CENTRAL_FIELDS:
                    del self.fields[name]
        else:
            field = self.fields["status"]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 (for the type checker)
            field.choices = [choice for choice in SiteStatus.choices if choice[0] != SiteStatus.CLOSED]

    def clean(self) -> dict[str, Any]:
        """Hours go with a site that is not always open."""
        data = super().clean()
        if not data.get("always_open") and "opening_week" in data and not data["opening_week"]:
            self.add_error("opening_week", _("Give the hours of at least one day, or tick “open day and night”."))
        return data


def _rounded(degrees: Decimal | float) -> Decimal:
    return Decimal(str(degrees)).quantize(_MICRODEGREE)


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(
        label=_("Reason"), max_length=250, help_text=_("Stands in the history and in the work record.")
    )


class CloseForm(ReasonForm):
    """From when a site closes, and why."""

    closes_on = forms.DateField(
        label=_("Closed from"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("Today or an earlier day closes it at once; for a later day it closes when the day comes."),
    )
    field_order = ["closes_on", "reason"]


class StatusForm(ReasonForm):
    """The status a site gets, and why."""

    status = forms.ChoiceField(label=_("New status"), widget=forms.RadioSelect)
    field_order = ["status", "reason"]

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["status"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (for the type checker)
        left_out = {SiteStatus.CLOSED.value, str(site.status)}
        field.choices = [choice for choice in SiteStatus.choices if choice[0] not in left_out]

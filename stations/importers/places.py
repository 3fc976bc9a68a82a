"""Coordinates as files give them: in one of several systems, kept in WGS 84."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.importing.rows import EMPTY, Row
from stations.geo import CoordinateSystem, Place, outside_china, to_wgs84

# Six decimals of a degree are a tenth of a metre; the database keeps no more.
_MICRODEGREE = Decimal("0.000001")


@dataclass(frozen=True)
class KeptPlace:
    """WGS 84 degrees as the database keeps them."""

    latitude: Decimal
    longitude: Decimal

    def __iter__(self) -> Iterator[Decimal]:
        """Latitude, longitude."""
        return iter((self.latitude, self.longitude))

    @property
    def place(self) -> Place:
        """The same for calculations."""
        return Place(float(self.latitude), float(self.longitude))


class PlaceOptions(forms.Form):
    """In which system a file gives its coordinates."""

    datum = forms.ChoiceField(
        label=_("Coordinates are in"),
        choices=CoordinateSystem.choices,
        initial=CoordinateSystem.WGS84,
        required=False,
        help_text=_("Chinese maps and files made from them are shifted by some hundred metres; they are converted."),
    )


def system_of(options: Any) -> CoordinateSystem:
    """The system that the options name; WGS 84 when nobody said anything."""
    return CoordinateSystem(options.get("datum") or CoordinateSystem.WGS84)


def kept(place: Place) -> KeptPlace:
    """The place with as many digits as the database keeps."""
    return KeptPlace(_rounded(place.latitude), _rounded(place.longitude))


def _rounded(degrees: float) -> Decimal:
    return Decimal(str(degrees)).quantize(_MICRODEGREE)


def told_place(row: Row, system: CoordinateSystem) -> KeptPlace | None:
    """The place that the fields `latitude` and `longitude` of a row tell; None without any.

    A row with one coordinate alone is wrong, and so is one outside China whose file is said to be shifted.
    """
    latitude, longitude = row.values.get("latitude"), row.values.get("longitude")
    if latitude is None and longitude is None:
        return None
    if latitude is None or longitude is None:
        missing = "latitude" if latitude is None else "longitude"
        row.wrong(_("Give both latitude and longitude, or neither."), field=missing, reason=EMPTY)
        return None
    told = Place(latitude, longitude)
    if system != CoordinateSystem.WGS84 and outside_china(told):
        row.wrong(
            _("This place is not in China, where alone maps are shifted. Choose WGS 84."),
            field="latitude",
            reason="datum",
        )
        return None
    return kept(to_wgs84(told, system))

"""Charging sessions at a city council's chargers in Dundee (Europe/London), 2017-09 to 2018-09, and where they stand.

Four files in two layouts: the fourth has a user column and, behind the model, three columns without a name, the last
of which names the car. Times are readings of the wall clock. A session without an end was open when the file was made.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from stations.geo import Place
from stations.registers.cells import Cells
from stations.vocabulary import ChargingMethod

_CITY = re.compile(r"\s*[,.]\s*Dundee\s*$", re.IGNORECASE)
_TEST_SITE = re.compile(r"\*+\s*test site\s*\*+", re.IGNORECASE)
_KW = re.compile(r"\b([0-9]+(?:\.[0-9]+)?)\s*kW\b", re.IGNORECASE)
_OUTLETS = {"single": 1, "dual": 2, "triple": 3, "raption": 3}
# What "rapid" means where the text gives no power: 50 kW DC. No session of these models had a mean power above 51 kW.
RAPID_KW = Decimal(50)


@dataclass(frozen=True, slots=True)
class DundeePlace:
    """Where a site of the session files stands; `place` (WGS 84) is None where nobody could tell."""

    site: str
    place: Place | None
    postcode: str
    open_charge_map_id: str


@dataclass(frozen=True, slots=True)
class ModelGuess:
    """What the text of a model tells about a charger.

    `kw` is the rated power of one outlet: stated in the text, or what such models usually have (`kw_is_stated` false);
    None, like `method` and `outlets`, where the text gives no hint.
    """

    vendor: str
    model: str
    kw: Decimal | None
    kw_is_stated: bool
    method: ChargingMethod | None
    outlets: int | None


def parse_place(row: Mapping[str, str]) -> DundeePlace:
    """One row of the file that joins site names to places. Raises WrongRow with all problems."""
    cells = Cells(row)
    site = cells.text("Site", required=True)
    given = cells.text("latitude") or cells.text("longitude")
    place = cells.place("latitude", "longitude") if given else None
    cells.check()
    return DundeePlace(site, place, cells.text("ocm_postcode"), cells.text("ocm_id"))


def site_name(name: str) -> str:
    """The one name of a site that goes by several: "Trades Lane, Dundee" and "Trades Lane" are Trades Lane."""
    text = " ".join(name.split())
    return _CITY.sub("", text) or text


def is_test_site(name: str) -> bool:
    """True for the operator's test site ("***TEST SITE*** …"), where no customer charges."""
    return _TEST_SITE.search(name) is not None


def guess_model(text: str) -> ModelGuess:
    """What a text such as "APT 22kW Dual Outlet" or "APT Triple Rapid Charger" says.

    The first word is the vendor. "Outlet" speaks of AC; "Rapid" and "Raption" (a model of 50 kW) of DC, although such
    a charger may have an AC outlet beside, whose power the text does not tell.
    """
    vendor, _space, model = " ".join(text.split()).partition(" ")
    words = model.casefold().split()
    method: ChargingMethod | None = None
    if "rapid" in words or "raption" in words:
        method = ChargingMethod.DC
    elif "outlet" in words:
        method = ChargingMethod.AC
    stated = _KW.search(model)
    usual = RAPID_KW if method == ChargingMethod.DC else None
    return ModelGuess(
        vendor=vendor,
        model=model,
        kw=Decimal(stated[1]) if stated else usual,
        kw_is_stated=stated is not None,
        method=method,
        outlets=next((_OUTLETS[word] for word in words if word in _OUTLETS), None),
    )

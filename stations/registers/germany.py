"""The German register of public charging points (Ladesäulenregister), as the Bundesnetzagentur published it in 2019.

One row is one charging facility with up to four charging points. The file is Windows-1252, `;`, decimal comma, with
five title rows above the header. The register has no id of its own, and rows that are equal in every cell are as a
rule equal facilities side by side (31 in one car park), not mistakes: none may be dropped as a duplicate.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from stations.geo import Box, Place
from stations.registers.cells import Cells, Remark
from stations.vocabulary import ConnectorStandard, Current

OPERATOR = "Betreiber"
ADDRESS = "Adresse"
POSTCODE_TOWN = "Postleitzahl Ort"
STATE = "Bundesland"
LONGITUDE = "Längengrad [DG]"
LATITUDE = "Breitengrad [DG]"
COMMISSIONED = "Inbetriebnahmedatum"
CONNECTED_KW = "Anschlussleistung [kW]"
KIND = "Art der Ladeeinrichtung"
POINTS = "Anzahl Ladepunkte"
MOST_POINTS = 4


def connectors_column(number: int) -> str:
    """The column with the connector types of charging point 1 to 4."""
    return f"Steckertypen{number}"


def kw_column(number: int) -> str:
    """The column with the power of charging point 1 to 4."""
    return f"P{number} [kW]"


def public_key_column(number: int) -> str:
    """The column with the key that verifies the meter of charging point 1 to 4."""
    return f"Public Key{number}"


COLUMNS = (
    OPERATOR,
    ADDRESS,
    POSTCODE_TOWN,
    STATE,
    LONGITUDE,
    LATITUDE,
    COMMISSIONED,
    CONNECTED_KW,
    KIND,
    POINTS,
) + tuple(
    name
    for number in range(1, MOST_POINTS + 1)
    for name in (connectors_column(number), kw_column(number), public_key_column(number))
)

# Germany without the sea (Federal Agency for Cartography and Geodesy: 5.87° to 15.04° east, 47.27° to 55.06° north).
GERMANY = Box(south=47.2, west=5.8, north=55.1, east=15.1)

_KINDS = {"Normalladeeinrichtung": False, "Schnellladeeinrichtung": True}
# "Steckdose" is a socket outlet, "Kupplung" a connector on a fixed cable.
_STANDARDS = {
    "AC Steckdose Typ 2": (ConnectorStandard.TYPE_2, False),
    "AC Kupplung Typ 2": (ConnectorStandard.TYPE_2, True),
    "Steckdose Typ 1": (ConnectorStandard.TYPE_1, False),
    "AC Schuko": (ConnectorStandard.SCHUKO, False),
    "AC CEE 3 polig": (ConnectorStandard.CEE_3, False),
    "AC CEE 5 polig": (ConnectorStandard.CEE_5, False),
    "DC Kupplung Combo": (ConnectorStandard.CCS2, True),
    "DC CHAdeMO": (ConnectorStandard.CHADEMO, True),
}
_CURRENTS = {
    ConnectorStandard.TYPE_1: Current.AC_1_PHASE,
    ConnectorStandard.SCHUKO: Current.AC_1_PHASE,
    ConnectorStandard.CEE_3: Current.AC_1_PHASE,
    ConnectorStandard.CEE_5: Current.AC_3_PHASE,
    ConnectorStandard.CCS2: Current.DC,
    ConnectorStandard.CHADEMO: Current.DC,
}
# One phase of a Type 2 outlet gives at most 32 A at 230 V; more needs three phases (IEC 61851-1, mode 3).
ONE_PHASE_KW = Decimal("7.4")


@dataclass(frozen=True, slots=True)
class Connector:
    """What a car finds at a charging point: standard, current, and whether the cable is fixed to the charger."""

    standard: ConnectorStandard
    current: Current
    fixed_cable: bool = False


@dataclass(frozen=True, slots=True)
class ChargingPoint:
    """One charging point: serves one car at a time, by any of its connectors, with at most `kw` (None: not given)."""

    number: int
    connectors: tuple[Connector, ...]
    kw: Decimal | None
    public_key: str = ""


@dataclass(frozen=True, slots=True)
class GermanStation:
    """One row of the register."""

    operator: str
    address: str
    postcode: str
    town: str
    state: str
    place: Place
    commissioned_on: date
    connected_kw: Decimal
    is_fast: bool | None
    points: tuple[ChargingPoint, ...]
    fingerprint: str
    """The same for rows that are equal in every cell, else different (16 hexadecimal digits of SHA-256)."""
    remarks: tuple[Remark, ...] = field(default=(), compare=False)

    @property
    def site_key(self) -> tuple[str, str, str, str]:
        """Rows with one key stand at one site: the same operator at the same address."""
        return (self.operator.casefold(), self.postcode, self.town.casefold(), self.address.casefold())


def parse(row: Mapping[str, str], *, decimal_mark: str = ",") -> GermanStation:
    """One row of the register. Raises WrongRow with all problems; oddities that can be kept become remarks."""
    cells = Cells(row, decimal_mark=decimal_mark)
    operator = cells.text(OPERATOR, required=True)
    address = cells.text(ADDRESS)
    postcode, town = _postcode_and_town(cells)
    place = cells.place(LATITUDE, LONGITUDE)
    commissioned_on = cells.day(COMMISSIONED, "dd.mm.yyyy")
    connected_kw = cells.number(CONNECTED_KW, required=True)
    points = tuple(_points(cells))
    _compare_count(cells, len(points))
    cells.check()
    _look_at_place(cells, place)
    return GermanStation(
        operator=operator,
        address=address,
        postcode=postcode,
        town=town,
        state=cells.text(STATE),
        place=place,
        commissioned_on=commissioned_on,
        connected_kw=connected_kw,
        is_fast=_is_fast(cells),
        points=points,
        fingerprint=fingerprint(row),
        remarks=tuple(cells.remarks),
    )


def fingerprint(row: Mapping[str, str]) -> str:
    """A name for the row's content: equal for rows that are equal in every cell of the register."""
    content = "\x1f".join(row.get(column) or "" for column in COLUMNS)
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def numbered(fingerprints: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Each fingerprint with its number among its equals, from 1: a key that a second reading of the file repeats."""
    seen: Counter[str] = Counter()
    for name in fingerprints:
        seen[name] += 1
        yield name, seen[name]


def connectors(cell: str, kw: Decimal | None) -> tuple[tuple[Connector, ...], tuple[str, ...]]:
    """The connectors that a cell such as "AC Steckdose Typ 2, AC Schuko" names, and the words in it that name none.

    The register gives AC without the number of phases; a Type 2 outlet is taken to have three where the point gives
    more than one phase can (7.4 kW), one where it gives less, and unknown where the power is not given.
    """
    known: list[Connector] = []
    unknown: list[str] = []
    for word in filter(None, (" ".join(part.split()) for part in re.split(r"[,\n]", cell))):
        if word not in _STANDARDS:
            unknown.append(word)
            continue
        standard, fixed_cable = _STANDARDS[word]
        known.append(Connector(standard, _CURRENTS.get(standard) or _type_2_current(kw), fixed_cable))
    return tuple(known), tuple(unknown)


def _type_2_current(kw: Decimal | None) -> Current:
    if kw is None:
        return Current.UNKNOWN
    return Current.AC_3_PHASE if kw > ONE_PHASE_KW else Current.AC_1_PHASE


def _points(cells: Cells) -> Iterator[ChargingPoint]:
    for number in range(1, MOST_POINTS + 1):
        column = connectors_column(number)
        kw = cells.number(kw_column(number))
        if not cells.text(column):
            if kw:
                cells.remark(kw_column(number), "kw_without_connector", _("A power is given, but no connector."))
            continue
        known, unknown = connectors(cells.raw(column), kw)
        for word in unknown:
            cells.remark(column, "unknown_connector", _("“%(word)s” is not a connector that we know."), word=word)
        if not kw:
            cells.remark(kw_column(number), "connector_without_kw", _("A connector is given, but no power."))
        yield ChargingPoint(
            number,
            known or (Connector(ConnectorStandard.UNKNOWN, Current.UNKNOWN),),
            kw or None,
            cells.text(public_key_column(number)),
        )


def _compare_count(cells: Cells, found: int) -> None:
    declared = cells.whole(POINTS, required=True)
    if declared != found:
        cells.remark(
            POINTS,
            "point_count",
            _("%(declared)d charging points are declared, %(found)d described."),
            declared=declared,
            found=found,
        )


def _postcode_and_town(cells: Cells) -> tuple[str, str]:
    text = cells.text(POSTCODE_TOWN)
    match = re.fullmatch(r"([0-9]+) (.+)", text)
    if match is None:
        cells.remark(POSTCODE_TOWN, "no_postcode", _("This is not a postcode and a town."))
        return "", text
    if len(match[1]) != 5:
        # Not mended: a missing digit may be a lost leading zero or any other.
        cells.remark(POSTCODE_TOWN, "postcode_length", _("A German postcode has five digits."))
    return match[1], match[2]


def _look_at_place(cells: Cells, place: Place) -> None:
    if place not in GERMANY:
        cells.remark(LONGITUDE, "outside_germany", _("This place is not in Germany."))
    if place.latitude.is_integer() or place.longitude.is_integer():
        column = LATITUDE if place.latitude.is_integer() else LONGITUDE
        cells.remark(column, "coarse_place", _("Whole degrees: the place may be wrong by many kilometres."))


def _is_fast(cells: Cells) -> bool | None:
    kind = cells.text(KIND)
    if kind not in _KINDS:
        cells.remark(KIND, "unknown_kind", _("“%(kind)s” is not a kind of charging facility that we know."), kind=kind)
    return _KINDS.get(kind)

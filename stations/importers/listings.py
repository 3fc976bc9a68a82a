"""The importer of station lists: what a register or another source says of the city's stations.

Every row is kept as a listing of its source. Which site it is about is found by its place: where there is no doubt, it
is linked; where no site is near, it becomes a site of its own; where it could be one of several, a person decides. Two
rows of one source are two stations, however near to each other they stand: the source itself tells them apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core.errors import Refusal, Text
from core.events import publish
from core.importing import fields as f
from core.importing.importer import Context, Field, Importer, Preset, Row, register
from core.importing.rows import Outcome, Seen, Tally
from core.locking import lock_names
from stations.formatting import metres_text
from stations.geo import CoordinateSystem, Place, distance_m
from stations.importers.listed import TOLD, Listed, says_the_same
from stations.importers.places import PlaceOptions, system_of, told_place
from stations.importers.siting import Siting
from stations.importers.targets import Districts
from stations.importers.writing import update
from stations.matching import Limits, Verdict
from stations.models import SiteListing
from stations.registers.shenzhen import STEVCDP_COLUMNS, URBANEV_COLUMNS

MOST_ROWS = 20_000
"""Stations that are matched at once."""


class TooManyStations(Refusal):
    """The list is longer than what can be matched in one go."""

    message = _("The list has more than 20,000 stations. Split it by area and import the parts one after another.")
    code = "too-many-stations"


class ListingOptions(PlaceOptions):
    """Which source a list comes from, and where its coordinates are."""

    source = forms.CharField(
        label=_("Name of the list"),
        max_length=80,
        required=False,
        help_text=_("Under this name its stations are kept and found again next time. Empty: the name of the source."),
    )


def _is_count(label: Text, *aliases: str) -> dict[str, Any]:
    return {"label": label, "aliases": aliases, "parse": f.integer(minimum=0, maximum=1_000_000)}


@register
class ListingImporter(Importer):
    """Stations of a source by their number in it."""

    name = "listings"
    title = _("Station lists")
    description = _("Stations as a register or another source lists them; they are matched with our sites by place.")
    permission = "stations.import_site"
    options_form = ListingOptions
    decides_at_end = True
    reasons: ClassVar[Mapping[str, Text]] = {
        "doubtful": _("It could be one of several sites; a person decides"),
        "datum": _("The coordinates are not in the system that was chosen"),
        "same_place": _("The list has another station at the very same place"),
        "no_piles": _("A station without piles; as a new site it is suspended"),
        "pile_count": _("Fast and slow piles do not add up to all piles"),
        "moved": _("The source has moved it since the last import"),
    }
    fields = [
        Field("external_id", _("Number in the source"), required=True, aliases=("station_id", "id", "code", "编号"),
              parse=f.text(80)),
        Field("name", _("Name"), aliases=("station", "station name", "名称"), parse=f.text(200, one_line=True)),
        Field("latitude", _("Latitude"), required=True, aliases=("lat", "la", "纬度"), parse=f.coordinate("latitude")),
        Field("longitude", _("Longitude"), required=True, aliases=("lon", "lng", "经度"),
              parse=f.coordinate("longitude")),
        Field("piles", **_is_count(_("Piles"), "count", "charge_count", "points", "connectors")),
        Field("fast_piles", **_is_count(_("Fast piles"), "fast", "dc")),
        Field("slow_piles", **_is_count(_("Slow piles"), "slow", "ac")),
        Field("zone_code", _("Zone"), aliases=("TAZID", "district", "grid", "区"), parse=f.text(40),
              help=_("The code or name of its district; one that is not there is made.")),
    ]  # fmt: skip
    presets: ClassVar[list[Preset]] = [
        Preset(
            "UrbanEV (Shenzhen)",
            {"station_id": "external_id", "longitude": "longitude", "latitude": "latitude", "charge_count": "piles",
             "TAZID": "zone_code"},
            ignored=URBANEV_COLUMNS[-2:],
            options={"source": "UrbanEV", "datum": CoordinateSystem.GCJ02.value},
        ),
        Preset(
            "ST-EVCDP (Shenzhen)",
            dict(zip(STEVCDP_COLUMNS, ("external_id", "latitude", "longitude", "fast_piles", "slow_piles", "piles"),
                     strict=True)),
            options={"source": "ST-EVCDP", "datum": CoordinateSystem.GCJ02.value},
        ),
    ]  # fmt: skip

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.system = system_of(context.options)
        self.source = str(context.options.get("source") or context.run.source_name)
        self._seen = Seen()
        self._rows: list[Row] = []
        self._places: dict[Place, int] = {}
        self._sums: Counter[str] = Counter()
        self._zones: set[str] = set()

    def lock(self) -> None:
        lock_names("import", [self.name, "sites"])

    def begin(self) -> None:
        self.districts = Districts.of_network()
        self.kept = {row.external_id: row for row in SiteListing.objects.filter(source=self.source)}

    def parse_row(self, row: Row) -> None:
        values, place = row.values, told_place(row, self.system)
        if place is None:
            return
        fast, slow = values["fast_piles"], values["slow_piles"]
        if values["piles"] is None and fast is not None and slow is not None:
            values["piles"] = fast + slow
        row.data = Listed(
            external_id=values["external_id"],
            name=values["name"] or "",
            place=place,
            piles=values["piles"],
            fast=fast,
            slow=slow,
            zone=values["zone_code"] or "",
            raw=row.texts,
        )

    def classify_batch(self, batch: list[Row]) -> None:
        """Rows wait until all are there: which site one is about depends on the others."""
        for row in batch:
            if not self._seen.judge(row, row.data.external_id, tuple(sorted(row.data.raw.items()))):
                self._rows.append(row)
        if len(self._rows) > MOST_ROWS:
            raise TooManyStations

    def apply_batch(self, batch: list[Row]) -> None:
        """Nothing: `finish` writes."""

    def finish(self, tally: Tally) -> None:
        siting = Siting.of_network(self.source, self.districts)
        siting.match([row.data for row in self._rows if row.data.external_id not in self.kept])
        for row in self._rows:
            self._decide(row, siting)
            self._add_up(row.data)
        if self.context.applying:
            self._write(siting)
            publish("sites")
        for row in self._rows:
            tally.take(row)

    def _write(self, siting: Siting) -> None:
        siting.write(self.context, [row.data for row in self._rows if row.outcome in (Outcome.NEW, Outcome.ASIDE)])
        changed = [row for row in self._rows if row.outcome is Outcome.CHANGED]
        listings = [row.data.write_to(row.target) for row in changed]
        update(self.context, SiteListing, listings, TOLD)

    def _decide(self, row: Row, siting: Siting) -> None:
        kept = self.kept.get(row.data.external_id)
        if kept is None:
            self._decide_new(row, siting)
        elif says_the_same(row.data, kept):
            row.leave(kept)
        else:
            self._remark_move(row, kept)
            row.change(kept)

    def _decide_new(self, row: Row, siting: Siting) -> None:
        listed: Listed = row.data
        match = siting.match_of(listed)
        self._sums[match.verdict] += 1
        if match.verdict == Verdict.DOUBTFUL:
            row.set_aside("doubtful", siting.doubt_text(match))
        else:
            row.new()
        self._remark_place(row)
        if listed.piles == 0:
            row.remark("no_piles", str(self.reason_text("no_piles")), field="piles")
        if None not in (listed.piles, listed.fast, listed.slow) and listed.piles != listed.fast + listed.slow:  # type: ignore[operator]
            row.remark("pile_count", str(self.reason_text("pile_count")), field="piles")

    def _remark_place(self, row: Row) -> None:
        """The second and later rows at one place are remarked: is it one station or are there several?"""
        place = row.data.place.place
        first = self._places.setdefault(place, row.number)
        if first != row.number:
            row.remark("same_place", _now("At the very same place as row %(row)s.") % {"row": first}, field="latitude")

    def _remark_move(self, row: Row, kept: SiteListing) -> None:
        if kept.latitude is None or kept.longitude is None:
            return
        metres = distance_m(Place(float(kept.latitude), float(kept.longitude)), row.data.place.place)
        if metres > Limits().same:
            text = _now("Moved by %(distance)s; its site stays where it is.") % {"distance": metres_text(metres)}
            row.remark("moved", text, field="latitude")

    def _add_up(self, listed: Listed) -> None:
        sums = self._sums
        sums["rows"] += 1
        sums["piles"] += listed.piles or 0
        sums["fast"] += listed.fast or 0
        sums["slow"] += listed.slow or 0
        self._zones.add(listed.zone)

    def figures(self) -> list[tuple[Text, Any]]:
        sums = self._sums
        told = [
            ("piles", _("Piles"), sums["piles"]),
            ("fast_piles", _("Fast piles"), sums["fast"]),
            ("slow_piles", _("Slow piles"), sums["slow"]),
            ("zone_code", _("Zones"), len(self._zones - {""})),
        ]
        return [
            (_("Stations"), sums["rows"]),
            *((label, value) for name, label, value in told if name in self.context.mapping or value),
            (_("New in this file: the same as one of our sites"), sums[Verdict.MATCHED]),
            (_("New in this file: sites that we did not have"), sums[Verdict.NEW]),
            (_("New in this file: a person decides"), sums[Verdict.DOUBTFUL]),
        ]

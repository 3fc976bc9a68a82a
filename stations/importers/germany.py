"""The importer of the German register of public charging points (Ladesäulenregister of the Bundesnetzagentur).

A row of the register is one charging facility: it becomes a charger with the connectors of its charging points, at the
site of its operator at its address. Beside it the row is kept as it was published.

Rows that are equal in every cell are as a rule equal facilities side by side, and the register's own totals count each
of them. So each becomes a charger of its own, with a remark that names the row it equals; who knows better chooses that
they be set aside. Equal rows are told apart by their number among their equals, so that a second import finds them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core.errors import Text
from core.events import publish
from core.importing import fields as f
from core.importing.importer import Context, Field, Importer, Preset, Row, register
from core.importing.rows import Outcome, Tally
from core.locking import lock_names
from stations.importers.german_rows import FacilityRow, charger_of, connectors_of, kept_kw, listing_of
from stations.importers.german_sites import GermanSites
from stations.importers.writing import insert
from stations.models import Charger, Connector, Site, SiteListing
from stations.registers import germany
from stations.registers.cells import WrongRow

SOURCE = "Bundesnetzagentur"
SET_ASIDE = "aside"
FAR = 250.0
"""Metres; the chargers of one site stand nearer to each other."""
_NEEDED = frozenset({germany.OPERATOR, germany.LONGITUDE, germany.LATITUDE, germany.COMMISSIONED, germany.CONNECTED_KW,
                     germany.POINTS})  # fmt: skip


class RegisterOptions(forms.Form):
    """What becomes of rows that are equal in every cell."""

    equal_rows = forms.ChoiceField(
        label=_("Rows that are equal in every cell"),
        choices=[("", _("are chargers side by side, each of its own")), (SET_ASIDE, _("are set aside, but the first"))],
        required=False,
        help_text=_("The register counts each of them in its totals."),
    )


@register
class GermanRegisterImporter(Importer):
    """Facilities by the content of their rows, as the register gives them no number."""

    name = "register-germany"
    title = _("German register of charging points")
    description = _("Ladesäulenregister of the Bundesnetzagentur: sites, chargers and connectors.")
    permission = "stations.import_site"
    options_form = RegisterOptions
    reasons: ClassVar[Mapping[str, Text]] = {
        "equal": _("Equal in every cell to a row before"),
        "postcode_length": _("The postcode has not five digits"),
        "no_postcode": _("Postcode and town are missing"),
        "point_count": _("Other charging points are described than declared"),
        "unknown_connector": _("A connector is not known"),
        "kw_without_connector": _("A power is given, but no connector"),
        "connector_without_kw": _("A connector is given, but no power"),
        "rounded_kw": _("A power is kept with two digits"),
        "outside_germany": _("The place is not in Germany"),
        "coarse_place": _("The place is in whole degrees"),
        "far_place": _("Far from the other chargers at its address"),
        "unknown_kind": _("The kind of the facility is not known"),
    }
    fields = [
        Field(column, column, required=column in _NEEDED, mapped=column in germany.COLUMNS[:-2], parse=f.text())
        for column in germany.COLUMNS
    ]
    presets: ClassVar[list[Preset]] = [Preset(SOURCE, {column: column for column in germany.COLUMNS})]

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.aside = context.options.get("equal_rows") == SET_ASIDE
        self._equals: Counter[str] = Counter()
        self._first: dict[str, int] = {}
        self._sums: Counter[str] = Counter()
        self._states: dict[str, Counter[str]] = {}
        self._aside: Counter[str] = Counter()

    def lock(self) -> None:
        lock_names("import", [self.name, "sites"])

    def begin(self) -> None:
        self.sites = GermanSites.of_network()

    def parse_row(self, row: Row) -> None:
        try:
            station = germany.parse(row.field_texts(), decimal_mark=self.context.reading.decimal_mark)
        except WrongRow as wrong:
            for problem in wrong.problems:
                row.wrong(problem.message, field=problem.column)
            return
        self._equals[station.fingerprint] += 1
        number = self._equals[station.fingerprint]
        first = self._first.setdefault(station.fingerprint, row.number)
        row.data = FacilityRow(station, number)
        for remark in station.remarks:
            row.remark(remark.code, remark.message, field=remark.column)
        if number > 1:
            self._judge_equal(row, first)

    def _judge_equal(self, row: Row, first: int) -> None:
        message = _now("Equal in every cell to row %(row)s.") % {"row": first}
        if self.aside:
            row.set_aside("equal", message)
            _add_up(self._aside, row.data.station)
        else:
            row.remark("equal", message)

    def classify_batch(self, batch: list[Row]) -> None:
        codes = [row.data.code for row in batch]
        listed = SiteListing.objects.filter(source=SOURCE, external_id__in=codes)
        site_of = dict(listed.order_by().values_list("external_id", "site"))
        sites = Site.objects.in_bulk({pk for pk in site_of.values() if pk is not None})
        known = {code: sites.get(pk) for code, pk in site_of.items()}
        chargers = dict(Charger.objects.filter(code__in=codes).values_list("code", "pk"))
        for row in batch:
            self._classify(row, known, chargers)

    def _classify(self, row: Row, known: Mapping[str, Site | None], chargers: Mapping[str, int]) -> None:
        facility: FacilityRow = row.data
        if facility.code in known:
            self.sites.remember(facility.station, known[facility.code])
            row.leave()
            row.remarks.clear()
        elif facility.code in chargers:
            row.wrong(_now("There is a charger %(code)s already.") % {"code": facility.code}, reason="twice")
            return
        else:
            facility.site = self.sites.of(facility.station)
            metres = facility.site.metres_to(facility.station.place)
            if metres > FAR:
                text = _now("%(km).1f km from the others at this address.") % {"km": metres / 1000}
                row.remark("far_place", text, field=germany.LATITUDE)
            self._remark_rounding(row)
            row.new()
        self._add_up(row)

    def _remark_rounding(self, row: Row) -> None:
        for point in row.data.station.points:
            if point.kw is not None and point.kw != kept_kw(point.kw):
                row.remark("rounded_kw", field=germany.kw_column(point.number))

    def _add_up(self, row: Row) -> None:
        station = row.data.station
        _add_up(self._sums, station)
        _add_up(self._states.setdefault(station.state, Counter()), station)
        self._sums["distinct"] += row.data.number == 1

    def apply_batch(self, batch: list[Row]) -> None:
        facilities = [row.data for row in batch if row.outcome is Outcome.NEW]
        self.sites.write(self.context)
        chargers = [charger_of(facility) for facility in facilities]
        insert(self.context, Charger, chargers)
        connectors = [
            connector
            for facility, charger in zip(facilities, chargers, strict=True)
            for connector in connectors_of(facility, charger)
        ]
        insert(self.context, Connector, connectors)
        texts = {id(row.data): row.field_texts() for row in batch}
        listings = [listing_of(facility, SOURCE, texts[id(facility)]) for facility in facilities]
        insert(self.context, SiteListing, listings)

    def finish(self, tally: Tally) -> None:
        if self.context.applying:
            publish("sites")

    def figures(self) -> list[tuple[Text, Any]]:
        sums = self._sums
        of_states = [
            (state or _("Without a state"), _SUMS % _words(of_state))
            for state, of_state in sorted(self._states.items(), key=lambda item: -item[1]["rows"])
        ]
        if self._aside["rows"]:
            of_states.append((_("Equal rows set aside"), _SUMS % _words(self._aside)))
        return [
            (_("Chargers (rows)"), sums["rows"]),
            (_("Different rows"), sums["distinct"]),
            (_("Charging points"), sums["points"]),
            (_("Connected power, kW"), _kw(sums)),
            (_("New sites"), self.sites.made),
            *of_states,
        ]


_SUMS = _("%(rows)d rows, %(points)d points, %(kw)s kW")


def _add_up(sums: Counter[str], station: germany.GermanStation) -> None:
    sums["rows"] += 1
    sums["points"] += len(station.points)
    sums["watt"] += int(station.connected_kw * 1000)


def _kw(sums: Mapping[str, int]) -> Decimal:
    return Decimal(sums["watt"]) / 1000


def _words(sums: Mapping[str, int]) -> dict[str, Any]:
    return {"rows": sums["rows"], "points": sums["points"], "kw": _kw(sums)}

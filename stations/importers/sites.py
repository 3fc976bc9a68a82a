"""The importer of sites: any table with a row for each site."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from core.errors import Refusal, Text
from core.importing import fields as f
from core.importing.importer import Context, Field, Preset, Row, register
from core.importing.rows import EMPTY, Outcome, Tally
from core.importing.values.times import DATE_FORMATS
from core.locking import lock_names
from stations.importers.hours import OpeningParser
from stations.importers.naming import NamedSites
from stations.importers.places import PlaceOptions, system_of, told_place
from stations.importers.records import RecordImporter
from stations.importers.supply import Supply, centres_first
from stations.importers.targets import Districts
from stations.importers.words import word, words
from stations.models import Site
from stations.vocabulary import SiteKind, SiteService, SiteStatus

MOST_WAITING = 10_000
"""Rows that may name a supplier which comes later in the file; they are kept in memory until it does."""
CODES_FROM_NAMES = "names"
_PLAIN = (
    "name", "kind", "status", "operator", "address", "postcode", "town", "region", "always_open", "phone",
    "opened_on", "closed_on", "battery_capacity", "grid_kw", "services", "is_test",
)  # fmt: skip


# The list that the product itself exports with all its columns.
OWN_LIST = Preset(
    "ChargeNet",
    {
        "Code": "code", "Name": "name", "Kind": "kind", "Status": "status", "District": "district",
        "Address": "address", "Postcode": "postcode", "Town": "town", "Region": "region", "Operator": "operator",
        "Grid connection (kW)": "grid_kw", "Battery storage": "battery_capacity", "Supplied by": "supplied_by",
        "Opened on": "opened_on", "Closed on": "closed_on", "Opening hours": "opening_week", "Services": "services",
        "Phone": "phone", "Latitude": "latitude", "Longitude": "longitude", "Test site": "is_test",
    },
    ignored=("Chargers", "Connectors"),
)  # fmt: skip


class SuppliersTooLate(Refusal):
    """So many rows name a supplier that did not come yet that they cannot be kept waiting."""

    message = _(
        "More than 10,000 rows name a supplier that the network does not have and the file has not told yet. "
        "Put the distribution centres first, or import them before."
    )
    code = "suppliers-too-late"


class SiteOptions(PlaceOptions):
    """How a table of sites is to be taken."""

    codes = forms.ChoiceField(
        label=_("A row without a code"),
        choices=[
            ("", _("is wrong")),
            (CODES_FROM_NAMES, _("means the site of its name, or a new one with a code from it")),
        ],
        required=False,
    )
    new_status = forms.ChoiceField(
        label=_("New sites without a status are"),
        choices=[choice for choice in SiteStatus.choices if choice[0] != SiteStatus.CLOSED],
        initial=SiteStatus.OPEN,
        required=False,
    )
    date_format = forms.ChoiceField(
        label=_("Days are written as"),
        choices=[(name, name) for name in DATE_FORMATS],
        initial="YYYY-MM-DD",
        required=False,
    )


@register
class SiteImporter(RecordImporter):
    """Sites by their code; distribution centres may come after the sites that they supply."""

    name = "sites"
    title = _("Sites")
    description = _("Charging stations, distribution centres and member stores: one row for each site.")
    permission = "stations.import_site"
    model = Site
    topic = "sites"
    options_form: ClassVar[type[forms.Form]] = SiteOptions
    decides_at_end = True
    reasons: ClassVar[Mapping[str, Text]] = {
        "datum": _("The coordinates are not in the system that was chosen"),
        "supply": _("It cannot be supplied like this"),
        "closing": _("Sites are closed and opened again on their own pages"),
        "no_place": _("The site has no place on the map"),
        "ambiguous": _("Several sites have this name"),
    }
    fields = [
        Field("code", _("Code"), aliases=("site code", "station_id", "id", "number", "编号"), parse=f.text(40)),
        Field("name", _("Name"), required=True, aliases=("site", "site name", "station", "station name", "名称"),
              parse=f.text(200, one_line=True)),
        Field("kind", _("Kind"), aliases=("type", "类型"), parse=word(SiteKind)),
        Field("status", _("Status"), aliases=("state", "状态"), parse=word(SiteStatus)),
        Field("operator", _("Operator"), aliases=("Betreiber", "运营商"), parse=f.text(200, one_line=True)),
        Field("address", _("Address"), aliases=("street", "地址"), parse=f.text(300, one_line=True)),
        Field("postcode", _("Postcode"), aliases=("postal code", "zip", "plz", "邮编"), parse=f.text(20)),
        Field("town", _("Town"), aliases=("city", "Ort", "城市"), parse=f.text(120, one_line=True)),
        Field("region", _("Region"), aliases=("province", "county", "省"), parse=f.text(120, one_line=True)),
        Field("district", _("District"), aliases=("zone", "TAZID", "区"), parse=f.text(120, one_line=True),
              help=_("By its code or its name.")),
        Field("latitude", _("Latitude"), aliases=("lat", "la", "纬度"), parse=f.coordinate("latitude")),
        Field("longitude", _("Longitude"), aliases=("lon", "lng", "经度"), parse=f.coordinate("longitude")),
        Field("always_open", _("Open day and night"), aliases=("24/7", "24h"), parse=f.boolean()),
        Field("opening_week", _("Opening hours"), aliases=("hours", "opening", "营业时间"),
              parse=f.fixed(OpeningParser()), help=_("Such as Mon-Fri 08:00-18:00; Sat 09:00-12:00, or 24/7.")),
        Field("phone", _("Phone"), aliases=("telephone", "tel", "电话"), parse=f.text(40)),
        Field("opened_on", _("Opened on"), aliases=("opened",), parse=f.day("YYYY-MM-DD", option="date_format")),
        Field("closed_on", _("Closed on"), aliases=("closed",), parse=f.day("YYYY-MM-DD", option="date_format")),
        Field("battery_capacity", _("Battery storage"), aliases=("batteries", "capacity"),
              parse=f.integer(minimum=0, maximum=1_000_000), help=_("How many batteries the site can hold.")),
        Field("grid_kw", _("Grid connection"), aliases=("Grid connection (kW)", "grid", "kw"),
              parse=f.decimal(places=2, minimum=0, unit="kW"), help=_("In kW.")),
        Field("services", _("Services"), parse=words(SiteService), help=_("Several with commas between.")),
        Field("supplied_by", _("Supplied by"), aliases=("supplier", "depot"), parse=f.text(240, one_line=True),
              help=_("The code of a distribution centre, of the network or of the same file.")),
        Field("is_test", _("Test site"), aliases=("test",), parse=f.boolean()),
    ]  # fmt: skip
    presets: ClassVar[list[Preset]] = [OWN_LIST]

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.system = system_of(context.options)
        self.counts: Counter[str] = Counter()
        self._waiting: list[tuple[Row, Site | None]] = []

    def lock(self) -> None:
        """All importers that make sites wait for each other."""
        lock_names("import", {self.name, "sites"})

    def begin(self) -> None:
        self.districts = Districts.of_network()
        self.supply = Supply.of_network()
        self.named = NamedSites.of_network() if self.names_give_codes else NamedSites()

    @property
    def names_give_codes(self) -> bool:
        """Whether a row without a code means the site of its name."""
        return self.context.options.get("codes") == CODES_FROM_NAMES

    def told(self, row: Row) -> dict[str, Any]:
        data = self.filled(row, _PLAIN)
        data["code"] = self.code_of(row, row.values["code"], row.values["name"])
        if "latitude" in self.used or "longitude" in self.used:
            place = told_place(row, self.system)
            data["latitude"], data["longitude"] = place or (None, None)
        if "district" in self.used:
            data["district_id"] = self._district(row)
        opening = row.values["opening_week"]
        if opening is not None:
            data["opening_week"] = opening.week
            data.setdefault("always_open", opening.always)
        return data

    def code_of(self, row: Row, told: str | None, name: str) -> str | None:
        """The code of the row's site: the one told, else the one that its name has or gets."""
        if told is not None:
            return told
        if not self.names_give_codes:
            row.wrong(_("A code is needed, or choose that names give the codes."), field="code", reason=EMPTY)
            return None
        codes = self.named.codes_of(name)
        if len(codes) > 1:
            message = _("%(codes)s are called so; give the code.") % {"codes": ", ".join(codes[:5])}
            row.wrong(message, field="name", reason="ambiguous")
            return None
        return codes[0] if codes else self.named.new_code(name)

    def _district(self, row: Row) -> Any:
        text = row.values["district"]
        found = None if text is None else self.districts.find(text)
        if text is not None and found is None:
            row.wrong(_("There is no district of this code or name."), field="district", reason="unknown")
        return found

    def defaults(self, row: Row) -> Mapping[str, Any]:
        return {"status": self.context.options.get("new_status") or SiteStatus.OPEN}

    def said(self, row: Row) -> Hashable:
        return super().said(row), row.values.get("supplied_by")

    def decide(self, row: Row, record: Site | None) -> None:
        problem = self._find_supplier(row)
        if problem:
            self._waiting.append((row, record))
            if len(self._waiting) > MOST_WAITING:
                raise SuppliersTooLate
            return
        super().decide(row, record)
        if row.outcome is not Outcome.WRONG:
            self._accept(row, record)

    def _find_supplier(self, row: Row) -> Text:
        """Put the supplier into the row's data, or tell why there is none as yet."""
        if "supplied_by" not in self.used:
            return ""
        text = row.values["supplied_by"]
        target, problem = (None, "") if text is None else self.supply.find(text)
        row.data["supplied_by_id"] = target
        return problem

    def _accept(self, row: Row, record: Site | None) -> None:
        kind, status = self._will_be(row, record, "kind"), self._will_be(row, record, "status")
        self.supply.accept(row, record, kind, status)
        self.counts["sites"] += 1
        self.counts["placed"] += self._will_be(row, record, "latitude") is not None
        self.counts["batteries"] += self._will_be(row, record, "battery_capacity")
        self.counts[kind] += 1

    def _will_be(self, row: Row, record: Site | None, name: str) -> Any:
        """The value that the site will have: the row's, its own, or the default."""
        if name in row.data:
            return row.data[name]
        if record is not None:
            return getattr(record, name)
        field: Any = Site._meta.get_field(name)
        return self.defaults(row).get(name, field.get_default())

    def judge(self, row: Row, record: Site | None) -> None:
        self._judge_supply(row, record)
        self._judge_closing(row, record)
        if not self._will_be(row, record, "always_open") and not self._will_be(row, record, "opening_week"):
            row.wrong(_("A site that is not always open needs its hours."), field="opening_week", reason=EMPTY)

    def _judge_supply(self, row: Row, record: Site | None) -> None:
        is_centre = self._will_be(row, record, "kind") == SiteKind.DISTRIBUTION_CENTRE
        has_supplier = self._will_be(row, record, "supplied_by_id") is not None
        if is_centre and has_supplier:
            row.wrong(_("A distribution centre supplies others; nothing supplies it."), field="kind", reason="supply")
        stays = is_centre and self._will_be(row, record, "status") != SiteStatus.CLOSED
        if not stays and self.supply.supplies(row.data["code"]):
            row.wrong(_("It supplies others and must stay a distribution centre."), field="kind", reason="supply")

    def _judge_closing(self, row: Row, record: Site | None) -> None:
        opened, closed = self._will_be(row, record, "opened_on"), self._will_be(row, record, "closed_on")
        if opened is not None and closed is not None and closed < opened:
            row.wrong(_("A site cannot close before it opens."), field="closed_on")
        if record is None:
            return
        status = row.data.get("status", record.status)
        if status != record.status and SiteStatus.CLOSED in (status, record.status):
            row.wrong(_("A site is closed, and opened again, on its own page."), field="status", reason="closing")
        if row.data.get("closed_on", record.closed_on) != record.closed_on:
            row.wrong(_("The day of closing is set on the site's own page."), field="closed_on", reason="closing")

    def differences(self, row: Row, record: Site) -> set[str]:
        found = super().differences(row, record)
        if "services" in found and set(row.data["services"]) == set(record.services):
            found.discard("services")  # another order says nothing else
        return found

    def groups(self, rows: list[Row]) -> Iterable[list[Row]]:
        return centres_first(rows)

    def before_writing(self) -> None:
        self.districts.write(self.context)

    def written(self, row: Row, record: Site) -> None:
        self.supply.written(record)

    def finish(self, tally: Tally) -> None:
        """Decide the rows whose supplier came after them, or never."""
        waiting, self._waiting = self._waiting, []
        rows = []
        for row, record in waiting:
            problem = self._find_supplier(row)
            if problem:
                row.wrong(problem, field="supplied_by", reason="unknown")
            else:
                self.decide(row, record)
                rows.append(row)
        if self.context.applying:
            for start in range(0, len(rows), self.batch_size):
                self.apply_batch(rows[start : start + self.batch_size])
        for row, _record in waiting:
            tally.take(row)
        super().finish(tally)

    def figures(self) -> list[tuple[Text, Any]]:
        kinds = [(kind.label, self.counts[kind]) for kind in SiteKind if self.counts[kind]]
        figures: list[tuple[Text, Any]] = [
            (_("Sites"), self.counts["sites"]),
            *kinds,
            (_("On the map"), self.counts["placed"]),
        ]
        if self.counts["batteries"]:
            figures.append((_("Battery storage, batteries"), self.counts["batteries"]))
        return figures

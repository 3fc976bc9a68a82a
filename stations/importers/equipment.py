"""The importers of chargers and connectors: any table with a row for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core.errors import Text
from core.importing import fields as f
from core.importing.importer import Field, Preset, Row, register
from core.importing.model_importer import ModelImporter, Reference
from core.importing.rows import EMPTY
from core.importing.staging import Stage
from core.importing.values.times import DATE_FORMATS
from core.tenancy.scope import require_network
from stations.importers.words import word
from stations.models import Charger, Connector, Site
from stations.vocabulary import ChargerState, ChargingMethod, ConnectorStandard, Current


class DayOptions(forms.Form):
    """How a file writes days."""

    date_format = forms.ChoiceField(
        label=_("Days are written as"),
        choices=[(name, name) for name in DATE_FORMATS],
        initial="YYYY-MM-DD",
        required=False,
    )


@dataclass(frozen=True)
class CodeBeforeName:
    """A code, which the name may follow: "ST-1 Quay" is ST-1."""

    def __call__(self, text: str, column: str = "") -> str:
        return text.split()[0]


class EquipmentImporter(ModelImporter):
    """What chargers and connectors have in common."""

    def parse_row(self, row: Row) -> None:
        """An empty cell cannot mean a method, a standard or a state."""
        for name in self.context.mapping:
            field = self.model._meta.get_field(name)
            if row.values[name] is None and not (field.null or field.blank):
                row.wrong(_now("A value is needed here."), field=name, reason=EMPTY)
        super().parse_row(row)

    def taken(self, aggregate: str) -> Any:
        """An SQL aggregate over the rows that are neither wrong nor set aside; an expression of the program."""
        taken = "coalesce(outcome, '') NOT IN ('wrong', 'aside')"
        ((value,),) = self.stage.rows(f"SELECT {aggregate} FROM import_rows WHERE {taken}")  # noqa: S608 (our own SQL)
        return value


@register
class ChargerImporter(EquipmentImporter):
    """Chargers by their identity."""

    name = "chargers"
    title = _("Chargers")
    description = _("Charging equipment at sites that are there already: one row for each charger.")
    permission = "stations.import_charger"
    model = Charger
    key = ("code",)
    references: ClassVar[Mapping[str, Reference]] = {"site": Reference(Site, "code", upper=True)}
    options_form = DayOptions
    presets: ClassVar[list[Preset]] = [
        Preset(
            "ChargeNet",
            {
                "Identity": "code", "Site": "site", "Vendor": "vendor", "Model": "model",
                "Serial number": "serial_number", "Charging method": "method", "Rated power (kW)": "rated_kw",
                "State": "state", "Firmware": "firmware", "Commissioned on": "commissioned_on", "Note": "note",
            },
            ignored=("Site name", "Connectors"),
        )
    ]  # fmt: skip
    reasons: ClassVar[Mapping[str, Text]] = {"state": _("States of chargers are changed on their own pages")}
    fields = [
        Field("code", _("Identity"), required=True, aliases=("code", "charger", "id", "CP ID", "charge point"),
              parse=f.text(40)),
        Field("site", _("Site"), required=True, aliases=("site code", "station", "station_id"),
              parse=f.fixed(CodeBeforeName()), help=_("The code of the site; its name may follow.")),
        Field("vendor", _("Vendor"), aliases=("manufacturer", "maker"), parse=f.text(100, one_line=True)),
        Field("model", _("Model"), aliases=("type",), parse=f.text(100, one_line=True)),
        Field("serial_number", _("Serial number"), aliases=("serial", "sn"), parse=f.text(100)),
        Field("method", _("Charging method"), aliases=("method", "current"), parse=word(ChargingMethod)),
        Field("rated_kw", _("Rated power"), aliases=("Rated power (kW)", "kw", "power"),
              parse=f.decimal(places=2, minimum=0, unit="kW"), help=_("kW for the whole charger.")),
        Field("firmware", _("Firmware"), parse=f.text(100)),
        Field("commissioned_on", _("Commissioned on"), aliases=("commissioned",),
              parse=f.day("YYYY-MM-DD", option="date_format")),
        Field("state", _("State"), aliases=("status",), parse=word(ChargerState),
              help=_("Of new chargers; that of others is changed on their pages.")),
        Field("note", _("Note"), aliases=("remark",), parse=f.text(300)),
    ]  # fmt: skip

    def judge(self, stage: Stage) -> None:
        """A charger goes in and out of service with its connectors, never by a file."""
        if "state" in self.context.mapping:
            stage.execute(
                "UPDATE import_rows staged SET outcome = 'wrong', reason = 'state', field = 'state', message = %s "
                "FROM stations_charger present WHERE present.network_id = %s AND present.code = staged.to_code "
                "AND present.state <> staged.to_state AND staged.outcome IS NULL",
                [_now("The state of a charger is changed on its own page."), require_network().pk],
            )

    def figures(self) -> list[tuple[Text, Any]]:
        kw = self.taken("coalesce(sum(to_rated_kw), 0)") if "rated_kw" in self.context.mapping else 0
        return [(_("Chargers"), self.taken("count(*)")), (_("Rated power, kW"), kw)]


@register
class ConnectorImporter(EquipmentImporter):
    """Connectors by charger and number."""

    name = "connectors"
    title = _("Connectors")
    description = _("Connectors of chargers that are there already: one row for each connector.")
    permission = "stations.import_connector"
    model = Connector
    key = ("charger", "number")
    references: ClassVar[Mapping[str, Reference]] = {"charger": Reference(Charger, "code", upper=True)}
    presets: ClassVar[list[Preset]] = [
        Preset(
            "ChargeNet",
            {
                "Charger": "charger", "Number": "number", "Charging point": "point", "Standard": "standard",
                "Current": "current", "Rated power (kW)": "rated_kw",
            },
            ignored=("Connector", "Site", "State", "Since"),
        )
    ]  # fmt: skip
    fields = [
        Field("charger", _("Charger"), required=True, aliases=("CP ID", "charge point", "identity"),
              parse=f.text(40), help=_("The identity of the charger.")),
        Field("number", _("Number"), required=True, aliases=("connector", "connector number"),
              parse=f.integer(minimum=1, maximum=32767)),
        Field("point", _("Charging point"), aliases=("evse",), parse=f.integer(minimum=1, maximum=32767),
              help=_("Connectors of one charging point serve one car at a time.")),
        Field("standard", _("Standard"), aliases=("plug", "connector type"), parse=word(ConnectorStandard)),
        Field("current", _("Current"), parse=word(Current)),
        Field("rated_kw", _("Rated power"), aliases=("Rated power (kW)", "kw", "power"),
              parse=f.decimal(places=2, minimum=0, unit="kW"), help=_("kW at this connector.")),
    ]  # fmt: skip

    def figures(self) -> list[tuple[Text, Any]]:
        return [(_("Connectors"), self.taken("count(*)"))]

"""What a file of sessions can tell: fields, options, known layouts, and how the cells of a row become one session."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import cast
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.energy import WH_PER_KWH, EnergyError, wh_from_kwh_rounded
from core.importing import fields as f
from core.importing.errors import CellError, shown
from core.importing.importer import Field, Preset, Row
from core.importing.values import DATE_FORMATS, DateTimeParser, LocalMoment, local_moment

MOST_REMEMBERED = 50_000
"""Readings of the wall clock whose moment is remembered: a file names the same minutes again and again."""

GENERATED = "~"
"""Begins the numbers of sessions whose source gives none."""
MOST_WH_READ = 10**9
"""Figures below are read the short way."""


class SessionOptions(forms.Form):
    """How a file of sessions is to be understood."""

    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone of the file"),
        required=False,
        choices=[("", gettext_lazy("The network's")), ("UTC", "UTC"), *((z, z) for z in sorted(available_timezones()))],
        help_text=gettext_lazy("Used for times without an offset of their own."),
    )
    date_format = forms.ChoiceField(
        label=gettext_lazy("Days are written as"),
        required=False,
        choices=[("", "YYYY-MM-DD"), *((name, name) for name in DATE_FORMATS if name != "YYYY-MM-DD")],
    )
    duration_unit = forms.ChoiceField(
        label=gettext_lazy("Durations without a unit are"),
        required=False,
        choices=[
            ("", gettext_lazy("minutes")),
            ("seconds", gettext_lazy("seconds")),
            ("hours", gettext_lazy("hours")),
        ],
    )
    create_missing = forms.BooleanField(
        label=gettext_lazy("Create missing sites, chargers and connectors"),
        required=False,
        help_text=gettext_lazy(
            "Chargers stand where their newest session was. Without this, sessions at unknown chargers are set aside."
        ),
    )
    town = forms.CharField(
        label=gettext_lazy("Town to leave out at the end of site names"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("With “Dundee”, “Trades Lane, Dundee” and “Trades Lane” are one site."),
    )


@dataclass(frozen=True)
class DurationParser:
    """A length of time: "1:05" and "1:05:30" are hours, minutes and seconds; a plain number is of `unit`."""

    unit: str = "minutes"
    mark: str = "."

    def __call__(self, text: str, column: str = "") -> timedelta:
        plain = text.strip().replace(self.mark, ".")
        if match := re.fullmatch(r"(\d{1,4}):([0-5]\d)(?::([0-5]\d))?", plain, re.ASCII):
            return timedelta(hours=int(match[1]), minutes=int(match[2]), seconds=int(match[3] or 0))
        if re.fullmatch(r"\d{1,7}(\.\d{1,9})?", plain, re.ASCII):
            return timedelta(**{self.unit: float(plain)})
        raise CellError(column, text, _("%(value)s is no length of time.") % {"value": shown(text)})


@dataclass(frozen=True)
class MomentParser:
    """`DateTimeParser` with a short way for what most files hold: a day and a time as ISO 8601 writes them."""

    usual: DateTimeParser

    def __call__(self, text: str, column: str = "") -> LocalMoment:
        if len(text) in (16, 19) and text[4] == text[7] == "-" and text[13] == ":":
            try:
                return local_moment(datetime.fromisoformat(text), self.usual.zone)
            except ValueError:
                pass  # the usual way says what is wrong
        return self.usual(text, column)


def _moment(reading: f.Reading) -> MomentParser:
    return MomentParser(cast(DateTimeParser, f.moment(option="date_format")(reading)))


def _duration(reading: f.Reading) -> DurationParser:
    return DurationParser(str(reading.options.get("duration_unit") or "minutes"), reading.decimal_mark)


FIELDS = (
    Field(
        "external_id",
        gettext_lazy("Number of the session"),
        aliases=("charging event", "session id", "transaction id", "id"),
        help=gettext_lazy("By it a session is known again when it comes a second time."),
        parse=f.text(80),
    ),
    Field(
        "charger",
        gettext_lazy("Charger"),
        mapped=True,
        aliases=("cp id", "charge point", "charge point id", "charging station", "evse", "evse id"),
        parse=f.text(80),
    ),
    Field(
        "connector",
        gettext_lazy("Connector"),
        aliases=("connector id", "plug"),
        parse=f.integer(minimum=1, maximum=999),
    ),
    Field("site", gettext_lazy("Site"), aliases=("location", "site name"), parse=f.text(200)),
    Field("model", gettext_lazy("Model of the charger"), parse=f.text(200)),
    Field("started_at", gettext_lazy("Start"), aliases=("start", "begin"), parse=_moment),
    Field("start_day", gettext_lazy("Start: day"), aliases=("start date",), parse=f.day(option="date_format")),
    Field("start_time", gettext_lazy("Start: time"), parse=f.clock_time()),
    Field("ended_at", gettext_lazy("End"), aliases=("end", "stop"), parse=_moment),
    Field("end_day", gettext_lazy("End: day"), aliases=("end date",), parse=f.day(option="date_format")),
    Field("end_time", gettext_lazy("End: time"), parse=f.clock_time()),
    Field("duration", gettext_lazy("Duration"), parse=_duration),
    Field(
        "energy_kwh",
        gettext_lazy("Energy, kWh"),
        aliases=("total kwh", "kwh", "energy"),
        parse=f.decimal(unit="kWh", thousands=","),
    ),
    Field("energy_wh", gettext_lazy("Energy, Wh"), aliases=("wh",), parse=f.decimal(unit="Wh", thousands=",")),
    Field("meter_start_wh", gettext_lazy("Meter at start, Wh"), aliases=("meter start",), parse=f.integer(minimum=0)),
    Field("meter_stop_wh", gettext_lazy("Meter at end, Wh"), aliases=("meter stop",), parse=f.integer(minimum=0)),
    Field("token", gettext_lazy("Card or contract"), aliases=("user id", "rfid", "emaid"), parse=f.text(80)),
    Field(
        "price",
        gettext_lazy("Price"),
        aliases=("cost", "amount"),
        parse=f.decimal(places=4, minimum=-99_999_999, maximum=99_999_999),
    ),
    Field("stop_reason", gettext_lazy("How it ended"), aliases=("stop reason",), parse=f.text(40)),
)

_DUNDEE = {
    "Charging event": "external_id",
    "CP ID": "charger",
    "Connector": "connector",
    "Start Date": "start_day",
    "Start Time": "start_time",
    "End Date": "end_day",
    "End Time": "end_time",
    "Total kWh": "energy_kwh",
    "Cost": "price",
    "Site": "site",
    "Model": "model",
}
_DUNDEE_OPTIONS = {"time_zone": "Europe/London", "date_format": "DD/MM/YYYY", "create_missing": True, "town": "Dundee"}
# Two layouts: the later one has a column of users, and behind the model three without a name.
PRESETS = (
    Preset(
        "Dundee City Council",
        _DUNDEE,
        ignored=("Group", "column 14", "column 15", "column 16"),
        options=_DUNDEE_OPTIONS,
    ),
)


@dataclass(frozen=True, slots=True)
class Told:
    """The times and figures of one session as a row tells them."""

    external_id: str
    started: LocalMoment
    ended: LocalMoment | None
    energy_wh: int | None


class Teller:
    """Makes `Told` of the rows of one file."""

    def __init__(self, zone: ZoneInfo, columns: Mapping[str, str]) -> None:
        self._zone = zone
        self._columns = columns
        self._moments: dict[tuple[date, time], LocalMoment] = {}

    def read(self, row: Row) -> Told | None:
        """What the row tells; None when something in it is wrong (the row knows what)."""
        started = self._moment(row, "started_at", "start_day", "start_time")
        ended = self._end(row, started)
        energy = self._energy(row)
        if started is None and row.outcome is None:
            row.wrong(_("The row tells no start."), field=self._present("started_at", "start_day"), reason="empty")
        if started is None or row.outcome is not None:
            return None
        number = row.values["external_id"] or self._key(row, started)
        return Told(number, started, ended, energy)

    def _present(self, *fields: str) -> str:
        """The first of the fields that has a column."""
        return next((field for field in fields if field in self._columns), "")

    def _moment(self, row: Row, moment: str, day: str, clock: str) -> LocalMoment | None:
        values = row.values
        if values[moment] is not None:
            told: LocalMoment = values[moment]
            return told
        if values[day] is None and values[clock] is None:
            return None
        if values[day] is None or values[clock] is None:
            missing = day if values[day] is None else clock
            row.wrong(_("A day and a time belong together; one of them is empty."), field=missing)
            return None
        wall = (values[day], values[clock])
        known = self._moments.get(wall)
        if known is None:
            known = local_moment(datetime.combine(*wall), self._zone)
            if len(self._moments) < MOST_REMEMBERED:
                self._moments[wall] = known
        return known

    def _end(self, row: Row, started: LocalMoment | None) -> LocalMoment | None:
        ended = self._moment(row, "ended_at", "end_day", "end_time")
        length = row.values["duration"]
        if ended is not None or length is None or started is None:
            return ended
        # The end moves with the start: where that is doubtful, the end is too, but says nothing new.
        return LocalMoment("certain", tuple(moment + length for moment in started.candidates))

    def _energy(self, row: Row) -> int | None:
        values = row.values
        if values["energy_kwh"] is not None:
            return _whole_wh(row, "energy_kwh", values["energy_kwh"])
        if values["energy_wh"] is not None:
            return _whole_wh(row, "energy_wh", values["energy_wh"].scaleb(-3))
        start, stop = values["meter_start_wh"], values["meter_stop_wh"]
        return None if start is None or stop is None else stop - start

    def _key(self, row: Row, started: LocalMoment) -> str:
        """A number for a session of a source that gives none: the same whenever the same session is told again.

        Made of charger, connector and start; if several of one file have these in common, they are told apart later.
        """
        values = row.values
        parts = (values["charger"] or "", values["connector"] or "", started.moment.astimezone(UTC).isoformat())
        return GENERATED + sha256("|".join(map(str, parts)).encode()).hexdigest()[:24]


def _whole_wh(row: Row, field: str, kwh: Decimal) -> int | None:
    """Energy in Wh, rounded half up where the source is finer."""
    exact = kwh * WH_PER_KWH
    if -MOST_WH_READ < exact < MOST_WH_READ and (whole := int(exact)) == exact:
        return whole
    try:
        return wh_from_kwh_rounded(kwh)
    except EnergyError as error:
        row.refuse(error, field=field)
        return None

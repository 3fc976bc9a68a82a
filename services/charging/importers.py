"""The importer of charging sessions."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.energy import kwh_from_wh
from core.errors import Refusal, Text
from core.events import publish
from core.importing.importer import Context, Field, Preset, Row, register
from core.importing.rows import Outcome, Tally
from core.importing.staged import StagedImporter
from core.importing.staging import Stage
from services.charging.doubts import Telling, doubts_of, find_overlaps, likely_moments
from services.charging.importing import sql
from services.charging.importing.equipment import Equipment, NewIds, Place
from services.charging.importing.telling import FIELDS, PRESETS, SessionOptions, Teller, Told
from services.charging.models import ChargingSession, Doubt

# The field whose column a remark about a doubt points at, where there is one.
DOUBT_FIELDS = {
    Doubt.UNKNOWN_CHARGER: "charger",
    Doubt.TEST_SITE: "site",
    Doubt.NEGATIVE_ENERGY: "energy_kwh",
    Doubt.IMPOSSIBLE_ENERGY: "energy_kwh",
    Doubt.ABOVE_RATED_POWER: "energy_kwh",
}

NOTHING = sql.copy_value(None)


class NoStart(Refusal):
    """No column tells when sessions began."""

    message = gettext_lazy("Choose a column for the start, or two for its day and its time.")
    code = "no-start"


@register
class SessionImporter(StagedImporter):
    """Doubtful sessions are set aside with their reasons and wait for a person; the others count."""

    name = "charging-sessions"
    title = gettext_lazy("Charging sessions")
    description = gettext_lazy("Sessions told by an operator or a charger's back office, one in each row.")
    permission = "charging.import_session"
    fields: ClassVar[Sequence[Field]] = FIELDS
    options_form: ClassVar[type[forms.Form]] = SessionOptions
    presets: ClassVar[Sequence[Preset]] = PRESETS
    reasons: ClassVar[Mapping[str, Text]] = dict(Doubt.choices)
    stage_columns: ClassVar[Mapping[str, str]] = sql.STAGE_COLUMNS

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._teller = Teller(context.zone, context.mapping)
        self._energy: Counter[str] = Counter()
        self._equipment: Equipment

    def begin(self) -> None:
        """Look up the equipment. Raises NoStart."""
        columns = self.context.mapping
        if "started_at" not in columns and not {"start_day", "start_time"} <= set(columns):
            raise NoStart
        super().begin()
        options = self.context.options
        self._equipment = Equipment(create_missing=bool(options.get("create_missing")), town=options.get("town") or "")

    def parse_row(self, row: Row) -> None:
        told = self._teller.read(row)
        if told is None:
            return
        values = row.values
        place = self._equipment.place(
            values["charger"] or "",
            values["connector"],
            values["site"] or "",
            values["model"] or "",
            told.started.moment,
        )
        doubts = doubts_of(
            Telling(
                known=place.connector_id is not None,
                at_test_site=place.at_test_site,
                started=told.started,
                ended=told.ended,
                energy_wh=told.energy_wh,
                rated_kw=place.rated_kw,
            )
        )
        row.data = self._line(row, told, place, doubts)

    def _line(self, row: Row, told: Told, place: Place, doubts: list[Doubt]) -> str:
        """The row for the stage, in the order of its columns. Every row passes here: it is written for speed."""
        text, value, values = sql.copy_text, sql.copy_value, row.values
        start, end = likely_moments(told.started, told.ended)
        return (
            f"{row.ordinal}\t{row.number}\t{text(row.sheet)}\t{place.number}\t{text(told.external_id)}\t"
            f"{text(values['token'] or '')}\t{start.isoformat()}\t{end.isoformat() if end else NOTHING}\t"
            f"{value(told.energy_wh)}\t{value(values['meter_start_wh'])}\t{value(values['meter_stop_wh'])}\t"
            f"{value(values['price'])}\t{text(values['stop_reason'] or '')}\t"
            f"{{{','.join(doubts)}}}\t{doubts[0] if doubts else ''}\t{text(sql.CELL_END.join(row.texts.values()))}"
        )

    def classify_batch(self, batch: list[Row]) -> None:
        sql.copy_lines([row.data for row in batch if row.outcome is None])

    def classify(self, stage: Stage) -> None:
        """Judge what a row alone cannot tell: numbers that come twice, sessions that are there, overlaps."""
        known = {"network": self.context.network.pk, "source": self._source_name}
        ids = NewIds({}, {}, {})
        if self.context.applying:
            ids = self._equipment.make(self.context.changes, self.context.reason)
        sql.make_places(stage, self._equipment.places(), ids)
        stage.execute(sql.TELL_APART)
        stage.execute(sql.JUDGE_REPEATED)
        stage.execute(sql.FIND_PRESENT, known)
        overlaps = list(find_overlaps(sql.overlapping_spans(stage, known["network"])))
        sql.note_overlaps(stage, overlaps, known["network"], _("Session %s keeps the connector."))
        self._tell_doubts(stage)
        stage.decide(Outcome.CHANGED, "target_id IS NOT NULL")
        stage.decide(Outcome.NEW, "true")

    def _tell_doubts(self, stage: Stage) -> None:
        """Set rows with doubts aside; whoever has several is told of all."""
        stage.execute(
            f"UPDATE {sql.STAGE} SET outcome = 'aside', reason = doubt, field = coalesce(%s::jsonb ->> doubt, '') "  # noqa: S608
            "WHERE outcome IS NULL AND doubt <> ''",
            [json.dumps(DOUBT_FIELDS)],
        )
        several = stage.rows(
            f"SELECT DISTINCT doubts FROM {sql.STAGE} WHERE outcome = 'aside' AND cardinality(doubts) > 1"  # noqa: S608
        )
        for (doubts,) in several:
            text = "; ".join(str(Doubt(doubt).label) for doubt in doubts)
            stage.execute(
                f"UPDATE {sql.STAGE} SET message = concat_ws('. ', %s, nullif(message, '')) "  # noqa: S608
                "WHERE outcome = 'aside' AND doubts = %s::text[]",
                [text, doubts],
            )

    @property
    def _source_name(self) -> str:
        return self.context.run.source_name if self.context.run is not None else ""

    def apply(self, stage: Stage) -> None:
        context = self.context
        values = {
            "network": context.network.pk,
            "source": self._source_name,
            "now": context.now,
            "run": context.run.pk,
            "columns": list(context.run.columns),
        }
        changed = stage.rows(
            f"SELECT target_id FROM {sql.STAGE} WHERE target_id IS NOT NULL AND outcome IN ('changed', 'aside')"  # noqa: S608
        )
        if changed:
            context.changes.changing(ChargingSession, [pk for (pk,) in changed])
            stage.execute(sql.LEAVE_CONNECTORS, values)
            stage.execute(sql.UPDATE_CHANGED, values)
        made = [pk for (pk,) in stage.rows(sql.INSERT_NEW, values)]
        context.changes.made(ChargingSession, made)
        publish("sessions")

    def finish(self, tally: Tally) -> None:
        super().finish(tally)
        for outcome, _count, energy in self.stage.rows(sql.SUMS):
            self._energy[outcome] += energy

    def figures(self) -> list[tuple[Text, Any]]:
        """Energy of the rows, to be compared with the source; rows that are wrong are not in it."""
        energy = self._energy
        taken = energy[Outcome.NEW] + energy[Outcome.CHANGED]
        return [
            (gettext_lazy("Energy of sessions that count, kWh"), kwh_from_wh(taken)),
            (gettext_lazy("Energy of sessions set aside, kWh"), kwh_from_wh(energy[Outcome.ASIDE])),
            (gettext_lazy("Energy of sessions that were here before, kWh"), kwh_from_wh(energy[Outcome.UNCHANGED])),
            (gettext_lazy("Energy of all sessions of the file, kWh"), kwh_from_wh(energy.total())),
        ]

    def before_undo(self, run: Any) -> None:
        """Open pages hear of it when the undo is done."""
        publish("sessions")

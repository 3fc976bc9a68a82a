"""Forms about sessions: texts become values here, and nothing more."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.clock import moments_of, zone_of
from core.codes import normalise_code
from core.energy import EnergyError, kwh_from_wh, wh_from_kwh
from core.tenancy.scope import require_network
from services.charging.models import ChargingSession, Doubt
from stations.models import Connector


class ReasonForm(forms.Form):
    """Why something is decided."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Others will read it beside the session."),
    )


class ManyForm(ReasonForm):
    """Why many sessions are decided in the same way; `until` is the newest session that the page knew of."""

    until = forms.IntegerField(min_value=0, max_value=2**63 - 1, widget=forms.HiddenInput)


class WallClockField(forms.Field):
    """A reading of the network's wall clock, without a zone."""

    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M:%S", attrs={"type": "datetime-local", "step": "1"})
    default_error_messages = {"invalid": _("Give a day and a time, such as 2026-03-01 14:30.")}

    def to_python(self, value: Any) -> datetime | None:
        """The reading. Raises ValidationError for anything else, also for a time with a zone of its own."""
        if value in self.empty_values:
            return None
        try:
            wall = datetime.fromisoformat(str(value).strip())
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error
        if wall.tzinfo is not None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return wall


class CorrectionForm(ReasonForm):
    """What a session really was. `account` chooses among the connectors where it may review sessions."""

    charger = forms.CharField(label=_("Charger"), max_length=40)
    connector = forms.IntegerField(label=_("Connector"), min_value=1, max_value=32_767)
    started_at = WallClockField(label=_("Start"), help_text=_("By the network's clock."))
    start_again = forms.BooleanField(
        label=_("The start was the second time that the clock showed this"), required=False
    )
    ended_at = WallClockField(label=_("End"))
    end_again = forms.BooleanField(label=_("The end was the second time that the clock showed this"), required=False)
    energy = forms.DecimalField(label=_("Energy, kWh"), min_value=0, max_digits=12, decimal_places=3)
    field_order = ["charger", "connector", "started_at", "start_again", "ended_at", "end_again", "energy", "reason"]

    def __init__(self, data: Any = None, *, session: ChargingSession, account: Any) -> None:
        self._account, self._zone = account, zone_of(require_network())
        super().__init__(data, initial=self._told(session))
        if Doubt.AMBIGUOUS_TIME not in session.doubts:
            for name in ("start_again", "end_again"):
                self.fields[name].widget = forms.HiddenInput()

    def _told(self, session: ChargingSession) -> dict[str, Any]:
        connector = session.connector
        start, end = self._wall(session.started_at), self._wall(session.ended_at)
        return {
            "charger": connector.charger.code if connector else session.charger_told,
            "connector": connector.number if connector else None,
            "started_at": start and start.replace(fold=0),
            "start_again": bool(start and start.fold),
            "ended_at": end and end.replace(fold=0),
            "end_again": bool(end and end.fold),
            "energy": None if session.energy_wh is None else kwh_from_wh(session.energy_wh),
        }

    def _wall(self, moment: datetime | None) -> datetime | None:
        return None if moment is None else moment.astimezone(self._zone).replace(tzinfo=None, microsecond=0)

    def clean(self) -> dict[str, Any]:
        """What the action takes: a connector, moments, Wh and the reason."""
        said: dict[str, Any] = super().clean() or {}
        cleaned = {"reason": said.get("reason", "")}
        for name, again in (("started_at", "start_again"), ("ended_at", "end_again")):
            if said.get(name) is not None:
                cleaned[name] = self._moment(name, said[name], again=bool(said.get(again)))
        if "charger" in said and "connector" in said:
            cleaned["connector"] = self._connector(said["charger"], said["connector"])
        if said.get("energy") is not None:
            try:
                cleaned["energy_wh"] = wh_from_kwh(said["energy"])
            except EnergyError as error:
                self.add_error("energy", str(error))
        return cleaned

    def add_error(self, field: str | None, error: Any) -> None:
        """Errors of the action name the energy by what the action calls it."""
        super().add_error("energy" if field == "energy_wh" else field, error)

    def _moment(self, name: str, wall: datetime, *, again: bool) -> datetime | None:
        moments = moments_of(wall, self._zone)
        if not moments:
            self.add_error(name, _("The clocks were set forward over this time."))
            return None
        return moments[-1] if again else moments[0]

    def _connector(self, charger: str, number: int) -> Connector | None:
        rows = Connector.objects.visible_to(self._account, "charging.review_session").select_related("charger__site")
        try:
            found: Connector | None = rows.filter(charger__code=normalise_code(charger), number=number).first()
        except ValidationError:
            found = None
        if found is None:
            self.add_error("connector", _("There is no such connector where you may review sessions."))
        return found

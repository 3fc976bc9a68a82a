"""The operations report: what a network, a district or a site delivered in a month, against the month before."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.clock import Month
from core.errors import Text
from core.reporting import (
    Figure,
    MonthParameter,
    RecordParameter,
    Report,
    Result,
    Run,
    Section,
    month_words,
    register,
)
from services.charging.models import SessionState
from services.charging.reports import parts
from services.charging.reports.figures import PERMISSION, MonthFigures, Place, last_month_told


@register
class OperationsReport(Report):
    """Sessions, energy, utilisation, busiest sites and hours; doubtful sessions are accounted for to the last one."""

    name = "operations"
    title = gettext_lazy("Operations of a month")
    description = gettext_lazy(
        "Sessions, energy and utilisation, the busiest sites and hours, compared with the month before; "
        "doubtful sessions accounted for."
    )
    permission = PERMISSION
    parameters = (
        MonthParameter("month", gettext_lazy("Month"), latest=last_month_told),
        RecordParameter(
            "district",
            gettext_lazy("District"),
            model="stations.District",
            permission="stations.view_district",
            everything=gettext_lazy("All districts"),
        ),
        RecordParameter(
            "site",
            gettext_lazy("Site"),
            model="stations.Site",
            permission=PERMISSION,
            everything=gettext_lazy("All sites"),
        ),
    )

    def check(self, values: Mapping[str, Any]) -> None:
        site, district = values["site"], values["district"]
        if site is not None and district is not None and site.district_id != district.pk:
            raise ValidationError({"site": _("This site is not in that district.")})

    def compute(self, run: Run) -> Result:
        month: Month = run.values["month"]
        place = Place(run)
        now, before = MonthFigures(place, month), MonthFigures(place, month.previous())
        return Result(
            figures=_figures(now, before),
            sections=[
                Section(_("Day by day"), [parts.chart_of_days(now, before), parts.table_of_days(now)]),
                Section(_("Hours of the week"), [parts.chart_of_hours(now), parts.table_of_busiest_hours(now)]),
                _where(now, before),
                Section(
                    _("Doubtful sessions"),
                    [*parts.charts_of_doubts(now), parts.table_of_accounts(now)],
                    text=_(
                        "Every session that was told is accounted for here. Sessions with doubtful data are set aside "
                        "until a person has decided about them, and count in no other figure of this report."
                    ),
                ),
            ],
            notes=_notes(now),
            period=now.period,
            period_text=month_words(month),
            before_text=month_words(month.previous()),
            place=_place_words(place),
        )


def _where(now: MonthFigures, before: MonthFigures) -> Section:
    if now.place.site is not None:
        return Section(_("Chargers"), [parts.table_of_chargers(now)])
    return Section(_("Sites"), [*parts.charts_of_sites(now, before), parts.table_of_sites(now, before)])


def _place_words(place: Place) -> Text:
    if place.site is not None:
        return str(place.site)
    if place.district is not None:
        return str(place.district)
    return _("Whole network") if place.run.asker.sees_everything(PERMISSION) else _("Your sites")


def _figures(now: MonthFigures, before: MonthFigures) -> list[Figure]:
    counted, counted_before = now.totals, before.totals
    points, points_before = sum(now.points.values()), sum(before.points.values())
    told, told_before = now.told, before.told
    aside, aside_before = (one.told_in(SessionState.SET_ASIDE)[0] for one in (now, before))
    return [
        Figure(
            "sessions", _("Sessions"), counted["sessions"], before=counted_before["sessions"], better="up",
            definition=_("Accepted charging sessions that began on a business day of the month."),
        ),
        Figure(
            "energy", _("Energy delivered"), counted["energy_wh"], "energy", before=counted_before["energy_wh"],
            better="up", definition=_("Energy of these sessions, as the chargers told it."),
        ),
        Figure(
            "utilisation", _("Utilisation"), now.utilisation(counted["occupied_s"], points), "percent",
            before=before.utilisation(counted_before["occupied_s"], points_before), better="up",
            definition=_(
                "Time within the month in which accepted sessions occupied a charging point, divided by the time that "
                "all charging points together had. Equipment as it is known today; without test sites, racks and "
                "cabinets for batteries, and chargers that are planned, removed or were commissioned later."
            ),
        ),
        Figure(
            "sessions_per_day", _("Sessions per day"), _rate(counted, now), decimals=1,
            before=_rate(counted_before, before), better="up",
            definition=_("Sessions divided by the days of the month; fair between months of different length."),
        ),
        Figure(
            "energy_per_session", _("Energy per session"), _mean(counted["energy_wh"], counted), "energy", decimals=2,
            before=_mean(counted_before["energy_wh"], counted_before),
            definition=_("Energy delivered divided by sessions."),
        ),
        Figure(
            "mean_length", _("Length of a session"), _mean(counted["duration_s"], counted), "duration",
            before=_mean(counted_before["duration_s"], counted_before),
            definition=_("Mean time from the start to the end of the sessions that began in the month."),
        ),
        Figure(
            "set_aside", _("Set aside"), aside, before=aside_before, better="down",
            definition=_("Sessions with doubtful data that wait for a person's decision. Not counted above."),
        ),
        Figure(
            "sessions_told", _("Sessions told in all"), told[0], before=told_before[0],
            definition=_("Accepted, set aside and rejected sessions together: every row that was told or imported."),
        ),
        Figure(
            "energy_told", _("Energy told in all"), told[1], "energy", before=told_before[1],
            definition=_("Energy of all these rows, the impossible and the negative included; nothing told is zero."),
        ),
    ]  # fmt: skip


def _rate(counted: Mapping[str, int], figures: MonthFigures) -> Decimal:
    """Sessions per day of the month, up to now."""
    return (Decimal(counted["sessions"]) / figures.days_gone).quantize(Decimal("0.0001"))


def _mean(total: int, counted: Mapping[str, int]) -> int | None:
    """A mean in whole Wh or seconds, rounded half up."""
    sessions = counted["sessions"]
    return (2 * total + sessions) // (2 * sessions) if sessions else None


def _notes(now: MonthFigures) -> list[Text]:
    run = now.place.run
    begins = run.network.day_starts_at.strftime("%H:%M")
    notes: list[Text] = []
    if not now.is_over:
        notes.append(_("The month is not over: these are its figures up to now, compared with the whole month before."))
    return notes + [
        _("Business days begin at %(time)s in the zone %(zone)s; a session belongs to the day on which it began.")
        % {"time": begins, "zone": run.network.time_zone},
        _("Hours are those of the wall clock at the start of a session."),
    ]

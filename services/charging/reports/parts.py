"""Tables and charts of the operations report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core import formatting
from core.charts import Chart, bars_by_day, energy_scale, heat_of_week, stacked_bars, top_bars
from core.clock import day_period
from core.reporting import Column, Table, Word, month_words
from services.charging.models import Doubt, SessionState
from services.charging.reports.figures import MonthFigures, SiteFigures, sites_of

BUSIEST_HOURS = 10
BUSIEST_SITES = 12
ALL = Word("all", gettext_lazy("All"))


def _day_name(day: date) -> str:
    return f"{date_format(day, 'l')}, {formatting.day(day)}"


def chart_of_days(now: MonthFigures, before: MonthFigures) -> Chart:
    """Energy by day, with the same day of the month before."""
    days = list(now.month.days())
    energy = [_energy_on(now, day) for day in days]
    by_number = {day.day: _energy_on(before, day) for day in before.month.days()}
    unit, size = energy_scale(max([*energy, *by_number.values()], default=0))
    label = _("Energy (%(unit)s)") % {"unit": unit}
    now_words, before_words = month_words(now.month), month_words(before.month)
    spec = bars_by_day(
        [(day, wh / size) for day, wh in zip(days, energy, strict=True)],
        label=label,
        now_label=now_words,
        before=[None if (wh := by_number.get(day.day)) is None else wh / size for day in days],
        before_label=before_words,
    )
    columns = [
        Column("day", _("Day"), "date"),
        Column("energy", now_words, "energy", decimals=3),
        Column("before", before_words, "energy", decimals=3),
    ]
    rows = [(day, wh, by_number.get(day.day)) for day, wh in zip(days, energy, strict=True)]
    return Chart("energy-by-day", _("Energy by day"), _what_days_say(days, energy), spec, columns, rows)


def _energy_on(figures: MonthFigures, day: date) -> int:
    row = figures.by_day.get(day)
    return row["energy_wh"] if row else 0


def _what_days_say(days: Sequence[date], energy: Sequence[int]) -> str:
    if not any(energy):
        return _("No energy was delivered in this month.")
    most = max(range(len(days)), key=lambda index: energy[index])
    least = min(range(len(days)), key=lambda index: energy[index])
    return _(
        "Most on %(most)s with %(most_kwh)s kWh, least on %(least)s with %(least_kwh)s kWh. Weekends are softer."
    ) % {
        "most": _day_name(days[most]),
        "most_kwh": formatting.energy(energy[most]),
        "least": _day_name(days[least]),
        "least_kwh": formatting.energy(energy[least]),
    }


def table_of_days(now: MonthFigures) -> Table:
    """Sessions, energy and utilisation of each day."""
    points = sum(now.points.values())
    columns = [
        Column("day", _("Day"), "date"),
        Column("weekday", _("Weekday")),
        Column("sessions", _("Sessions"), "number"),
        Column("energy", _("Energy"), "energy", decimals=3),
        Column("energy_per_session", _("Per session"), "energy", decimals=2),
        Column("utilisation", _("Utilisation"), "percent"),
    ]
    rows = []
    for day in now.month.days():
        row = now.by_day.get(day, {"sessions": 0, "energy_wh": 0, "occupied_s": 0})
        mean = _per_session(row["energy_wh"], row["sessions"])
        weekday = _weekday(day.weekday())
        used = now.utilisation(row["occupied_s"], points, day_period(day, now.place.run.network))
        rows.append((day, weekday, row["sessions"], row["energy_wh"], mean, used))
    sums = now.totals
    mean = _per_session(sums["energy_wh"], sums["sessions"])
    used = now.utilisation(sums["occupied_s"], points)
    totals = (ALL, None, sums["sessions"], sums["energy_wh"], mean, used)
    note = ngettext("%(count)s charging point.", "%(count)s charging points.", points) % {
        "count": formatting.number(points)
    }
    return Table("days", _("Days"), columns, rows, totals, note=note, folded=True)


def _weekday(number: int) -> Word:
    """A weekday; 0 is Monday, in documents 1 (ISO 8601)."""
    return Word(str(number + 1), WEEKDAYS[number])


def _per_session(wh: int, sessions: int) -> int | None:
    return (2 * wh + sessions) // (2 * sessions) if sessions else None


def _share(part: int, whole: int) -> Decimal | None:
    return (Decimal(part) / whole).quantize(Decimal("0.000001")) if whole else None


def chart_of_hours(now: MonthFigures) -> Chart:
    """Sessions by weekday and hour."""
    figures = {key: row["sessions"] for key, row in now.by_weekday_and_hour.items()}
    spec = heat_of_week(figures, label=_("Sessions"), hour_label=_("Hour at the start"))
    columns = [Column("hour", _("Hour"))] + [
        Column(f"weekday_{number + 1}", str(name), "number") for number, name in WEEKDAYS.items()
    ]
    rows = [(_hour(hour), *(figures.get((weekday, hour), 0) for weekday in range(7))) for hour in range(24)]
    text = _("No session began in this month.")
    if figures:
        weekday, hour = max(figures, key=lambda key: figures[key])
        text = _("Busiest is %(weekday)s from %(hour)s with %(sessions)s sessions in the month.") % {
            "weekday": WEEKDAYS[weekday],
            "hour": _hour(hour),
            "sessions": formatting.number(figures[weekday, hour]),
        }
    return Chart("sessions-by-hour", _("Sessions by weekday and hour"), text, spec, columns, rows)


def _hour(hour: int) -> str:
    return f"{hour:02d}:00–{(hour + 1) % 24:02d}:00"


def table_of_busiest_hours(now: MonthFigures) -> Table:
    """The hours of the week in which most sessions began."""
    whole = now.totals["sessions"]
    columns = [
        Column("weekday", _("Weekday")),
        Column("hour", _("Hour")),
        Column("sessions", _("Sessions"), "number"),
        Column("share", _("Share of all"), "percent"),
        Column("energy", _("Energy"), "energy", decimals=3),
    ]
    busiest = sorted(now.by_weekday_and_hour.items(), key=lambda item: (-item[1]["sessions"], item[0]))
    rows = [
        (_weekday(weekday), _hour(hour), row["sessions"], _share(row["sessions"], whole), row["energy_wh"])
        for (weekday, hour), row in busiest[:BUSIEST_HOURS]
        if row["sessions"]
    ]
    return Table("busiest_hours", _("Busiest hours of the week"), columns, rows)


def charts_of_sites(now: MonthFigures, before: MonthFigures) -> list[Chart]:
    """The busiest sites by energy; none where there is nothing to compare."""
    lines = sorted(sites_of(now, before), key=lambda line: -line.energy_wh)[:BUSIEST_SITES]
    lines = [line for line in lines if line.energy_wh]
    if len(lines) < 2:
        return []
    unit, size = energy_scale(lines[0].energy_wh)
    decimals = 0 if lines[-1].energy_wh >= 100 * size else 1
    spec = top_bars(
        [(_site_words(line), line.energy_wh / size) for line in lines],
        label=_("Energy (%(unit)s)") % {"unit": unit},
        decimals=decimals,
    )
    whole = now.totals["energy_wh"]
    share = _share(sum(line.energy_wh for line in lines), whole)
    text = _("These %(count)d sites delivered %(share)s %% of the energy.") % {
        "count": len(lines),
        "share": formatting.percent(share or 0),
    }
    columns = [Column("site", _("Site")), Column("energy", _("Energy"), "energy", decimals=3)]
    rows = [(_site_words(line), line.energy_wh) for line in lines]
    return [Chart("busiest-sites", _("Busiest sites by energy"), text, spec, columns, rows, size="large")]


def _site_words(line: SiteFigures) -> str:
    return line.name or line.code or _("No known site")


def table_of_sites(now: MonthFigures, before: MonthFigures) -> Table:
    """A line for each site, busiest first."""
    columns = [
        Column("code", _("Code"), "code"),
        Column("site", _("Site")),
        Column("sessions", _("Sessions"), "number"),
        Column("energy", _("Energy"), "energy", decimals=3),
        Column("share", _("Share"), "percent"),
        Column("points", _("Points"), "number"),
        Column("utilisation", _("Utilisation"), "percent"),
        Column("energy_before", month_words(before.month), "energy", decimals=3),
    ]
    whole = now.totals["energy_wh"]
    lines = sites_of(now, before)
    rows = [
        (
            line.code,
            line.name or Word(line.code, _site_words(line)),
            line.sessions,
            line.energy_wh,
            _share(line.energy_wh, whole),
            line.points,
            now.utilisation(line.occupied_s, line.points),
            line.energy_before_wh,
        )
        for line in lines
    ]
    points = sum(now.points.values())
    totals = (
        ALL,
        None,
        now.totals["sessions"],
        whole,
        _share(whole, whole),
        points,
        now.utilisation(now.totals["occupied_s"], points),
        before.totals["energy_wh"],
    )
    note = _("Sites with sessions in the month or in the one before. The points of all are those of every site.")
    return Table("sites", _("All sites, busiest first"), columns, rows, totals, note=note)


def table_of_chargers(now: MonthFigures) -> Table:
    """A line for each charger of the site, busiest first."""
    columns = [
        Column("charger", _("Charger"), "code"),
        Column("sessions", _("Sessions"), "number"),
        Column("energy", _("Energy"), "energy", decimals=3),
        Column("share", _("Share"), "percent"),
        Column("energy_per_session", _("Per session"), "energy", decimals=2),
        Column("duration", _("Length of all"), "duration"),
    ]
    sums = now.totals
    rows = [
        (
            row["charger__code"] or Word("", _("Unknown")),
            row["sessions"],
            row["energy_wh"],
            _share(row["energy_wh"], sums["energy_wh"]),
            _per_session(row["energy_wh"], row["sessions"]),
            row["duration_s"],
        )
        for row in now.by_charger()
    ]
    mean = _per_session(sums["energy_wh"], sums["sessions"])
    whole = _share(sums["energy_wh"], sums["energy_wh"])
    totals = (ALL, sums["sessions"], sums["energy_wh"], whole, mean, sums["duration_s"])
    return Table("chargers", _("Chargers, busiest first"), columns, rows, totals)


def charts_of_doubts(now: MonthFigures) -> list[Chart]:
    """Sessions set aside by reason; none where there are none."""
    found = [(_reason(row["doubt"]), row["sessions"]) for row in now.doubts(SessionState.SET_ASIDE)]
    if not found:
        return []
    name = SessionState.SET_ASIDE.label
    spec = stacked_bars([(name, reason.label, count) for reason, count in found], label=_("Sessions"), lying=True)
    reason, count = max(found, key=lambda item: item[1])
    text = _("Most often: %(reason)s (%(count)s).") % {"reason": reason, "count": formatting.number(count)}
    columns = [Column("reason", _("Reason")), Column("sessions", _("Sessions"), "number")]
    return [Chart("set-aside", _("Set aside by reason"), text, spec, columns, found, size="small")]


def _reason(doubt: str) -> Word:
    return Word(doubt, dict(Doubt.choices).get(doubt, doubt))


def table_of_accounts(now: MonthFigures) -> Table:
    """Every session that was told: accepted, set aside by reason, rejected by reason, and all together."""
    columns = [
        Column("state", _("State")),
        Column("reason", _("Reason")),
        Column("sessions", _("Sessions"), "number"),
        Column("share", _("Share"), "percent"),
        Column("energy", _("Energy told"), "energy", decimals=3),
    ]
    sessions, energy = now.told
    accepted = dict(zip(("sessions", "energy_wh"), now.told_in(SessionState.ACCEPTED), strict=True))
    counted: list[tuple[SessionState, Word | None, dict[str, Any]]] = [(SessionState.ACCEPTED, None, accepted)]
    for state in (SessionState.SET_ASIDE, SessionState.REJECTED):
        counted += [(state, _reason(row["doubt"]), row) for row in now.doubts(state)]
    rows = [
        (Word(state.value, state.label), reason, row["sessions"], _share(row["sessions"], sessions), row["energy_wh"])
        for state, reason, row in counted
    ]
    totals = (Word("told", _("Told in all")), None, sessions, _share(sessions, sessions), energy)
    return Table("accounts", _("All sessions that were told"), columns, rows, totals)

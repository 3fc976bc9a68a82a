"""The sums behind the operations report, each of one month and the place that was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import BigIntegerField, Count, F, Q, Value
from django.db.models.functions import Coalesce

from core.clock import Month, day_of
from core.periods import Period
from core.reporting import Run
from core.reporting.asking import Asker
from services.charging import queries
from services.charging.models import ChargingDay, ChargingHour, ChargingSession, SessionState
from stations.models import Connector
from stations.vocabulary import ChargerState, ChargingMethod

PERMISSION = "charging.view_operations_report"
#: Above any number of a connector or charging point (both are small integers of the database).
_NUMBERS = 65_536


@dataclass(frozen=True)
class SiteFigures:
    """What one site did in a month; site None: accepted sessions that name no site."""

    code: str
    name: str
    sessions: int = 0
    energy_wh: int = 0
    occupied_s: int = 0
    points: int = 0
    energy_before_wh: int = 0


@dataclass(frozen=True)
class Place:
    """Which part of the network is asked for: one site, one district, or all that the asker may see."""

    run: Run

    @property
    def site(self) -> Any:
        return self.run.values["site"]

    @property
    def district(self) -> Any:
        return self.run.values["district"]

    def rows(self, model: Any, path: str = "site") -> Any:
        """The rows of a model that hang on the place and may be seen; `path` leads to the site ("" is the site)."""
        rows = self.run.asker.visible(model, PERMISSION)
        if self.site is not None:
            return rows.filter(**{path or "pk": self.site.pk})
        if self.district is not None:
            return rows.filter(**{f"{path}__district" if path else "district": self.district})
        return rows


@dataclass(frozen=True)
class MonthFigures:
    """Sums of the sessions that began in a month's business days."""

    place: Place
    month: Month
    first: date = field(init=False)
    last: date = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "first", self.month.first_day)
        object.__setattr__(self, "last", self.month.last_day)

    @cached_property
    def _days(self) -> Any:
        return self.place.rows(ChargingDay)

    @property
    def period(self) -> Period:
        return self.month.period(self.place.run.network)

    @property
    def is_over(self) -> bool:
        return self.period.end <= self.place.run.now

    @property
    def days_gone(self) -> int:
        """Days of the month up to now, today included; at least one."""
        last = self.last if self.is_over else min(self.last, day_of(self.place.run.now, self.place.run.network))
        return max(1, (last - self.first).days + 1)

    @cached_property
    def totals(self) -> dict[str, int]:
        """{sessions, energy_wh, duration_s, occupied_s} of accepted sessions."""
        return {name: sum(row[name] for row in self.by_day.values()) for name in queries.DAY_TOTALS}

    @cached_property
    def by_day(self) -> dict[date, dict[str, Any]]:
        """The same for each day that had any."""
        return {row["day"]: row for row in queries.day_sums(self._days, self.first, self.last)}

    @cached_property
    def _told(self) -> list[dict[str, Any]]:
        return list(queries.told_sums(self._days, self.first, self.last))

    def told_in(self, state: SessionState) -> tuple[int, int]:
        """Sessions and Wh of the sessions in a state: accepted, set aside and rejected are all that were told."""
        return _sum(row for row in self._told if row["state"] == state)

    @property
    def told(self) -> tuple[int, int]:
        """Sessions and Wh of all sessions that were told, whatever became of them."""
        return _sum(self._told)

    def doubts(self, state: SessionState) -> list[dict[str, Any]]:
        """{doubt, sessions, energy_wh} of sessions set aside or rejected, by the doubt they are counted under."""
        return [row for row in self._told if row["state"] == state]

    @cached_property
    def by_weekday_and_hour(self) -> dict[tuple[int, int], dict[str, Any]]:
        """{sessions, energy_wh} by weekday (Monday is 0) and hour of the start."""
        rows = queries.weekday_hour_sums(self.place.rows(ChargingHour), self.first, self.last)
        return {(row["weekday"] - 1, row["hour"]): row for row in rows}

    @cached_property
    def by_site(self) -> list[dict[str, Any]]:
        """{site_id, site__code, site__name, …} busiest first."""
        return list(queries.site_sums(self._days, self.first, self.last))

    def by_charger(self) -> list[dict[str, Any]]:
        """{charger_id, charger__code, sessions, energy_wh, duration_s} of one site's chargers, busiest first."""
        sessions = self.place.rows(ChargingSession)
        return list(queries.charger_sums(sessions, self.place.site.pk, self.period))

    @cached_property
    def points(self) -> Mapping[int, int]:
        """Charging points by site: how many cars can charge there at a time, with the equipment as it is known now.

        Connectors of one charging point count once. Chargers that are planned, removed or were commissioned after the
        month do not count, nor do racks and cabinets for batteries, nor test sites.
        """
        chargers = ~Q(charger__state__in=[ChargerState.PLANNED, ChargerState.REMOVED]) & ~Q(
            charger__method__in=[ChargingMethod.BATTERY_RACK, ChargingMethod.SWAP_CABINET]
        )
        known = Q(charger__commissioned_on__isnull=True) | Q(charger__commissioned_on__lte=self.last)
        point = F("charger_id") * Value(2 * _NUMBERS, BigIntegerField()) + Coalesce(
            F("point"), F("number") + Value(_NUMBERS), output_field=BigIntegerField()
        )
        rows = (
            self.place.rows(Connector, "charger__site")
            .filter(chargers, known, charger__site__is_test=False)
            .order_by()
            .values("charger__site_id")
            .annotate(points=Count(point, distinct=True))
        )
        return {row["charger__site_id"]: row["points"] for row in rows}

    def utilisation(self, occupied_s: int, points: int, period: Period | None = None) -> Decimal | None:
        """The share of a period (of the month) up to now that charging points were occupied, to six decimals.

        None where there is no point, or where the period has not begun.
        """
        period = period or self.period
        seconds = int((min(period.end, self.place.run.now) - period.start).total_seconds())
        if points == 0 or seconds <= 0:
            return None
        return (Decimal(occupied_s) / (points * seconds)).quantize(Decimal("0.000001"))


def _sum(rows: Iterable[dict[str, Any]]) -> tuple[int, int]:
    found = list(rows)
    return sum(row["sessions"] for row in found), sum(row["energy_wh"] for row in found)


def sites_of(now: MonthFigures, before: MonthFigures) -> list[SiteFigures]:
    """A line for every site that had sessions in the month or in the one before, busiest first."""
    before_by_id = {row["site_id"]: row for row in before.by_site if row["sessions"]}
    rows = [row for row in now.by_site if row["sessions"] or row["site_id"] in before_by_id]
    silent = before_by_id.keys() - {row["site_id"] for row in rows}
    nothing = {"sessions": 0, "energy_wh": 0, "occupied_s": 0}
    rows += [row | nothing for row in before.by_site if row["site_id"] in silent]
    return [_line(row, now, before_by_id.get(row["site_id"])) for row in rows]


def _line(row: dict[str, Any], now: MonthFigures, before: dict[str, Any] | None) -> SiteFigures:
    return SiteFigures(
        code=row["site__code"] or "",
        name=row["site__name"] or "",
        sessions=row["sessions"],
        energy_wh=row["energy_wh"],
        occupied_s=row["occupied_s"],
        points=now.points.get(row["site_id"], 0),
        energy_before_wh=before["energy_wh"] if before else 0,
    )


def last_month_told(asker: Asker) -> Month | None:
    """The month of the last session that the asker may see, or None."""
    _first, last = queries.days_told(asker.visible(ChargingDay, PERMISSION))
    return None if last is None else Month.of(last)

"""Shared reads of charging sessions, mostly from the rollups, for the dashboard, reports and pages.

Every function takes the rows that the reader may see, so that nobody reads past their rights:

    days = ChargingDay.objects.visible_to(account, "charging.view_session")      # `.filter(site=…)` narrows it
    hours = ChargingHour.objects.visible_to(account, "charging.view_session")
    sessions = ChargingSession.objects.visible_to(account, "charging.view_session")

and returns a queryset of dicts, run when it is read. Days are business days of the network, `first` and `last` both
included. Units: `sessions` count, `energy_wh` Wh, `duration_s` seconds of the sessions that began in the time asked
for, `occupied_s` seconds within the time asked for in which connectors were occupied (for utilisation).
Only accepted sessions count unless a function says otherwise. Days, hours, sites or chargers without any are missing.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Case, Count, F, IntegerField, Max, Min, QuerySet, Sum, Value, When
from django.db.models.functions import Cast, Extract, ExtractIsoWeekDay

from core.periods import Period
from services.charging.models import ChargingDay, ChargingHour, ChargingSession, Doubt, SessionDecision, SessionState
from stations.models import Connector

Dicts = QuerySet[Any, dict[str, Any]]

DAY_TOTALS = {name: Sum(name) for name in ("sessions", "energy_wh", "duration_s", "occupied_s")}
HOUR_TOTALS = {name: Sum(name) for name in ("sessions", "energy_wh")}


def accepted_days(days: QuerySet[ChargingDay], first: date, last: date) -> QuerySet[ChargingDay]:
    """Rollup rows of accepted sessions of these business days."""
    return days.filter(state=SessionState.ACCEPTED, day__range=(first, last))


def day_sums(days: QuerySet[ChargingDay], first: date, last: date) -> Dicts:
    """{day, sessions, energy_wh, duration_s, occupied_s} for each day, in order."""
    return accepted_days(days, first, last).order_by("day").values("day").annotate(**DAY_TOTALS)


def day_state_sums(days: QuerySet[ChargingDay], first: date, last: date) -> Dicts:
    """{day, state, sessions, energy_wh} for each day and state, in order."""
    return days.filter(day__range=(first, last)).order_by("day", "state").values("day", "state").annotate(**HOUR_TOTALS)


def told_sums(days: QuerySet[ChargingDay], first: date, last: date) -> Dicts:
    """{state, doubt, sessions, energy_wh} of all sessions: accepted, set aside and rejected ones.

    By the doubt they are counted under, in the order of `Doubt`. A session without energy counts with 0 Wh.
    """
    return _by_doubt(days.filter(day__range=(first, last)), "state")


def doubts_waiting(days: QuerySet[ChargingDay]) -> Dicts:
    """{doubt, sessions, energy_wh} of all sessions that wait for a person, of whatever day, in the order of `Doubt`."""
    return _by_doubt(days.filter(state=SessionState.SET_ASIDE))


def _by_doubt(rows: QuerySet[ChargingDay], *besides: str) -> Dicts:
    place = Case(
        *(When(doubt=doubt, then=Value(number)) for number, doubt in enumerate(Doubt.values)),
        default=Value(len(Doubt.values)),
        output_field=IntegerField(),
    )
    # A doubt whose last session was decided upon leaves a row of zeros.
    return rows.order_by(*besides, place).values(*besides, "doubt").annotate(**HOUR_TOTALS).filter(sessions__gt=0)


def hour_sums(hours: QuerySet[ChargingHour], first: date, last: date) -> Dicts:
    """{hour, sessions, energy_wh} by the hour (0 to 23) of the wall clock at which sessions began, over all days."""
    return hours.filter(day__range=(first, last)).order_by("hour").values("hour").annotate(**HOUR_TOTALS)


def weekday_hour_sums(hours: QuerySet[ChargingHour], first: date, last: date) -> Dicts:
    """{weekday, hour, sessions, energy_wh}; weekday 1 is Monday, of the business day."""
    rows = hours.filter(day__range=(first, last)).annotate(weekday=ExtractIsoWeekDay("day"))
    return rows.order_by("weekday", "hour").values("weekday", "hour").annotate(**HOUR_TOTALS)


def site_sums(days: QuerySet[ChargingDay], first: date, last: date) -> Dicts:
    """{site_id, site__code, site__name, sessions, energy_wh, duration_s, occupied_s} for each site, busiest first.

    Most sessions first, then most energy. Accepted sessions of no known site have site_id None.
    """
    rows = accepted_days(days, first, last).values("site_id", "site__code", "site__name").annotate(**DAY_TOTALS)
    return rows.order_by("-sessions", "-energy_wh", "site_id")


def busiest_sites(days: QuerySet[ChargingDay], first: date, last: date, limit: int = 10) -> Dicts:
    """The first `limit` rows of `site_sums` that name a site and had sessions."""
    return site_sums(days, first, last).filter(site__isnull=False, sessions__gt=0)[:limit]


def charger_sums(sessions: QuerySet[ChargingSession], site_id: int, period: Period) -> Dicts:
    """{charger_id, charger__code, sessions, energy_wh, duration_s} of a site's chargers, busiest first.

    Read from the sessions themselves: meant for one site and some months. `period` is that of the sessions' starts.
    """
    rows = sessions.filter(
        state=SessionState.ACCEPTED, site_id=site_id, started_at__gte=period.start, started_at__lt=period.end
    )
    length = Extract(F("ended_at") - F("started_at"), "epoch")
    return (
        rows.order_by()
        .values("charger_id", "charger__code")
        .annotate(
            sessions=Count("pk"), energy_wh=Sum("energy_wh"), duration_s=Cast(Sum(length), models.BigIntegerField())
        )
        .order_by("-sessions", "-energy_wh", "charger_id")
    )


def days_told(days: QuerySet[ChargingDay]) -> tuple[date | None, date | None]:
    """The first and the last business day with any session; (None, None) before the first one came."""
    found = days.filter(sessions__gt=0).aggregate(first=Min("day"), last=Max("day"))
    return found["first"], found["last"]


def decisions_of(session: ChargingSession) -> QuerySet[SessionDecision]:
    """What people decided about a session, the newest first."""
    rows: QuerySet[SessionDecision] = SessionDecision.objects.filter(session=session)
    return rows.select_related("account").order_by("-decided_at", "-id")


def holder_of_connector(connector: Connector, period: Period, besides: int | None = None) -> ChargingSession | None:
    """An accepted session that holds the connector at some moment of `period` (the last one), or None.

    `besides` is the id of a session that does not matter. Accepted sessions of a connector never overlap, so whichever
    of them began last before the end of `period` tells; sessions without length hold it at no moment.
    """
    if period.is_empty:
        return None
    before = ChargingSession.objects.filter(
        charger_id=connector.charger_id,
        connector_id=connector.pk,
        state=SessionState.ACCEPTED,
        started_at__lt=period.end,
        ended_at__gt=F("started_at"),
    )
    last = before.exclude(pk=besides).order_by("-started_at").first()
    return last if last is not None and last.ended_at > period.start else None

"""The figures of the dashboard, each within the rights of the reader and from sums, never from the sessions."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, QuerySet

from core.clock import day_of, now
from core.importing.models import ImportRun
from core.jobs.models import Job
from core.parts import Delta
from core.rights import may
from core.tenancy.scope import require_network
from services.charging.models import ChargingDay, ChargingHour, Doubt
from services.charging.queries import busiest_sites, day_sums, days_told, doubts_waiting, weekday_hour_sums
from stations.models import Connector, Site
from stations.vocabulary import ConnectorState, SiteKind, SiteStatus

DAYS = 30  # that the charts by day show
WEEKS = 4  # that the heat of the week is taken from
BUSIEST = 8
VIEW_SESSIONS = "charging.view_session"


@dataclass
class DayFigure:
    """Accepted sessions that started on one business day; energy in Wh."""

    day: date
    sessions: int = 0
    energy_wh: int = 0


@dataclass
class Dashboard:
    """Everything on the page."""

    today: date  # the business day before which the figures end
    is_past: bool  # the newest session is old: the figures are those of the days before it
    yesterday: DayFigure
    usual: DayFigure  # the mean of the same weekday of the four weeks before
    days: list[DayFigure]
    heat: dict[tuple[int, int], int]
    busiest: list[dict[str, Any]]
    doubts: list[tuple[str, str, int]]  # reason, its words, how many wait
    sites: list[dict[str, Any]]  # kind, status, sites
    connectors: dict[str, int]
    faulted: list[Connector] = field(default_factory=list)
    imports: list[ImportRun] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)

    @property
    def waiting(self) -> int:
        """Doubtful sessions that wait for a person."""
        return sum(count for _reason, _words, count in self.doubts)

    @property
    def open_sites(self) -> int:
        """Sites that are open."""
        return sum(row["sites"] for row in self.sites if row["status"] == SiteStatus.OPEN)

    @property
    def all_sites(self) -> int:
        """Sites in any state."""
        return sum(row["sites"] for row in self.sites)

    @property
    def charging(self) -> int:
        """Connectors that charge now."""
        return self.connectors.get(ConnectorState.CHARGING, 0)

    @property
    def all_connectors(self) -> int:
        """Connectors in any state."""
        return sum(self.connectors.values())

    @property
    def out_of_order(self) -> int:
        """Connectors at which nobody can charge."""
        return self.connectors.get(ConnectorState.FAULTED, 0) + self.connectors.get(ConnectorState.UNAVAILABLE, 0)

    @property
    def sessions_delta(self) -> Delta | None:
        """Yesterday's sessions against the usual."""
        return _delta(self.yesterday.sessions, self.usual.sessions)

    @property
    def energy_delta(self) -> Delta | None:
        """Yesterday's energy against the usual."""
        return _delta(self.yesterday.energy_wh, self.usual.energy_wh)


def dashboard_for(account: Any) -> Dashboard:
    """The dashboard as `account` may see it, in the network in scope."""
    sums = ChargingDay.objects.visible_to(account, VIEW_SESSIONS)
    today, is_past = _today(sums)
    days = _days(sums, today)
    return Dashboard(
        today=today,
        is_past=is_past,
        yesterday=days[today - timedelta(days=1)],
        usual=_usual(days, today - timedelta(days=1)),
        days=[days[today - timedelta(days=ago)] for ago in range(DAYS, 0, -1)],
        heat=_heat(account, today),
        busiest=list(busiest_sites(sums, today - timedelta(days=7), today - timedelta(days=1), BUSIEST)),
        doubts=_doubts(sums),
        sites=_sites(account),
        connectors=_connectors(account),
        faulted=_faulted(account),
        imports=_imports(account),
        jobs=_jobs(account),
    )


def _today(sums: QuerySet[ChargingDay]) -> tuple[date, bool]:
    """Today; for a network that holds old sessions only, the day after the newest (a month ending in 2018 says more
    than thirty empty days)."""
    today = day_of(now(), require_network())
    _first, last = days_told(sums)
    if last is None or last >= today - timedelta(days=DAYS):
        return today, False
    return last + timedelta(days=1), True


def _days(sums: QuerySet[ChargingDay], today: date) -> dict[date, DayFigure]:
    first = today - timedelta(days=max(DAYS, 7 * (WEEKS + 1)) + 1)
    days = {first + timedelta(days=n): DayFigure(first + timedelta(days=n)) for n in range((today - first).days + 1)}
    for row in day_sums(sums, first, today):
        days[row["day"]] = DayFigure(row["day"], row["sessions"], row["energy_wh"])
    return days


def _usual(days: dict[date, DayFigure], day: date) -> DayFigure:
    before = [days[day - timedelta(weeks=ago)] for ago in range(1, WEEKS + 1)]
    return DayFigure(
        day, round(sum(f.sessions for f in before) / WEEKS), round(sum(f.energy_wh for f in before) / WEEKS)
    )


def _delta(value: int, usual: int) -> Delta | None:
    if not usual:
        return None
    change = round(100 * (value - usual) / usual, 1)
    return Delta(change, good=change >= 0)


def _heat(account: Any, today: date) -> dict[tuple[int, int], int]:
    hours = ChargingHour.objects.visible_to(account, VIEW_SESSIONS)
    rows = weekday_hour_sums(hours, today - timedelta(weeks=WEEKS), today - timedelta(days=1))
    return {(row["weekday"] - 1, row["hour"]): round(row["sessions"] / WEEKS) for row in rows}


def _doubts(sums: QuerySet[ChargingDay]) -> list[tuple[str, str, int]]:
    words = dict(Doubt.choices)
    found = [(row["doubt"], str(words[row["doubt"]]), row["sessions"]) for row in doubts_waiting(sums)]
    return sorted(found, key=lambda item: -item[2])


def _sites(account: Any) -> list[dict[str, Any]]:
    rows = Site.objects.visible_to(account, "stations.view_site").order_by().values("kind", "status")
    kinds, statuses = dict(SiteKind.choices), dict(SiteStatus.choices)
    return [
        row | {"kind_words": kinds[row["kind"]], "status_words": statuses[row["status"]]}
        for row in rows.annotate(sites=Count("pk")).order_by("kind", "status")
    ]


def _connectors(account: Any) -> dict[str, int]:
    rows = Connector.objects.visible_to(account, "stations.view_connector").order_by().values_list("state")
    return dict(rows.annotate(count=Count("pk")))


def _faulted(account: Any) -> list[Connector]:
    rows = Connector.objects.visible_to(account, "stations.view_connector").filter(state=ConnectorState.FAULTED)
    return list(rows.select_related("charger__site").order_by("state_since")[:5])


def _imports(account: Any) -> list[ImportRun]:
    if not may(account, "core.view_importrun"):
        return []
    return list(ImportRun.objects.visible_to(account, "core.view_importrun").order_by("-id")[:4])


def _jobs(account: Any) -> list[Job]:
    own = Job.objects.filter(actor=account)
    jobs = Job.objects.visible_to(account, "core.view_job") if may(account, "core.view_job") else own
    return list(jobs.select_related("actor").order_by("-id")[:4])

"""A small report that tests declare, and an asker for it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from core.charts import top_bars
from core.clock import now
from core.reporting import (
    ChoiceParameter,
    Column,
    DayRangeParameter,
    Figure,
    MonthParameter,
    RecordParameter,
    Report,
    Result,
    Run,
    Section,
    Table,
    Word,
    month_words,
)
from core.reporting.asking import Asker
from core.reporting.results import Chart


class Sample(Report):
    """One of everything."""

    name = "sample"
    title = "Sample of a report"
    permission = "charging.view_operations_report"
    parameters = (
        MonthParameter("month", "Month"),
        ChoiceParameter("by", "By", [("day", "Day"), ("week", "Week")]),
        RecordParameter(
            "site", "Site", model="stations.Site", permission="stations.view_site", everything="Whole network"
        ),
    )

    def compute(self, run: Run) -> Result:
        month = run.values["month"]
        columns = [
            Column("site", "Site"), Column("sessions", "Sessions", "number"), Column("energy", "Energy", "energy"),
            Column("cost", "Cost", "money", currency="GBP"), Column("share", "Share", "percent"),
            Column("day", "Day", "date"), Column("length", "Length", "duration"),
        ]  # fmt: skip
        day, hour = date(2018, 8, 1), timedelta(hours=1)
        rows = [
            ("=Lochee", 5, 7234, Decimal("12.50"), Decimal("0.25"), day, hour),
            (Word("none", "No site"), 1, 0, None, Decimal("0.75"), day, hour * 30),
        ]
        chart = Chart(
            "top", "Busiest", "A is busiest.", top_bars([("A", 2), ("B", 1)], label="kWh"), columns[:2], [("A", 2)]
        )
        totals = (Word("all", "All"), 6, 7234, Decimal("12.50"), None, None, None)
        return Result(
            figures=[
                Figure("sessions", "Sessions", 6, before=4, better="up", definition="All that began."),
                Figure("energy", "Energy", 71_809_479, "energy", before=0),
                Figure("used", "Utilisation", Decimal("0.2"), "percent", before=Decimal("0.25"), better="up"),
            ],
            sections=[Section("Sites", [chart, Table("sites", "All sites", columns, rows, totals, note="As told.")])],
            notes=["Times are local."],
            period=month.period(run.network),
            period_text=month_words(month),
            before_text=month_words(month.previous()),
            place="Whole network",
        )


class Days(Report):
    """Over a range of days."""

    name = "days"
    title = "Days"
    permission = "charging.view_operations_report"
    parameters = (DayRangeParameter("days", "Days", most_days=31),)

    def compute(self, run: Run) -> Result:
        return Result(figures=[Figure("n", "Days", (run.values["days"].last - run.values["days"].first).days + 1)])


def asker_of(network: Any, account: Any = None) -> Asker:
    """Somebody, or the system, who asks now."""
    return Asker(network=network, now=now(), account=account, is_system=account is None)

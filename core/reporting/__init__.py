"""Reports: one computation that feeds page, PDF, XLSX, CSV, JSON and plain text.

An app declares its reports in its `reports.py`:

    @register
    class Operations(Report):
        name, title, permission = "operations", _("Operations of a month"), "charging.view_operations_report"
        parameters = (MonthParameter("month", _("Month")),)

        def compute(self, run: Run) -> Result: ...

`compute` returns raw values (Wh, Decimals, ratios, aware moments); how they are written is up to the forms.
"""

from core.reporting.making import Made, Run, make
from core.reporting.parameters import (
    ChoiceParameter,
    DayRange,
    DayRangeParameter,
    MonthParameter,
    Parameter,
    RecordParameter,
    month_words,
)
from core.reporting.registry import UnknownReport, register, registered_reports, report_named
from core.reporting.report import Report
from core.reporting.results import Column, Figure, Result, Section, Table, Word

__all__ = [
    "ChoiceParameter", "Column", "DayRange", "DayRangeParameter", "Figure", "Made", "MonthParameter", "Parameter",
    "RecordParameter", "Report", "Result", "Run", "Section", "Table", "UnknownReport", "Word", "make", "month_words",
    "register", "registered_reports", "report_named",
]  # fmt: skip

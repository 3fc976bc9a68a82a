"""What the pages of reports are drawn from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from core.parts import Action, Crumb, Delta, Empty, Link
from core.reporting import Figure, Made, Report
from core.reporting.report import ParameterForm
from core.reporting.words import POINTS
from core.urls import network_url
from reports.renderings import RENDERINGS


def list_context(reports: Sequence[Report]) -> dict[str, Any]:
    """The context of the list of reports."""
    return {
        "title": _("Reports"),
        "lead": _("Figures for people and files: seen as a page, printed as PDF, downloaded as tables."),
        "reports": [
            {
                "title": report.title,
                "description": report.description,
                "url": network_url("reports:report-detail", report.name),
            }
            for report in reports
        ],
        "empty": Empty(
            _("No reports for you yet"),
            _("Which reports you see depends on your roles. A director of the network can give you one."),
            icon="file-text",
        ),
    }


def detail_context(report: Report, form: ParameterForm, made: Made | None) -> dict[str, Any]:
    """The context of a report's page; `made` is None where the parameters are wrong."""
    context: dict[str, Any] = {
        "title": report.title,
        "lead": report.description,
        "breadcrumbs": [Crumb(_("Reports"), network_url("reports:report-list")), Crumb(report.title)],
        "report": report,
        "form": form,
    }
    if made is None:
        return context
    result = made.result
    return context | {
        "made": made,
        "result": result,
        "subtitle": " · ".join(str(text) for text in (result.period_text, result.place) if text),
        "actions": list(_actions(made)),
        "steps": _steps(made),
        "stats": [(figure, _delta(figure, made)) for figure in result.figures],
        "csv_url": f"{address(made, format='csv')}&table=",
    }


def address(made: Made, **more: str) -> str:
    """The page with the same parameters and some more."""
    return f"{network_url('reports:report-detail', made.report.name)}?{urlencode({**made.query, **more})}"


def _actions(made: Made) -> Iterator[Action]:
    yield Action(_("Print (PDF)"), address(made, format="pdf"), icon="printer", tone="primary")
    yield Action(_("Download PDF"), address(made, format="pdf", save="1"), icon="download", in_menu=True)
    for name in ("xlsx", "csv", "zip", "json"):
        label = _("Figures as CSV") if name == "csv" else RENDERINGS[name].label
        yield Action(label, address(made, format=name), icon="download", in_menu=True)


def _steps(made: Made) -> list[Link]:
    """The same report for the values before and after, such as the months around."""
    links = []
    for parameter in made.report.parameters:
        for label, query in parameter.neighbours(made.run.values[parameter.name], made.run.asker):
            kept = {key: text for key, text in made.query.items() if key not in parameter.keys}
            links.append(
                Link(label, f"{network_url('reports:report-detail', made.report.name)}?{urlencode(kept | query)}")
            )
    return links


def _delta(figure: Figure, made: Made) -> Delta | None:
    if figure.change is None:
        return None
    note = made.result.before_text
    if figure.points is not None:
        return Delta(round(figure.points, 1), unit=POINTS, good=figure.is_good, note=note)
    return Delta(figure.change * 100, good=figure.is_good, note=note)

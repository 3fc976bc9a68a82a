"""Pages of reports: which there are, and each one with its parameters, its figures and its downloads."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from core import clock
from core.export import as_download
from core.records import record
from core.reporting import Made, Report, UnknownReport, make, registered_reports, report_named
from core.reporting.asking import Asker
from core.reporting.files import UnknownTable, file_name
from core.rights import signed_in
from reports.pages import detail_context, list_context
from reports.renderings import RENDERINGS


@signed_in
def report_list(request: HttpRequest) -> HttpResponse:
    """The reports that the account may see."""
    asker = _asker(request)
    reports = [report for report in registered_reports() if asker.may(report.permission)]
    return render(request, "reports/report_list.html", list_context(reports))


@signed_in
def report_detail(request: HttpRequest, name: str) -> HttpResponseBase:
    """A report: its page, or with `?format=` a download of the same figures. The report's own permission counts."""
    report = _report(name)
    asker = _asker(request)
    if not asker.may(report.permission):
        raise PermissionDenied(report.permission)
    form = report.form(asker, request.GET.dict())
    wanted = request.GET.get("format", "")
    made = make(report, asker, form.values) if form.is_valid() else None
    if made is None or not wanted:
        status = 400 if wanted else 200
        return render(request, "reports/report_detail.html", detail_context(report, form, made), status=status)
    return _download(request, made, wanted)


def _download(request: HttpRequest, made: Made, wanted: str) -> HttpResponseBase:
    rendering = RENDERINGS.get(wanted)
    if rendering is None:
        raise Http404(_("There is no such form of a report."))
    table = request.GET.get("table", "") if wanted == "csv" else ""
    try:
        content = rendering.write(made, table)
    except UnknownTable as error:
        raise Http404(_("The report has no such table.")) from error
    if request.method != "HEAD":
        after = {"report": made.report.name, "format": wanted, "table": table}
        record("report.downloaded", summary=str(made.report.title), after=after)
    # A PDF opens in the browser, where it is read and printed; `save` is for keeping it.
    inline = wanted == "pdf" and "save" not in request.GET
    return as_download(HttpResponse(content), file_name(made, rendering.extension, table), inline=inline)


def _report(name: str) -> Report:
    try:
        return report_named(name)
    except UnknownReport as error:
        raise Http404(_("There is no such report.")) from error


def _asker(request: HttpRequest) -> Asker:
    return Asker(network=request.network, now=clock.now(), account=request.user)  # type: ignore[attr-defined]

"""Sites on paper."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from core.clock import day_of, now
from core.crud.listing import Listing
from core.crud.paging import count_up_to
from core.export.filenames import as_download, filename
from core.formatting import number
from core.jobs.actions import start_job
from core.jobs.models import Job
from core.parts import Crumb
from core.records import record
from core.rights import permission_required
from core.tenancy.scope import require_network
from core.urls import network_url
from stations.jobs import PRINT_SITES
from stations.printing import MOST_AT_ONCE, site_list_pdf, site_sheet_pdf
from stations.views.filtering import filter_words, sites_address
from stations.views.sites import SiteViews

MOST_PRINTED = 20_000
_SITES_A_PAGE = 38


def _with_relations(sites: Any) -> Any:
    return sites.select_related("district", "supplied_by")


@require_safe
@permission_required("stations.view_site")
def site_sheet(request: HttpRequest, code: str) -> HttpResponseBase:
    """Everything about one site as PDF."""
    site = SiteViews.get_row(request, "stations.view_site", prepare=_with_relations, code=code)
    pdf = site_sheet_pdf(site, account=request.user, now=now())
    if request.method != "HEAD":
        record("site.printed", target=site, actor=request.user)
    name = filename([require_network().slug, site.code, site.name], "pdf")
    return as_download(HttpResponse(pdf.content), name, inline=True)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("stations.view_site")
def site_list_print(request: HttpRequest) -> HttpResponseBase:
    """The list of sites as PDF, filtered and sorted as the list is; a long one is made by a job, after a question."""
    listing = Listing(SiteViews, request)
    problem = _problem(listing)
    if problem:
        return render(request, "400.html", {"reason": problem}, status=400)
    count = count_up_to(listing.rows(), MOST_PRINTED)
    if count > MOST_PRINTED:
        reason = _("A print holds at most %(most)s sites. Filter the list first.") % {"most": number(MOST_PRINTED)}
        return render(request, "400.html", {"reason": reason}, status=400)
    if count <= MOST_AT_ONCE:
        pdf = site_list_pdf(
            listing.sorted_rows(),
            filters=filter_words(listing),
            address=sites_address(listing),
            account=request.user,
            now=now(),
        )
        if request.method != "HEAD":
            record("site-list.printed", actor=request.user, after={"rows": count})
        return as_download(HttpResponse(pdf.content), _list_file_name(), inline=True)
    if request.method != "POST":
        return _question(request, listing, count)
    return redirect(network_url("core:job-detail", _start(request, listing).pk))


def _problem(listing: Listing) -> str:
    """What of the address makes no sense; paper shows exactly what was asked for, or nothing."""
    if listing.params.problems:
        return " ".join(str(text) for text in listing.params.problems)
    return "" if listing.filters_are_valid else _("The filters of this list cannot be understood.")


def _list_file_name() -> str:
    network = require_network()
    return filename([network.slug, _("sites"), day_of(now(), network)], "pdf")


def _question(request: HttpRequest, listing: Listing, count: int) -> HttpResponse:
    pages = -(-count // _SITES_A_PAGE)
    title = ngettext("Print %(count)s site?", "Print %(count)s sites?", count) % {"count": number(count)}
    context = {
        "title": title,
        "lead": _("That is about %(pages)s pages. They are made in the background; you can go on working meanwhile.")
        % {"pages": number(pages)},
        "breadcrumbs": [*SiteViews.crumbs(request), Crumb(_("Print"))],
        "submit_label": _("Make the PDF"),
        "tone": "primary",
        "cancel_url": sites_address(listing),
    }
    return TemplateResponse(request, "generic/confirm.html", context)


def _start(request: HttpRequest, listing: Listing) -> Job:
    return start_job(
        kind=PRINT_SITES,
        title=str(_("List of sites as PDF")),
        actor=request.user,
        now=now(),
        params={
            "query": sites_address(listing).partition("?")[2],
            "language": translation.get_language() or "en",
            "filename": _list_file_name(),
        },
    )


@require_safe
@permission_required("stations.view_site")
def site_list_file(request: HttpRequest, job: int) -> HttpResponseBase:
    """The PDF that a job made; only for the account that asked for it, as it holds what that account may see."""
    made = Job.objects.filter(pk=job, kind=PRINT_SITES, actor=request.user.pk).first()
    if made is None or not made.result_file or not made.result_file.storage.exists(made.result_file.name):
        raise Http404
    if request.method != "HEAD":
        record("job.result-taken", target=made, actor=request.user, summary=made.params["filename"])
    return as_download(FileResponse(made.result_file.open("rb")), made.params["filename"], inline=True)

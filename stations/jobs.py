"""Long work of this app."""

from __future__ import annotations

from typing import Any

from django.core.files.base import ContentFile
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from core.clock import now
from core.errors import Refusal
from core.jobs.models import Job, result_path
from core.jobs.registry import job
from core.jobs.run import JobRun
from core.pdf import PdfTimeout
from core.urls import network_url
from stations.printing import site_list_pdf
from stations.views.filtering import filter_words, listing_for, sites_address

PRINT_SITES = "stations.print-sites"
FILE_NAME = "sites.pdf"
#: Below the limit of a job, so that it can say itself what went wrong.
SECONDS = 1_500.0


class PrintRefused(Refusal):
    """A print cannot be made."""

    message = _("This list is too long for one print. Filter it first.")
    code = "too-long"


@job(PRINT_SITES, permission="stations.view_site")
def print_sites(run: JobRun) -> None:
    """Print a long list of sites. Parameters: `query` of the list's address, `language`, `filename`.

    The sites are those that the job's actor may see while it runs. A second run replaces the file of the first.
    """
    with translation.override(run.params["language"]):
        listing = listing_for(run.actor, run.params["query"])
        run.progress(0, 1)
        try:
            pdf = site_list_pdf(
                listing.sorted_rows(),
                filters=filter_words(listing),
                address=sites_address(listing),
                account=run.actor,
                now=now(),
                timeout=SECONDS,
            )
        except PdfTimeout as error:
            raise PrintRefused from error
    run.progress(1, 1)
    keep_result(run.job, FILE_NAME, pdf.content)
    url = network_url("stations:site-list-file", run.job.pk)
    Job.objects.filter(pk=run.job.pk).update(result_url=url)


def keep_result(made_by: Any, name: str, content: bytes) -> None:
    """Keep the one file that a job makes, in place of what an earlier run left."""
    file = made_by.result_file
    path = result_path(made_by, name)
    if file.storage.exists(path):
        file.storage.delete(path)
    file.save(name, ContentFile(content), save=False)
    Job.objects.filter(pk=made_by.pk).update(result_file=file.name)

"""Long work about persons."""

from django.core.files.base import ContentFile
from django.utils import translation

from core.clock import now
from core.export.filenames import filename
from core.jobs.models import Job, result_path
from core.jobs.registry import job
from core.jobs.run import JobRun
from core.tenancy.scope import require_network
from security.privacy.exporting import export_person
from security.queries import people_of_network

EXPORT_PERSON = "security.export-person"


@job(EXPORT_PERSON, permission="security.export_person")
def export(run: JobRun) -> None:
    """Put together what the network knows of a person. Parameters: `account` (number), `language`."""
    account = people_of_network().get(pk=run.params["account"])
    run.progress(0, 1)
    with translation.override(run.params["language"]):
        content = export_person(account=account, actor=run.actor, now=now())
    name = filename([require_network().slug, "person", account.pk], "zip")
    file = run.job.result_file
    path = result_path(run.job, name)
    if file.storage.exists(path):
        file.storage.delete(path)
    file.save(name, ContentFile(content), save=False)
    Job.objects.filter(pk=run.job.pk).update(result_file=file.name)
    run.progress(1, 1)

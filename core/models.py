"""Models of the ground, each beside the code that it belongs to."""

from core.crud.models import ListChoice
from core.importing.models import ImportChange, ImportIssue, ImportMapping, ImportRun
from core.jobs.models import Job
from core.numbering_models import Counter

__all__ = ["Counter", "ImportChange", "ImportIssue", "ImportMapping", "ImportRun", "Job", "ListChoice"]

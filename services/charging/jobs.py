"""The long work of this app."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core.clock import now
from core.jobs.registry import job
from core.jobs.run import JobRun
from services.charging.actions import decide_many
from services.charging.models import Verdict

DECIDE = "charging.decide"


@job(DECIDE, permission="charging.review_session")
def decide(run: JobRun) -> None:
    """Accept or reject the doubtful sessions of a filtered list; those decided already are not decided twice."""
    # The list belongs to the pages, which name this kind of job.
    from services.charging.views.doubts import selected  # noqa: PLC0415

    sessions = list(selected(run.actor, run.params["query"], run.params["until"]))
    run.progress(0, len(sessions))
    outcome = decide_many(
        sessions=sessions,
        verdict=Verdict(run.params["verdict"]),
        reason=run.params["reason"],
        actor=run.actor,
        now=now(),
        progress=run.progress,
    )
    message = _("%(count)d decided.") % {"count": outcome.decided}
    if outcome.refused:
        number, refusal = outcome.refusals[0]
        message = _("%(decided)d decided, %(refused)d left as they are. Session %(number)s: %(refusal)s") % {
            "decided": outcome.decided,
            "refused": outcome.refused,
            "number": number,
            "refusal": refusal,
        }
    run.progress(len(sessions), len(sessions), message)

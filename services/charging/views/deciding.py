"""Pages on which people decide about doubtful sessions: one at a time, or all that a filter finds."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Max, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import formatting
from core.clock import now
from core.crud.asking import answer_question, ask, posted
from core.jobs.actions import start_job
from core.parts import Consequence, Crumb
from core.records import note_refusal
from core.rights import permission_required
from core.urls import network_url
from services.charging.actions import accept_session, correct_session, decide_many, reject_session
from services.charging.forms import CorrectionForm, ManyForm, ReasonForm
from services.charging.jobs import DECIDE
from services.charging.models import ChargingSession, Doubt, SessionState, Verdict
from services.charging.views.doubts import DoubtViews, selected
from services.charging.views.sessions import REVIEW, SessionViews

AT_ONCE = 50
"""So many are decided while the page is waited for; more become a job."""


def _about(request: HttpRequest, session: ChargingSession) -> dict[str, Any]:
    """The record, the path above the page, and where to go back: to the list somebody came from, else its page."""
    target = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, allowed_hosts=None) and target.startswith("/")
    return {
        "object": session,
        "breadcrumbs": SessionViews.crumbs(request, session, linked=True),
        "back": target if is_ours else SessionViews.url(session),
    }


def in_words(session: ChargingSession) -> str:
    """The figures of a session and its doubts, for somebody who comes straight from a list."""
    energy = "–" if session.energy_wh is None else f"{formatting.energy(session.energy_wh, 3)} kWh"
    length = "–" if session.duration is None else str(formatting.duration(session.duration))
    doubts = ", ".join(str(Doubt(doubt).label) for doubt in session.doubts)
    plug = str(session.connector or session.charger_told)
    parts = (SessionViews.row_title(session), plug, length, energy, doubts)
    return "; ".join(part for part in parts if part)


@ask
@permission_required(REVIEW)
def session_accept(request: HttpRequest, id: int) -> HttpResponse:
    """Let a session count as it stands."""
    session = SessionViews.get_row(request, REVIEW, id=id)
    return answer_question(
        request,
        ReasonForm(posted(request)),
        lambda **said: accept_session(session=session, **said),
        done=_("The session counts now."),
        title=_("Accept this session?"),
        lead=_("It counts from now on as it stands: %(session)s") % {"session": in_words(session)},
        submit_label=_("Accept"),
        **_about(request, session),
    )


@ask
@permission_required(REVIEW)
def session_reject(request: HttpRequest, id: int) -> HttpResponse:
    """Let a session never count."""
    session = SessionViews.get_row(request, REVIEW, id=id)
    return answer_question(
        request,
        ReasonForm(posted(request)),
        lambda **said: reject_session(session=session, **said),
        done=_("The session is rejected."),
        title=_("Reject this session?"),
        lead=_("It is kept but counts nowhere: %(session)s") % {"session": in_words(session)},
        submit_label=_("Reject"),
        tone="destroy",
        **_about(request, session),
    )


@ask
@permission_required(REVIEW)
def session_correct(request: HttpRequest, id: int) -> HttpResponse:
    """Say what a session really was."""
    session = SessionViews.get_row(request, REVIEW, id=id)
    return answer_question(
        request,
        CorrectionForm(posted(request), session=session, account=request.user),
        lambda **said: _tell_doubts(request, correct_session(session=session, **said)),
        done=_("The session is corrected."),
        template="generic/form.html",
        title=_("Correct this session"),
        lead=_("It is judged anew with these values. Until now: %(session)s") % {"session": in_words(session)},
        submit_label=_("Correct"),
        **_about(request, session),
    )


def _tell_doubts(request: HttpRequest, session: ChargingSession) -> None:
    """A corrected session that is doubtful still does not count: say so."""
    if session.state == SessionState.SET_ASIDE:
        labels = ", ".join(str(Doubt(doubt).label) for doubt in session.doubts)
        messages.warning(request, _("It is still doubtful: %(doubts)s. Accept it if it was so.") % {"doubts": labels})


def _decide_shown(request: HttpRequest, verdict: Verdict, **context: Any) -> HttpResponse:
    """Decide about all sessions that the list shows with its filters: few at once, many as a job."""
    query = request.GET.urlencode()
    back = f"{DoubtViews.list_url()}?{query}" if query else DoubtViews.list_url()
    newest = ChargingSession.objects.aggregate(last=Max("pk"))["last"] or 0
    form = ManyForm(posted(request), initial={"until": newest})
    is_answered = form.is_valid()
    until = form.cleaned_data["until"] if is_answered else newest
    sessions = selected(request.user, query, until)
    sums = list(sessions.order_by().values("doubt").annotate(count=Count("pk"), energy=Sum("energy_wh")))
    count = sum(row["count"] for row in sums)
    if is_answered and count:
        reason = form.cleaned_data["reason"]
        if count <= AT_ONCE:
            _decide_now(request, list(sessions), verdict, reason)
            return redirect(back)
        params = {"query": query, "until": until, "verdict": verdict, "reason": reason}
        title = ngettext("%(what)s (%(count)d session)", "%(what)s (%(count)d sessions)", count)
        title %= {"what": context["submit_label"], "count": count}
        job = start_job(kind=DECIDE, title=title, actor=request.user, now=now(), params=params, result_url=back)
        return redirect(network_url("core:job-detail", job.pk))
    context = {
        "form": form,
        "cancel_url": back,
        "breadcrumbs": [Crumb(DoubtViews.plural(), DoubtViews.list_url()), Crumb(context["title"])],
        "consequences": [Consequence(Doubt(row["doubt"]).label, "changed", row["count"]) for row in sums],
        "blockers": [] if count else [_("No session of this list waits for you to decide.")],
        **context,
    }
    status = 422 if form.is_bound and form.errors else 200
    return TemplateResponse(request, "generic/confirm.html", context, status=status)


def _decide_now(request: HttpRequest, sessions: list[ChargingSession], verdict: Verdict, reason: str) -> None:
    outcome = decide_many(sessions=sessions, verdict=verdict, reason=reason, actor=request.user, now=now())
    for number, refusal in outcome.refusals:
        note_refusal(f"{number}: {refusal}", code="session")
        messages.warning(request, _("Session %(number)s: %(why)s") % {"number": number, "why": refusal})
    messages.success(request, _("%(count)d decided.") % {"count": outcome.decided})


@ask
@permission_required(REVIEW)
def doubt_accept(request: HttpRequest) -> HttpResponse:
    """Accept all doubtful sessions that the list shows."""
    return _decide_shown(
        request,
        Verdict.ACCEPTED,
        title=_("Accept all sessions of this list?"),
        lead=_("They count from now on as they stand. Those that cannot are left as they are, and named."),
        submit_label=_("Accept all"),
        tone="primary",
    )


@ask
@permission_required(REVIEW)
def doubt_reject(request: HttpRequest) -> HttpResponse:
    """Reject all doubtful sessions that the list shows."""
    return _decide_shown(
        request,
        Verdict.REJECTED,
        title=_("Reject all sessions of this list?"),
        lead=_("They are kept but count nowhere."),
        submit_label=_("Reject all"),
        tone="destroy",
    )

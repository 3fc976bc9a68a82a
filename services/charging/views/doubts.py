"""The list of sessions that wait for a person, by doubt, and decisions about all that a filter finds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.crud.declare import Filter
from core.crud.listing import Listing
from core.crud.params import OWN
from core.parts import Action, Empty, Row, Tab
from core.rights import may
from core.urls import network_url
from services.charging.models import ChargingDay, ChargingSession, Doubt, SessionState
from services.charging.queries import doubts_waiting
from services.charging.views.sessions import REVIEW, SessionFilters, SessionViews

VERBS = {"accept": gettext_lazy("Accept"), "correct": gettext_lazy("Correct"), "reject": gettext_lazy("Reject")}


class DoubtViews(SessionViews):
    """Sessions that were set aside."""

    lead = gettext_lazy("Sessions that were set aside. They count when somebody accepts or corrects them.")
    empty_text = gettext_lazy("No session waits for a decision.")
    icon = "circle-check"
    list_template = "charging/doubt_list.html"
    namespace = "charging"
    default_columns = ["started_at", "doubt", "place", "plug", "duration", "energy_wh"]
    filters = ["site", "charger", "started_at", Filter("doubt", label=gettext_lazy("Doubt"))]
    filterset_class = SessionFilters

    @classmethod
    def verbs(cls) -> list[str]:
        """A doubtful session's own page is that of any session."""
        return [verb for verb in super().verbs() if verb != "detail"]

    @classmethod
    def url_name(cls, verb: str) -> str:
        """See `verbs`."""
        return SessionViews.url_name(verb) if verb == "detail" else super().url_name(verb)

    @classmethod
    def plural(cls) -> str:
        """The name of the list."""
        return _("Doubtful sessions")

    @classmethod
    def tone_of(cls, row: Any) -> Any:
        """All are doubtful here."""
        return ""

    @classmethod
    def rows(cls, request: HttpRequest, permission: str) -> Any:
        """Those that wait."""
        return super().rows(request, permission).filter(state=SessionState.SET_ASIDE)

    @classmethod
    def list_context(cls, request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
        """How many wait for each reason, and the way to decide about all that the list shows."""
        context["empty"] = Empty(_("Nothing is doubtful"), cls.empty_text, cls.icon)
        context["doubts"] = doubt_tabs(request, cls.list_url())
        if context["rows"] and may(request.user, REVIEW):
            context["actions"] = [*context["actions"], *_decide_all(request)]
            query = urlencode({"next": request.get_full_path()})
            context["rows"] = [replace(row, actions=_decisions(row, query)) for row in context["rows"]]
        return context


def _decisions(row: Row, query: str) -> list[Action]:
    """Links to the decisions about one session; each leads back to this list."""
    key = row.object.pk
    return [
        Action(label, f"{network_url(f'charging:session-{verb}', key)}?{query}", tone="quiet")
        for verb, label in VERBS.items()
    ]


def doubt_tabs(request: HttpRequest, path: str) -> list[Tab]:
    """A tab for each doubt that sessions of the reader have, with how many; the first is for all."""
    days = ChargingDay.objects.visible_to(request.user, SessionViews.permissions["view"])
    sums = list(doubts_waiting(days))
    chosen = request.GET.get("doubt", "")
    kept = _filters(request)
    kept.pop("doubt", None)
    tabs = [Tab(_("All"), _address(path, kept), not chosen, sum(row["sessions"] for row in sums))]
    for row in sums:
        query = kept.copy()
        query["doubt"] = row["doubt"]
        tabs.append(Tab(Doubt(row["doubt"]).label, _address(path, query), chosen == row["doubt"], row["sessions"]))
    return tabs


def _filters(request: HttpRequest) -> QueryDict:
    """The filters in the address, without the place in the list."""
    query = request.GET.copy()
    for name in OWN:
        query.pop(name, None)
    return query


def _address(path: str, query: QueryDict) -> str:
    text = query.urlencode()
    return f"{path}?{text}" if text else path


def _decide_all(request: HttpRequest) -> list[Action]:
    query = _filters(request)
    return [
        Action(
            _("Accept all of this list"), _address(network_url("charging:doubt-accept"), query), "check", in_menu=True
        ),
        Action(_("Reject all of this list"), _address(network_url("charging:doubt-reject"), query), "x", in_menu=True),
    ]


def selected(account: Any, query: str, until: int) -> Any:
    """The doubtful sessions that `account` may review and that an address with this query lists, the oldest first.

    Those that came after session `until` are left out: nobody saw them when the decision was made.
    """
    request = HttpRequest()
    request.method = "GET"
    request.GET = QueryDict(query)
    request.user = account
    rows = Listing(DoubtViews, request).rows()
    may_review = ChargingSession.objects.visible_to(account, REVIEW)
    return rows.filter(pk__in=may_review.values("pk"), pk__lte=until).order_by("started_at", "pk")

"""Business verbs on sites and equipment: one question each, answered by one action."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.clock import day_of, now
from core.crud.asking import answer_question, ask, posted
from core.parts import Consequence, Link
from core.rights import permission_required
from core.tenancy.scope import require_network
from stations.actions import (
    change_status,
    close_site,
    set_charger_state,
    set_connector_state,
    withdraw_closing,
)
from stations.forms.equipment import ChargerStateForm, ConnectorStateForm
from stations.forms.sites import CloseForm, ReasonForm, StatusForm
from stations.models import Site
from stations.queries import Closing, closing_of
from stations.views.equipment import ChargerViews, ConnectorViews
from stations.views.sites import SiteViews


@ask
@permission_required("stations.close_site")
def site_close(request: HttpRequest, code: str) -> HttpResponse:
    """Close a site from a day."""
    site = SiteViews.get_row(request, "stations.close_site", code=code)
    closing = closing_of(site)
    today = day_of(now(), require_network())
    form = CloseForm(posted(request), initial={"closes_on": today})
    return answer_question(
        request,
        form,
        lambda **said: close_site(site=site, **said),
        done=_("The closing of %(site)s is noted.") % {"site": site.code},
        back=SiteViews.url(site),
        title=_("Close %(site)s?") % {"site": site},
        lead=_("It stays in lists, reports and history; it can be opened again."),
        breadcrumbs=SiteViews.crumbs(request, site, linked=True),
        object=site,
        consequences=_consequences(site, closing),
        blockers=_blockers(closing),
        submit_label=_("Close site"),
        tone="destroy",
    )


def _consequences(site: Site, closing: Closing) -> list[Consequence]:
    lines = [Consequence(_("Site %(site)s gets the status “closed”") % {"site": site.code}, "changed")]
    if closing.chargers:
        lines.append(Consequence(_("Chargers go out of service"), "changed", closing.chargers))
    if closing.connectors:
        lines.append(Consequence(_("Connectors become unavailable"), "changed", closing.connectors))
    if closing.listings:
        lines.append(Consequence(_("Listings of registers stay with it"), "kept", closing.listings))
    lines.append(Consequence(_("Its sessions, history and work records"), "kept"))
    return lines


def _blockers(closing: Closing) -> list[str | Link]:
    """What forbids closing at any time. Busy connectors only forbid it today: the action says so."""
    blockers: list[str | Link] = []
    for site in closing.supplied[:5]:
        blockers.append(
            Link(_("It supplies %(site)s; give that another supplier first.") % {"site": site}, SiteViews.url(site))
        )
    more = len(closing.supplied) - 5
    if more > 0:
        blockers.append(ngettext("… and %(count)d more site.", "… and %(count)d more sites.", more) % {"count": more})
    return blockers


@ask
@permission_required("stations.close_site")
def site_keep_open(request: HttpRequest, code: str) -> HttpResponse:
    """Withdraw the planned closing of a site."""
    site = SiteViews.get_row(request, "stations.close_site", code=code)
    return answer_question(
        request,
        ReasonForm(posted(request)),
        lambda **said: withdraw_closing(site=site, **said),
        done=_("%(site)s stays as it is.") % {"site": site.code},
        back=SiteViews.url(site),
        title=_("Withdraw the closing of %(site)s?") % {"site": site},
        lead=_("It was to close on %(day)s.") % {"day": site.closed_on} if site.closed_on else "",
        breadcrumbs=SiteViews.crumbs(request, site, linked=True),
        object=site,
        submit_label=_("Withdraw the closing"),
    )


@ask
@permission_required("stations.change_site")
def site_status(request: HttpRequest, code: str) -> HttpResponse:
    """Open, suspend or plan a site; opening a closed one takes the right to close it."""
    site = SiteViews.get_row(request, "stations.change_site", code=code)
    if site.status == "closed":
        site = SiteViews.get_row(request, "stations.close_site", code=code)
    return answer_question(
        request,
        StatusForm(posted(request), site=site),
        lambda **said: change_status(site=site, **said),
        done=_("The status of %(site)s is changed.") % {"site": site.code},
        back=SiteViews.url(site),
        title=_("Change the status of %(site)s") % {"site": site},
        lead=_("It is now: %(status)s.") % {"status": site.get_status_display()},
        breadcrumbs=SiteViews.crumbs(request, site, linked=True),
        object=site,
        submit_label=_("Change status"),
    )


@ask
@permission_required("stations.change_charger")
def charger_state(request: HttpRequest, code: str) -> HttpResponse:
    """Put a charger in or out of service."""
    charger = ChargerViews.get_row(request, "stations.change_charger", code=code)
    return answer_question(
        request,
        ChargerStateForm(posted(request), charger=charger),
        lambda **said: set_charger_state(charger=charger, **said),
        done=_("The state of charger %(charger)s is changed.") % {"charger": charger.code},
        back=ChargerViews.url(charger),
        title=_("Change the state of charger %(charger)s") % {"charger": charger.code},
        lead=_("It is now: %(state)s. Its connectors become available or unavailable with it.")
        % {"state": charger.get_state_display()},
        breadcrumbs=ChargerViews.crumbs(request, charger, linked=True),
        object=charger,
        submit_label=_("Change state"),
    )


@ask
@permission_required("stations.change_connector")
def connector_state(request: HttpRequest, charger__code: str, number: int) -> HttpResponse:
    """Set what a connector is doing, where it does not tell so itself."""
    permission = "stations.change_connector"
    connector = ConnectorViews.get_row(request, permission, charger__code=charger__code, number=number)
    return answer_question(
        request,
        ConnectorStateForm(posted(request), connector=connector),
        lambda **said: set_connector_state(connector=connector, **said),
        done=_("The state of connector %(connector)s is changed.") % {"connector": connector},
        back=ConnectorViews.url(connector),
        title=_("Change the state of connector %(connector)s") % {"connector": connector},
        lead=_("It is now: %(state)s.") % {"state": connector.get_state_display()},
        breadcrumbs=ConnectorViews.crumbs(request, connector, linked=True),
        object=connector,
        submit_label=_("Change state"),
    )

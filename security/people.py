"""Pages of the network in scope: its settings, and who holds which role where."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from core.clock import now
from core.errors import Refusal
from core.parts import Action, Cell, Column, Consequence, Crumb, Empty, Row
from core.records import note_refusal
from core.rights import may, permission_required
from core.urls import network_url
from security.actions import change_network, give_role, withdraw_role
from security.forms import GiveRoleForm, NetworkForm
from security.models import Assignment, Network
from security.queries import assignments


@permission_required("network.change_network")
def network_settings(request: Any) -> HttpResponse:
    """Name, language, zone and start of the business day."""
    network = Network.objects.get(pk=request.network.pk)
    form = NetworkForm(request.POST or None, instance=network)
    if request.method == "POST" and form.is_valid():
        try:
            change_network(network=request.network, values=form.cleaned_data, actor=request.user)
        except Refusal as refusal:
            note_refusal(refusal, target=request.network)
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("The network's settings are saved."))
            return redirect(network_url("people:network-settings"))
    context = {"title": _("Settings of the network"), "form": form, "cancel_url": network_url("dashboard")}
    return render(request, "generic/form.html", context)


@permission_required("security.view_assignment")
def role_list(request: Any) -> HttpResponse:
    """Who holds which role where."""
    ended = "ended" in request.GET
    may_give = may(request.user, "security.give_role")
    columns = [
        Column("account", _("Account")),
        Column("role", _("Role")),
        Column("place", _("Where")),
        Column("begins_at", _("From"), "datetime"),
        Column("ends_at", _("Until"), "datetime"),
        Column("given_by", _("Given by")),
    ]
    rows = [_row(assignment, columns, may_give and not ended) for assignment in assignments(ended=ended)]
    give = Action(_("Give a role"), network_url("people:role-give"), icon="user-plus", tone="primary")
    other = (
        Action(_("Present roles"), network_url("people:role-list"))
        if ended
        else Action(_("Ended roles"), f"{network_url('people:role-list')}?ended", icon="history")
    )
    context = {
        "title": _("Ended roles") if ended else _("People and roles"),
        "columns": columns,
        "rows": rows,
        "actions": [other, give] if may_give else [other],
        "empty": Empty(_("No roles"), _("Nobody holds such a role here."), icon="users"),
    }
    return render(request, "security/roles.html", context)


def _row(assignment: Assignment, columns: list[Column], may_give: bool) -> Row:
    values = (
        assignment.account,
        assignment.group.get_role_display(),
        assignment.group.place or _("(closed place)"),
        assignment.begins_at,
        assignment.ends_at,
        assignment.given_by or _("System"),
    )
    url = network_url("people:role-withdraw", assignment.pk) if may_give else ""
    return Row([Cell(column, value) for column, value in zip(columns, values, strict=True)], url=url)


@permission_required("security.give_role")
def role_give(request: Any) -> HttpResponse:
    """Give a role at a place to an account."""
    form = GiveRoleForm(request.POST or None, network=request.network, account=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            until = form.cleaned_data["until"]
            given = {"account": form.account, "role": form.cleaned_data["role"], "place": form.chosen_place}
            give_role(**given, actor=request.user, now=now(), until=until)
        except Refusal as refusal:
            note_refusal(refusal, target=form.account)
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("The role is given."))
            return redirect(network_url("people:role-list"))
    context = {
        "title": _("Give a role"),
        "form": form,
        "breadcrumbs": _crumbs(),
        "cancel_url": network_url("people:role-list"),
    }
    return render(request, "generic/form.html", context)


@permission_required("security.give_role")
def role_withdraw(request: Any, number: int) -> HttpResponse:
    """Ask before ending an assignment (GET), and end it now (POST)."""
    assignment = get_object_or_404(Assignment.objects.select_related("account", "group"), pk=number)
    if request.method == "POST":
        withdraw_role(assignment=assignment, actor=request.user, now=now())
        messages.success(request, _("The role is withdrawn."))
        return redirect(network_url("people:role-list"))
    who = {"account": assignment.account, "role": assignment.group.get_role_display(), "place": assignment.group.place}
    context = {
        "title": _("Withdraw the role of %(account)s?") % who,
        "object": assignment,
        "breadcrumbs": _crumbs(),
        "consequences": [Consequence(_("%(role)s at %(place)s ends now.") % who)],
        "submit_label": _("Withdraw"),
        "cancel_url": network_url("people:role-list"),
    }
    return render(request, "generic/confirm.html", context)


def _crumbs() -> list[Crumb]:
    return [Crumb(_("People and roles"), network_url("people:role-list"))]

"""Pages of the network in scope: its settings, and who holds which role where."""

from __future__ import annotations

from typing import Any

import django_filters
from django.contrib import messages
from django.db.models import Case, CharField, OuterRef, Q, Subquery, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.clock import now
from core.crud.declare import Column, Filter, ListAction, RowAction, Section
from core.crud.filters import ANY, RowFilterSet
from core.crud.views import CRUDView
from core.errors import Refusal
from core.formatting import moment
from core.parts import Consequence, Crumb, State
from core.records import note_refusal
from core.rights import permission_required
from core.urls import network_url
from security.actions import change_network, give_role, withdraw_role
from security.forms import GiveRoleForm, NetworkForm
from security.four_eyes import Done, do_or_ask
from security.four_eyes.deeds import WITHDRAW_DIRECTOR
from security.models import Assignment, Network
from security.places import place_kinds
from security.role_forms import WithdrawForm
from security.roles import Role
from security.signing.sensitive import sensitive

STANDINGS = {
    "coming": gettext_lazy("Coming"),
    "running": gettext_lazy("Running"),
    "ended": gettext_lazy("Ended"),
}


@permission_required("network.change_network")
@sensitive
def network_settings(request: Any) -> HttpResponse:
    """Name, language, zone, start of the business day, and whether everybody needs a second factor."""
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


def standing_of(assignment: Assignment) -> State:
    """Whether an assignment runs, is to come or has ended, by the clock."""
    moment_now = now()
    if assignment.ends_at is not None and assignment.ends_at <= moment_now:
        value = "ended"
    else:
        value = "coming" if assignment.begins_at > moment_now else "running"
    return State("assignment", value, STANDINGS[value])


def place_words() -> Case:
    """The name of the place of an assignment, whatever kind of place it is; the database looks it up."""
    return Case(
        *(
            When(
                group__place_type=kind.content_type(),
                then=Subquery(
                    kind.model.objects.filter(pk=OuterRef("group__place_id")).values_list(kind.words)[:1],
                    output_field=CharField(),
                ),
            )
            for kind in place_kinds()
        ),
        output_field=CharField(),
    )


class AssignmentFilters(RowFilterSet):
    """Filters by the clock and by the place, which no field holds."""

    standing = django_filters.ChoiceFilter(
        method="by_standing", label=gettext_lazy("Standing"), choices=list(STANDINGS.items()), empty_label=ANY
    )
    place = django_filters.CharFilter(method="by_place", label=gettext_lazy("Where"), max_length=80)

    def by_standing(self, rows: Any, name: str, value: str) -> Any:
        """Those that run, are to come or have ended now."""
        at = now()
        over = Q(ends_at__isnull=False, ends_at__lte=at)
        if value == "ended":
            return rows.filter(over)
        return rows.exclude(over).filter(**{"begins_at__gt" if value == "coming" else "begins_at__lte": at})

    def by_place(self, rows: Any, name: str, value: str) -> Any:
        """Those at places whose name or code holds the text."""
        found = Q()
        for kind in place_kinds():
            places = kind.model.objects.annotate(words=kind.words).filter(words__icontains=value)
            found |= Q(group__place_type=kind.content_type(), group__place_id__in=places.values("pk"))
        return rows.filter(found)


def _is_open(assignment: Assignment) -> bool:
    return assignment.ends_at is None or assignment.ends_at > now()


class AssignmentViews(CRUDView):
    """Who holds which role where, from when until when."""

    model = Assignment
    namespace = "people"
    icon = "users"
    lead = gettext_lazy("Who holds which role where. A role begins and ends by itself, to the second.")
    empty_text = gettext_lazy("Give somebody a role.")
    permissions = {"view": "security.view_assignment"}
    columns = [
        "account",
        Column("account__email", label=gettext_lazy("E-mail")),
        Column(
            "role", label=gettext_lazy("Role"), value=lambda row: row.group.get_role_display(), needs=("group",),
            sort="group__role",
        ),
        Column("place", label=gettext_lazy("Where"), annotate=place_words),
        Column("standing", label=gettext_lazy("Standing"), kind="state", value=standing_of, sort=None),
        "begins_at",
        "ends_at",
        "source",
        "reason",
        "given_by",
        "withdrawn_by",
        "end_reason",
    ]  # fmt: skip
    default_columns = ["account", "role", "place", "standing", "begins_at", "ends_at", "given_by"]
    search_fields = ["account__name", "account__email"]
    filters = [Filter("role", "group__role", gettext_lazy("Role")), "source", "begins_at", "ends_at"]
    filterset_class = AssignmentFilters
    ordering = ["account__name", "begins_at"]
    sections = [
        Section(gettext_lazy("Role"), ["account", "account__email", "role", "place", "standing"]),
        Section(
            gettext_lazy("Time and reasons"),
            ["begins_at", "ends_at", "source", "given_by", "reason", "withdrawn_by", "end_reason"],
        ),
    ]
    actions = [
        RowAction(
            gettext_lazy("Withdraw"), "people:role-withdraw", "security.give_role", icon="user-minus", tone="danger",
            when=_is_open, dialog=True,
        ),
    ]  # fmt: skip
    list_actions = [
        ListAction(gettext_lazy("Give a role"), "people:role-give", "security.give_role", icon="user-plus"),
        ListAction(
            gettext_lazy("Invite somebody"),
            "people:invitation-new",
            "security.give_role",
            icon="mail-plus",
            tone="primary",
        ),
        ListAction(gettext_lazy("Open invitations"), "people:invitation-list", "security.view_invitation", icon="mail"),
        ListAction(gettext_lazy("What roles may do"), "people:matrix", "security.view_role", icon="table"),
        ListAction(gettext_lazy("Approvals"), "people:approval-list", "security.view_approval", icon="shield-check"),
    ]

    @classmethod
    def key_relations(cls) -> list[str]:
        """What the title of an assignment names."""
        return ["account", "group"]

    @classmethod
    def row_title(cls, row: Any) -> str:
        """Who holds which role."""
        return f"{row.account}: {row.group.get_role_display()}"

    @classmethod
    def tone_of(cls, row: Any) -> str:
        """What has ended stands back."""
        return "" if _is_open(row) else "muted"


@permission_required("security.give_role")
@sensitive
def role_give(request: Any) -> HttpResponse:
    """Give a role at a place to an account."""
    form = GiveRoleForm(request.POST or None, network=request.network, account=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            assignment = give_role(**form.given, actor=request.user, now=now())
        except Refusal as refusal:
            note_refusal(refusal, target=form.account)
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _given_words(assignment))
            return redirect(network_url("people:role-list"))
    context = {
        "title": _("Give a role"),
        "form": form,
        "breadcrumbs": [*_crumbs(), Crumb(_("Give a role"))],
        "submit_label": _("Give the role"),
        "cancel_url": network_url("people:role-list"),
    }
    return render(request, "generic/form.html", context, status=422 if form.is_bound and form.errors else 200)


def _given_words(assignment: Assignment) -> str:
    if assignment.begins_at > now():
        return _("The role is given. It begins on %(moment)s.") % {"moment": moment(assignment.begins_at)}
    return _("The role is given.")


@permission_required("security.give_role")
@sensitive
def role_withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Ask before ending an assignment (GET), and end it now (POST), or ask for the second person it takes."""
    assignment = get_object_or_404(Assignment.objects.select_related("account", "group"), pk=number)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    who = {"account": assignment.account, "role": assignment.group.get_role_display(), "place": assignment.group.place}
    if request.method == "POST" and form.is_valid():
        try:
            outcome = _withdrawn(request, assignment, form.cleaned_data["reason"], who)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return outcome
    context = {
        "title": _("Withdraw the role of %(account)s?") % who,
        "object": assignment,
        "form": form,
        "breadcrumbs": [*_crumbs(), Crumb(_("Withdraw"))],
        "consequences": [Consequence(_("%(role)s at %(place)s ends now.") % who)],
        "submit_label": _("Withdraw"),
        "cancel_url": network_url("people:role-list"),
    }
    return render(request, "generic/confirm.html", context, status=422 if form.is_bound and form.errors else 200)


def _withdrawn(request: HttpRequest, assignment: Assignment, reason: str, who: dict[str, Any]) -> HttpResponse:
    """Withdraw at once, or, for a director where the network wants it, ask for a second person."""
    if assignment.group.role == Role.DIRECTOR and _is_open(assignment):
        outcome = do_or_ask(
            WITHDRAW_DIRECTOR,
            params={"assignment": assignment.pk},
            summary=_("Withdraw the role of %(account)s: %(role)s at %(place)s") % who,
            before={_("Role"): who["role"]},
            actor=request.user,  # type: ignore[arg-type]
            now=now(),
            reason=reason,
        )
        if not isinstance(outcome, Done):
            messages.info(request, _("A second person has to approve this: %(number)s.") % {"number": outcome.number})
            return redirect(network_url("people:approval-detail", outcome.number))
    else:
        withdraw_role(assignment=assignment, actor=request.user, now=now(), reason=reason)  # type: ignore[arg-type]
    messages.success(request, _("The role is withdrawn."))
    return redirect(network_url("people:role-list"))


def _crumbs() -> list[Crumb]:
    return [Crumb(AssignmentViews.plural(), network_url("people:role-list"))]

"""Pages about what roles may do in the network in scope."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.clock import now
from core.crud.asking import ask, posted
from core.errors import Refusal
from core.parts import Action, Crumb, Fact, Section, State
from core.rights import may, permission_required
from core.urls import network_url
from security.four_eyes import Done, do_or_ask
from security.four_eyes.deeds import ADAPT_ROLE
from security.places import sort_words
from security.queries import role_permissions, running
from security.role_forms import AdaptRoleForm
from security.role_limits import ceiling_of, floor_of
from security.roles import FACTS, MATRIX, Role, permissions_of
from security.signing.sensitive import sensitive
from security.words import area_text, permission_text

STANDS = {
    "held": gettext_lazy("may"),
    "added": gettext_lazy("may, added by this network"),
    "removed": gettext_lazy("may not, taken away by this network"),
    "none": gettext_lazy("may not"),
}


def stand_of(role: Role, permission: str, held: frozenset[str]) -> State:
    """How a role stands to a permission, seen from the matrix."""
    by_matrix = role in MATRIX[permission]
    values = ("held", "added") if permission in held else ("removed", "none")
    value = values[0] if by_matrix else values[1]
    return State("role-right", value, STANDS[value])


@permission_required("security.view_role")
def matrix(request: HttpRequest) -> HttpResponse:
    """All roles and all permissions on one page."""
    held = role_permissions(Role.values)
    roles = [Role(value) for value in Role.values]
    groups: dict[str, list[tuple[str, list[State]]]] = {}
    for permission in MATRIX:
        stands = [stand_of(role, permission, held[role]) for role in roles]
        groups.setdefault(area_text(permission), []).append((permission_text(permission), stands))
    context = {
        "title": _("What roles may do"),
        "lead": _("Each role holds these rights at the places where it is given: for the network, or for one site."),
        "breadcrumbs": _crumbs(request),
        "roles": [(role, FACTS[role].description, network_url("people:matrix-role", role.value)) for role in roles],
        "groups": groups.items(),
        "is_adapted": any(
            stand.value in ("added", "removed") for rows in groups.values() for _p, row in rows for stand in row
        ),
    }
    return TemplateResponse(request, "security/matrix.html", context)


@permission_required("security.view_role")
def matrix_role(request: HttpRequest, role: str) -> HttpResponse:
    """One role: what it is for, where it is held, what it may do, and how that differs from the standard."""
    found = _role(role)
    held = role_permissions([found])[found]
    standard = frozenset(permissions_of(found))
    facts = FACTS[found]
    sections = [
        Section(
            _("Role"),
            [
                Fact(_("What it is for"), facts.description),
                Fact(_("Held at"), ", ".join(sort_words(sort) for sort in facts.places)),
                Fact(
                    _("Held now by"),
                    running(now()).filter(group__role=found).values("account").distinct().count(),
                    "number",
                ),
            ],
        ),
        Section(
            _("Changed by this network"),
            [
                Fact(_("Added"), _listed(held - standard)),
                Fact(_("Taken away"), _listed(standard - held)),
                Fact(_("Can never be taken away"), _listed(floor_of(found))),
            ],
        ),
    ]
    areas: dict[str, list[Fact]] = {}
    for permission in MATRIX:
        if permission in ceiling_of(found) or permission in held:
            fact = Fact(permission_text(permission), stand_of(found, permission, held), "state")
            areas.setdefault(area_text(permission), []).append(fact)
    context = {
        "title": found.label,
        "breadcrumbs": [
            *_crumbs(request),
            Crumb(_("What roles may do"), network_url("people:matrix")),
            Crumb(found.label),
        ],
        "actions": _role_actions(request, found),
        "sections": [*sections, *(Section(title, facts) for title, facts in areas.items())],
    }
    return TemplateResponse(request, "generic/detail.html", context)


def _role_actions(request: HttpRequest, role: Role) -> list[Action]:
    actions = []
    if may(request.user, "security.adapt_role"):
        url = network_url("people:matrix-adapt", role.value)
        actions.append(Action(_("Change what it may do"), url, icon="pencil", tone="primary"))
    if may(request.user, "security.view_assignment"):
        url = f"{network_url('people:role-list')}?role={role.value}&standing=running"
        actions.append(Action(_("Who holds it"), url, icon="users"))
    return actions


@ask
@permission_required("security.adapt_role")
@sensitive
def matrix_adapt(request: HttpRequest, role: str) -> HttpResponse:
    """Change what a role may do in this network, at all its places at once."""
    found = _role(role)
    held = role_permissions([found])[found]
    form = AdaptRoleForm(posted(request), role=found, held=held)
    back = network_url("people:matrix-role", found.value)
    if request.method == "POST" and form.is_valid():
        try:
            return _adapted(request, found, form, back)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    context = {
        "title": _("Change what this role may do: %(role)s") % {"role": found.label},
        "lead": _("For this network only, at all places where the role is held, from now on."),
        "breadcrumbs": [
            *_crumbs(request),
            Crumb(_("What roles may do"), network_url("people:matrix")),
            Crumb(found.label, back),
        ],
        "form": form,
        "form_note": _("Rights that cannot be taken from the role, or that it can never hold, are not listed."),
        "submit_label": _("Change the role"),
        "cancel_url": back,
    }
    return TemplateResponse(request, "generic/form.html", context, status=422 if form.is_bound and form.errors else 200)


def _adapted(request: HttpRequest, role: Role, form: AdaptRoleForm, back: str) -> HttpResponse:
    seen, wanted = frozenset(form.seen_permissions), form.permissions
    if seen == wanted:
        messages.info(request, _("Nothing was changed."))
        return redirect(back)
    outcome = do_or_ask(
        ADAPT_ROLE,
        params={"role": role.value, "permissions": sorted(wanted), "seen": sorted(seen)},
        summary=_("Change what this role may do: %(role)s") % {"role": role.label},
        before={code: code in seen for code in sorted(seen ^ wanted)},
        after={code: code in wanted for code in sorted(seen ^ wanted)},
        actor=request.user,  # type: ignore[arg-type]
        now=now(),
        reason=form.cleaned_data["reason"],
    )
    if isinstance(outcome, Done):
        messages.success(request, _("The role is changed at all its places."))
        return redirect(back)
    messages.info(request, _("A second person has to approve this: %(number)s.") % {"number": outcome.number})
    return redirect(network_url("people:approval-detail", outcome.number))


def _role(value: str) -> Role:
    if value not in Role.values:
        raise Http404
    return Role(value)


def _listed(permissions: frozenset[str]) -> str:
    return ", ".join(sorted(permission_text(permission) for permission in permissions))


def _crumbs(request: Any) -> list[Crumb]:
    if not may(request.user, "security.view_assignment"):
        return []
    return [Crumb(_("People and roles"), network_url("people:role-list"))]

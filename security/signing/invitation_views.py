"""Pages of invitations: those of a network, and the one that the link opens."""

from collections.abc import Callable
from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from core.clock import now
from core.errors import Refusal
from core.parts import Action, Cell, Column, Consequence, Crumb, Empty, Row
from core.rights import may, permission_required, public, signed_in
from core.tenancy.scope import network_scope
from core.urls import network_url
from security.models import Invitation, Network
from security.signing import invitations, limits
from security.signing.gate import before_the_gate
from security.signing.invitation_forms import AcceptForm, InvitationForm
from security.signing.sensitive import sensitive

OPENED = "opened_invitation"


@permission_required("security.view_invitation")
def invitation_list(request: Any) -> HttpResponse:
    """Invitations that nobody has accepted yet."""
    may_invite = may(request.user, "security.give_role")
    columns = [
        Column("person", _("Person")),
        Column("email", _("E-mail")),
        Column("role", _("Role")),
        Column("place", _("Where")),
        Column("sent_at", _("Sent"), "datetime"),
        Column("expires_at", _("Link works until"), "datetime"),
        Column("invited_by", _("Invited by")),
    ]
    waiting = Invitation.objects.filter(accepted_at__isnull=True, withdrawn_at__isnull=True)
    rows = [_row(one, columns, may_invite) for one in waiting.select_related("invited_by", "place_type")]
    action = Action(_("Invite somebody"), network_url("people:invitation-new"), icon="user-plus", tone="primary")
    context = {
        "title": _("Open invitations"),
        "breadcrumbs": _crumbs(),
        "columns": columns,
        "rows": rows,
        "actions": [action] if may_invite else [],
        "empty": Empty(_("No open invitations"), _("Whom you invite stands here until they accept."), icon="mail"),
    }
    return render(request, "security/roles.html", context)


def _row(invitation: Invitation, columns: list[Column], may_invite: bool) -> Row:
    values = (
        invitation.name,
        invitation.email,
        invitation.get_role_display(),
        invitation.place_named(),
        invitation.sent_at,
        invitation.expires_at,
        invitation.invited_by,
    )
    actions = [
        Action(_("Send again"), network_url("people:invitation-resend", invitation.pk), dialog=True),
        Action(_("Withdraw"), network_url("people:invitation-withdraw", invitation.pk), tone="danger", dialog=True),
    ]
    return Row(
        [Cell(column, value) for column, value in zip(columns, values, strict=True)],
        tone="" if invitation.is_open(now()) else "muted",
        actions=actions if may_invite else [],
    )


@permission_required("security.give_role")
@sensitive
def invitation_new(request: Any) -> HttpResponse:
    """Invite somebody to a role at a place."""
    return _invite(request, request.network, network_url("people:invitation-list"), _crumbs())


def _invite(request: Any, network: Network, list_url: str, crumbs: list[Crumb]) -> HttpResponse:
    form = InvitationForm(request.POST or None, network=network, account=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            invitation = invitations.invite(proposal=form.proposal, actor=request.user, now=now())
        except Refusal as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": invitation.email})
            return redirect(list_url)
    context = {
        "title": _("Invite somebody"),
        "lead": _("They get a mail with a link. The role is theirs as soon as they accept."),
        "form": form,
        "breadcrumbs": crumbs,
        "submit_label": _("Send the invitation"),
        "cancel_url": list_url,
    }
    return render(request, "generic/form.html", context)


@permission_required("security.give_role")
@sensitive
def invitation_resend(request: Any, number: int) -> HttpResponse:
    """Ask (GET), and send the invitation again with a new link (POST)."""
    texts = (_("Send the invitation of %(name)s again?"), _("The link of the mail before"), _("Send again"))
    return _confirmed(request, number, invitations.resend, texts, _("The invitation is sent again."))


@permission_required("security.give_role")
@sensitive
def invitation_withdraw(request: Any, number: int) -> HttpResponse:
    """Ask (GET), and withdraw the invitation (POST)."""
    texts = (_("Withdraw the invitation of %(name)s?"), _("The link of the mail"), _("Withdraw"))
    return _confirmed(request, number, invitations.withdraw_invitation, texts, _("The invitation is withdrawn."))


def _confirmed(
    request: Any, number: int, action: Callable[..., Any], texts: tuple[str, str, str], done: str
) -> HttpResponse:
    invitation = get_object_or_404(Invitation.objects.select_related("invited_by"), pk=number)
    list_url = network_url("people:invitation-list")
    if request.method == "POST":
        try:
            action(invitation=invitation, actor=request.user, now=now())
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, done)
        return redirect(list_url)
    question, effect, label = texts
    context = {
        "title": question % {"name": invitation.name},
        "object": invitation,
        "breadcrumbs": [*_crumbs(), Crumb(_("Open invitations"), list_url)],
        "consequences": [Consequence(effect)],
        "submit_label": label,
        "cancel_url": list_url,
    }
    return render(request, "generic/confirm.html", context)


def _crumbs() -> list[Crumb]:
    return [Crumb(_("People and roles"), network_url("people:role-list"))]


@before_the_gate
@public
@never_cache
def invitation_open(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """The link of the mail: keeps the token in the session, so that it stands in no address from here on."""
    request.session[OPENED] = [slug, token]
    return redirect("invitation-answer")


@before_the_gate
@public
@sensitive_post_parameters()
@never_cache
def invitation_answer(request: Any) -> HttpResponse:
    """Who invites into which network as what; set a password and accept, or just accept."""
    slug, token = request.session.get(OPENED) or ("", "")
    network = Network.objects.filter(slug=slug).first()
    if network is None:
        unknown = _("This link does not work. A newer mail may have replaced it.")
        return _over(request, invitations.InvitationOver(unknown, code="unknown"))
    try:
        with network_scope(network):
            invitation = invitations.find(token, now=now())
            if request.method == "POST":
                return _accept(request, invitation, token)
            return _show(request, invitation, None)
    except (invitations.InvitationOver, invitations.NotForYou) as refusal:
        return _over(request, refusal)


def _show(request: Any, invitation: Invitation, form: AcceptForm | None) -> HttpResponse:
    known = invitations.has_account(invitation)
    if request.user.is_authenticated and request.user.email != invitation.email:
        text = _("This invitation is for %(email)s. You are signed in as %(own)s.")
        raise invitations.NotForYou(text % {"email": invitation.email, "own": request.user.email})
    if form is None and not known:
        form = AcceptForm(initial={"name": invitation.name}, invitation=invitation)
    context = {
        "title": _("Invitation to %(network)s") % {"network": invitation.network.name},
        "invitation": invitation,
        "place": invitation.place_named(),
        "form": form,
        "must_sign_in": known and not request.user.is_authenticated,
    }
    return render(request, "invitations/answer.html", context)


def _accept(request: Any, invitation: Invitation, token: str) -> HttpResponse:
    account = request.user if request.user.is_authenticated else None
    if account is not None:
        invitations.accept(token=token, account=account, now=now())
        request.session.pop(OPENED, None)
        messages.success(request, _("Welcome to %(network)s.") % {"network": invitation.network.name})
        return redirect("dashboard", network_slug=invitation.network.slug)
    form = AcceptForm(request.POST, invitation=invitation)
    if not form.is_valid():
        return _show(request, invitation, form)
    try:
        values = {"name": form.cleaned_data["name"], "password": form.cleaned_data["password1"]}
        language = request.LANGUAGE_CODE if invitation.network.language != request.LANGUAGE_CODE else ""
        account, _assignment = invitations.accept(token=token, account=None, **values, language=language, now=now())
    except invitations.InvitationRefused as refusal:
        form.add_error(refusal.field, str(refusal))
        return _show(request, invitation, form)
    request.session.pop(OPENED, None)
    request.first_sign_in = True
    return _first_sign_in(request, account, invitation.network)


def _first_sign_in(request: Any, account: Any, network: Network) -> HttpResponse:
    """The link and the new password are proof enough to go on without typing it again."""
    record_authentication(request, account, method="password")
    login = Login(user=account, redirect_url=f"/n/{network.slug}/", email=account.email)
    response: HttpResponse = perform_login(request, login)
    return response


def _over(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    status = 403 if refusal.code == "wrong-account" else 410 if refusal.code != "unknown" else 404
    context = {"title": _("Invitation"), "reason": str(refusal), "code": refusal.code}
    with limits.same_time_unless(lambda: refusal.code != "unknown"):
        return render(request, "invitations/over.html", context, status=status)


@signed_in
@sensitive
def invitation_by_platform(request: Any, slug: str) -> HttpResponse:
    """A platform administrator invites somebody to a network, most often its first director."""
    if not request.user.is_superuser:
        raise Http404
    network = get_object_or_404(Network, slug=slug)
    with network_scope(network):
        return _invite(request, network, resolve_url("admin:index"), [])

"""Signing in and out, the own account, sessions, and the way back after a proof."""

from typing import Any

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import EmailAddress, Login
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from core.rights import public, signed_in
from security.models import Account
from security.signing import gate, limits, sensitive
from security.signing.agents import describe
from security.signing.deeds import change_account, note
from security.signing.forms import AccountForm, SignInForm
from security.signing.sessions import end_sessions, sessions_of


@method_decorator([sensitive_post_parameters("password"), never_cache], name="dispatch")
class SignIn(LoginView):
    """The sign-in page: limits first, then the password, then what allauth still asks (second factor, verification)."""

    permission = "public"
    template_name = "security/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def post(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Refusals of all kinds take the same time."""
        self.count = limits.AddressCount(request)
        with limits.same_time_unless(lambda: getattr(self, "right", False)):
            if not self.count.take():
                return limits.too_many(request)
            return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        """The password was right."""
        self.right = True
        self.count.give_back()
        account = form.get_user()
        login = Login(user=account, redirect_url=self.get_success_url(), email=account.email)
        response: HttpResponse = perform_password_login(self.request, {"email": account.email}, login)
        return response


class SignOut(LogoutView):
    """Signing out (POST)."""

    permission = "public"
    next_page = "security:sign-in"


sign_in = gate.before_the_gate(public(SignIn.as_view()))
sign_out = gate.before_the_gate(public(SignOut.as_view()))


@gate.before_the_gate
@signed_in
@never_cache
def overview(request: Any) -> HttpResponse:
    """The own account: name and language, and the way to everything that protects it."""
    account = Account.objects.get(pk=request.user.pk)
    form = AccountForm(request.POST or None, instance=account)
    if request.method == "POST" and form.is_valid():
        change_account(account=account, **form.cleaned_data)
        messages.success(request, _("Your account is saved."))
        return redirect("account:overview")
    factors = list(Authenticator.objects.filter(user=account))
    codes = next((factor for factor in factors if factor.type == Authenticator.Type.RECOVERY_CODES), None)
    context = {
        "title": _("My account"),
        "form": form,
        "waiting_email": EmailAddress.objects.filter(user=account, verified=False).first(),
        "factors": [factor for factor in factors if factor.type in gate.FACTORS],
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else 0,
        "must_have": gate.must_have_second_factor(account),
        "session_count": len(sessions_of(account)),
    }
    return render(request, "account/overview.html", context)


@gate.before_the_gate
@signed_in
@never_cache
def second_factor_needed(request: Any) -> HttpResponse:
    """Why nothing goes before the second factor is set up, and how that is done."""
    after = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(after, {request.get_host()}, request.is_secure()):
        request.session["after_second_factor"] = after
    if not gate.is_kept_out(request.session, request.user):
        return redirect(request.session.pop("after_second_factor", None) or "home")
    return render(request, "account/second_factor_needed.html", {"title": _("A second factor is needed")})


@gate.before_the_gate
@signed_in
@require_safe
@never_cache
def session_list(request: Any) -> HttpResponse:
    """Where the account is signed in."""
    rows = [
        {
            "number": session.pk,
            "device": describe(session.user_agent),
            "address": session.ip,
            "seen": session.last_seen_at,
            "begun": session.created_at,
            "is_this": session.session_key == request.session.session_key,
        }
        for session in sessions_of(request.user)
    ]
    context = {"title": _("Where you are signed in"), "sessions": rows}
    return render(request, "usersessions/usersession_list.html", context)


@gate.before_the_gate
@signed_in
@require_POST
def session_end(request: Any, number: int) -> HttpResponse:
    """End one of the own sessions; ending this one is signing out."""
    session = get_object_or_404(UserSession, pk=number, user=request.user)
    if session.session_key == request.session.session_key:
        return sign_out(request)  # type: ignore[no-any-return]
    session.end()
    note("account.session-ended", request.user, summary=describe(session.user_agent))
    messages.success(request, _("That session is ended."))
    return redirect("account:session-list")


@gate.before_the_gate
@signed_in
@require_POST
def session_end_others(request: Any) -> HttpResponse:
    """End all of the own sessions but this one."""
    count = end_sessions(request.user, but=request.session.session_key or "")
    if count:
        note("account.session-ended", request.user, summary=_("All but one: %d") % count)
    messages.success(request, _("All other sessions are ended."))
    return redirect("account:session-list")


@gate.before_the_gate
@signed_in
@never_cache
def go_on(request: Any) -> HttpResponse:
    """After a proof: the form that was interrupted, to be sent by hand (its address checks everything anew)."""
    kept = request.session.get(sensitive.KEPT)
    if not isinstance(kept, dict) or kept.get("key") != request.GET.get("form", ""):
        return redirect("home")
    if not kept["fields"]:
        messages.info(request, _("Thank you. Fill in the form again; passwords and files are never kept."))
        return redirect(kept["path"])
    context = {"title": _("Go on"), "path": kept["path"], "fields": kept["fields"]}
    return render(request, "account/go_on.html", context)


def home_after_set_up(request: HttpRequest) -> HttpResponseBase:
    """Back to what somebody wanted before the second factor was asked for."""
    return redirect(request.session.pop("after_second_factor", None) or resolve_url("account:overview"))


home_after_set_up = gate.before_the_gate(signed_in(home_after_set_up))

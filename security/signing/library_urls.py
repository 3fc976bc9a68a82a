"""The pages whose ceremonies are django-allauth's, under addresses of ours; each states its permission.

The names are those by which the library finds its own pages. What it has besides (signing up, signing in by other
means) has no address here.
"""

from collections.abc import Callable
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as key
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.generic import RedirectView

from core.rights import public, signed_in
from security.signing import invitation_views, limits, views
from security.signing.gate import before_the_gate
from security.signing.sensitive import sensitive


def _own(view: Callable[..., Any]) -> Callable[..., Any]:
    """A page of the own account."""
    return before_the_gate(signed_in(never_cache(view)))


def _front(view: Callable[..., Any]) -> Callable[..., Any]:
    """A page for those who are not signed in (yet)."""
    return before_the_gate(public(never_cache(view)))


def _even(view: Callable[..., Any]) -> Callable[..., Any]:
    """A page whose time must not tell whether an account exists."""

    def wrapper(request: Any, *args: Any, **kwargs: Any) -> Any:
        with limits.same_time_unless(lambda: request.method != "POST"):
            return view(request, *args, **kwargs)

    return wrapper


to_overview = RedirectView.as_view(pattern_name="account:overview")
to_factors = RedirectView.as_view(pattern_name="mfa_index")

urlpatterns = [
    path("sign-in/", views.sign_in, name="account_login"),
    path("sign-in/not-active/", _front(account.account_inactive), name="account_inactive"),
    path("sign-in/verify/", _front(account.email_verification_sent), name="account_email_verification_sent"),
    path("sign-in/second-factor/", _front(factor.authenticate), name="mfa_authenticate"),
    path("account/email/", _own(sensitive(account.email)), name="account_email"),
    path("account/email/verify/<str:key>/", _front(account.confirm_email), name="account_confirm_email"),
    path("account/password/", _own(account.password_change), name="account_change_password"),
    path("account/password/set/", _own(to_overview), name="account_set_password"),
    path("account/password/forgotten/", _front(_even(account.password_reset)), name="account_reset_password"),
    path("account/password/sent/", _front(account.password_reset_done), name="account_reset_password_done"),
    path(
        "account/password/new/<str:uidb36>/<str:key>/",
        _front(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "account/password/done/",
        _front(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("account/proof/", _own(account.reauthenticate), name="account_reauthenticate"),
    path("account/proof/code/", _own(factor.reauthenticate), name="mfa_reauthenticate"),
    path("account/proof/key/", _own(key.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path("account/second-factor/", _own(factor.index), name="mfa_index"),
    path("account/second-factor/app/", _own(sensitive(app.activate_totp)), name="mfa_activate_totp"),
    path("account/second-factor/app/remove/", _own(sensitive(app.deactivate_totp)), name="mfa_deactivate_totp"),
    path("account/second-factor/keys/", _own(to_factors), name="mfa_list_webauthn"),
    path("account/second-factor/keys/add/", _own(sensitive(key.add_webauthn)), name="mfa_add_webauthn"),
    path(
        "account/second-factor/keys/<int:pk>/remove/", _own(sensitive(key.remove_webauthn)), name="mfa_remove_webauthn"
    ),
    path("account/second-factor/keys/<int:pk>/name/", _own(sensitive(key.edit_webauthn)), name="mfa_edit_webauthn"),
    path("account/recovery-codes/", _own(sensitive(codes.view_recovery_codes)), name="mfa_view_recovery_codes"),
    path(
        "account/recovery-codes/new/",
        _own(sensitive(codes.generate_recovery_codes)),
        name="mfa_generate_recovery_codes",
    ),
    path("invitation/<slug:slug>/<str:token>/", invitation_views.invitation_open, name="invitation-open"),
    path("invitation/", invitation_views.invitation_answer, name="invitation-answer"),
    path("invite/<slug:slug>/", invitation_views.invitation_by_platform, name="invitation-by-platform"),
]

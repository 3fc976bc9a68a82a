"""Accounts: made, changed, deactivated; their sessions ended. Rights come from roles in networks."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.db import transaction
from django.http import HttpRequest
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from security.admin.bases import PlatformAdmin
from security.admin.forms import AccountForm, NewAccountForm
from security.admin.recording import platform_deed
from security.models import Account, ErasureRequest
from security.signing import notices
from security.signing.sensitive import sensitive
from security.signing.sessions import end_sessions

OWN_MARKS = ("is_active", "is_staff", "is_superuser")


@method_decorator(sensitive, "changeform_view")
@method_decorator(sensitive, "user_change_password")
@admin.register(Account)
class AccountAdmin(PlatformAdmin, UserAdmin):
    """Accounts. One is deactivated, never deleted: history and work records name it."""

    may_add = may_change = True
    form = AccountForm
    add_form = NewAccountForm
    list_display = ["email", "name", "is_active", "is_staff", "last_login"]
    list_filter = ["is_active", "is_staff"]
    search_fields = ["email", "name"]
    ordering = ["email"]
    filter_horizontal = []
    fieldsets = [
        (None, {"fields": ["email", "password", "name", "language"]}),
        (_("Access"), {"fields": ["is_active", "is_staff", "is_superuser", "last_login"]}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "name", "usable_password", "password1", "password2"]})]
    actions = ["end_their_sessions", "deactivate"]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """The list; what is done from it asks for a fresh proof first."""
        view = super().changelist_view
        return sensitive(view)(request, extra_context) if request.method == "POST" else view(request, extra_context)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Nobody shuts himself out, or lets himself in."""
        own = OWN_MARKS if obj is not None and obj.pk == request.user.pk else ()
        return ["last_login", *own]

    def verb(self, deed: str) -> str:
        """Verbs of accounts."""
        return "account.created" if deed == "created" else "account.changed"

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save; a deactivated account loses its sessions with it, and a new address is told to the old one too."""
        super().save_model(request, obj, form, change)
        if change and "email" in form.changed_data:
            before = form.initial["email"]
            for address in (before, obj.email):
                notices.tell(obj, "email", to=address, before=before, after=obj.email)
        if change and "is_active" in form.changed_data and not obj.is_active:
            _deactivated(obj, request.user)

    @admin.action(description=_("End all sessions"))
    def end_their_sessions(self, request: HttpRequest, accounts: Any) -> None:
        """Sign the chosen accounts out everywhere."""
        for account in accounts:
            ended = end_sessions(account)
            platform_deed("account.sessions-ended", target=account, actor=request.user, after={"sessions": ended})
        self._say(request, len(accounts))

    @admin.action(description=_("Deactivate"))
    def deactivate(self, request: HttpRequest, accounts: Any) -> None:
        """Deactivate the chosen accounts, one's own left out."""
        chosen = accounts.filter(is_active=True).exclude(pk=request.user.pk)
        with transaction.atomic():
            count = 0
            for account in chosen.select_for_update():
                account.is_active = False
                account.save(update_fields=["is_active"])
                _deactivated(account, request.user)
                count += 1
        self._say(request, count)

    def _say(self, request: HttpRequest, count: int) -> None:
        text = ngettext("Done for %(n)d account.", "Done for %(n)d accounts.", count) % {"n": count}
        self.message_user(request, text, messages.SUCCESS)


def _deactivated(account: Account, actor: Any) -> None:
    ended = end_sessions(account)
    platform_deed("account.deactivated", target=account, actor=actor, after={"sessions": ended})


@admin.register(ErasureRequest)
class ErasureRequestAdmin(PlatformAdmin):
    """Persons who are to be forgotten; asked for in the networks."""

    list_display = ["account", "asked_at", "erased_at"]
    fields = ["account", "asked_at", "erased_at"]

"""What platform administrators manage: networks and accounts. No network's data shows here."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermission, UserObjectPermission

from core.clock import now
from core.records import record_platform
from core.rights import to_sign_in
from core.tenancy.scope import network_scope
from security.actions import give_role
from security.models import Account, Network
from security.roles import Role

admin.site.site_header = admin.site.site_title = "ChargeNet"
admin.site.index_title = _("Platform administration")


def _to_front_door(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    """One sign-in for everybody: the same lock-out and the same second factor as the front door."""
    return to_sign_in(request)


admin.site.login = _to_front_door  # type: ignore[method-assign, assignment]
# Rights come from roles at places; Django's groups and guardian's generic tables are not for editing by hand.
for model in (Group, GroupObjectPermission, UserObjectPermission):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


@admin.register(Network)
class NetworkAdmin(admin.ModelAdmin):
    """Networks. The zone and the start of the day are changed in the network itself, where the sums follow."""

    list_display = ["name", "slug", "country", "currency", "time_zone", "is_demo"]
    search_fields = ["name", "slug"]
    fields = ["name", "slug", "country", "currency", "time_zone", "day_starts_at", "language"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What cannot be changed from here once the network is in use."""
        return ["slug", "currency", "time_zone", "day_starts_at"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A network is not deleted by one click."""
        return False


class AccountForm(UserChangeForm):
    """An account without the rights that roles give."""

    class Meta:
        model = Account
        fields = ["email", "name", "language", "is_active", "is_staff", "is_superuser"]


class NewAccountForm(AdminUserCreationForm):
    """A new account."""

    class Meta:
        model = Account
        fields = ["email", "name"]


@admin.register(Account)
class AccountAdmin(UserAdmin):
    """Accounts, and making one the director of a network (who gives all further roles)."""

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
    readonly_fields = ["last_login"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An account is deactivated, never deleted: history and work records name it."""
        return False

    def get_actions(self, request: HttpRequest) -> Any:
        """One action for each network: make the chosen accounts its directors."""
        actions = super().get_actions(request)
        if request.user.is_superuser:  # type: ignore[union-attr]
            for network in Network.objects.all():
                name = f"direct_{network.slug}"
                text = _("Make director of %(network)s") % {"network": network.name}
                actions[name] = (_director_action(network), name, text)
        return actions


def _director_action(network: Network) -> Any:
    def make_directors(admin_page: AccountAdmin, request: HttpRequest, accounts: Any) -> None:
        with network_scope(network):
            for account in accounts:
                give_role(account=account, role=Role.DIRECTOR, place=network, actor=request.user, now=now())  # type: ignore[arg-type]
                told = {"role": Role.DIRECTOR, "network": network.slug}
                record_platform("platform.role-given", target=account, actor=request.user, after=told)
        admin_page.message_user(request, _("Done: %(count)d directors.") % {"count": len(accounts)})

    return make_directors

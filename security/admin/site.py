"""The admin site: one door for everybody, one entered network at a time, no pages but ours."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core.errors import Refusal
from core.rights import to_sign_in

#: Django's pages that know nothing of networks, records or the second factor.
LEFT_OUT = frozenset({"password_change", "password_change_done", "view_on_site", "login"})


class PlatformAdminSite(admin.AdminSite):
    """Django's admin for platform administrators."""

    site_header = site_title = "ChargeNet"
    index_title = gettext_lazy("Platform administration")
    enable_nav_sidebar = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take our own admin classes; those that packages bring along record nothing and are left out."""
        from security.admin.bases import RecordedAdmin  # noqa: PLC0415 (the site is made before the models are)

        if admin_class is not None and issubclass(admin_class, RecordedAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Active platform administrators."""
        return bool(request.user.is_active and request.user.is_staff and request.user.is_superuser)  # type: ignore[union-attr]

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Django's addresses without those that are left out, and choosing a network."""
        kept = [one for one in super().get_urls() if getattr(one, "name", "") not in LEFT_OUT]
        return [
            path("login/", self.login, name="login"),
            path("network/", self.admin_view(self.choose_network), name="choose-network"),
            path("network/leave/", self.admin_view(require_POST(self.leave_network)), name="leave-network"),
            *kept,
        ]

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """One sign-in for everybody: the same lock-out and the same second factor as the front door."""
        return to_sign_in(request)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """What stands around every page: the entered network."""
        from security.admin.entering import chosen_network  # noqa: PLC0415

        return super().each_context(request) | {"entered": chosen_network(request)}

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """Tables of networks are offered only inside of one."""
        from security.admin.bases import TenantAdmin  # noqa: PLC0415
        from security.admin.entering import chosen_network  # noqa: PLC0415

        listed = super().get_app_list(request, app_label)
        if chosen_network(request) is None:
            for app in listed:
                app["models"] = [
                    one for one in app["models"] if not isinstance(self._registry.get(one["model"]), TenantAdmin)
                ]
        return [app for app in listed if app["models"]]

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """Choices of a field, inside the entered network if there is one."""
        from security.admin.entering import chosen_network, inside  # noqa: PLC0415

        network = chosen_network(request)
        if network is None:
            return super().autocomplete_view(request)
        with inside(network):
            return super().autocomplete_view(request)

    def choose_network(self, request: HttpRequest) -> HttpResponseBase:
        """Choose the network to work in (GET) and enter it (POST), with a reason where one has no role there."""
        from security.admin.entering import enter  # noqa: PLC0415
        from security.admin.forms import EntryForm  # noqa: PLC0415

        form = EntryForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                enter(request, form.cleaned_data["network"], form.cleaned_data["reason"])
            except Refusal as refusal:
                form.add_error(refusal.field, str(refusal))
            else:
                return HttpResponseRedirect(self._next(request))
        context = {
            **self.each_context(request),
            "title": _("Enter a network"),
            "form": form,
            "next": request.GET.get("next", request.POST.get("next", "")),
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/choose_network.html", context, status=status)

    def leave_network(self, request: HttpRequest) -> HttpResponseBase:
        """Leave the entered network."""
        from security.admin.entering import leave  # noqa: PLC0415

        leave(request)
        messages.success(request, _("You have left the network."))
        return redirect("admin:index")

    def _next(self, request: HttpRequest) -> str:
        wanted = request.POST.get("next", "")
        allowed = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
        return wanted if allowed else reverse("admin:index")

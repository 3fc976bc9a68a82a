"""Networks: made, changed, suspended, resumed, deleted."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.clock import now
from core.errors import Refusal
from core.tenancy.scope import network_scope
from security.actions import change_network
from security.admin.bases import PlatformAdmin
from security.admin.forms import DeletionForm, ReasonForm
from security.models import Network, NetworkDeletion
from security.networks.contents import Contents, contents_of
from security.networks.life import ask_for_deletion, create_network, resume_network, suspend_network
from security.signing.sensitive import sensitive

FIELDS = ["name", "slug", "country", "currency", "time_zone", "day_starts_at", "language"]
#: The zone and the start of the day are changed in the network itself, where the sums follow.
FIXED = ["slug", "currency", "time_zone", "day_starts_at", "suspended_at", "suspension_reason", "deleting_since"]


@admin.register(Network)
class NetworkAdmin(PlatformAdmin):
    """Networks. One is deleted by a deed of its own, only after it was suspended, with its short name typed."""

    may_add = may_change = True
    list_display = ["name", "slug", "country", "currency", "time_zone", "is_demo", "suspended_at"]
    search_fields = ["name", "slug"]
    change_form_template = "admin/network_form.html"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new network has no state yet."""
        return [*FIELDS, "suspended_at", "suspension_reason", "deleting_since"] if obj else FIELDS

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What cannot be changed from here once the network is in use."""
        return FIXED if obj else []

    def verb(self, deed: str) -> str:
        """Verbs of networks."""
        return "network.changed"

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Through the actions, which record in the network."""
        if change:
            with network_scope(obj):
                changed = {name: form.cleaned_data[name] for name in form.changed_data}
                change_network(network=obj, values=changed, actor=request.user)  # type: ignore[arg-type]
        else:
            made = create_network(values=form.cleaned_data, actor=request.user, now=now())  # type: ignore[arg-type]
            obj.pk = made.pk

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The action has recorded it already."""
        return admin.ModelAdmin.log_addition(self, request, obj, message)

    def get_urls(self) -> list[URLPattern]:
        """The deeds beside Django's pages."""
        deeds = [("suspend", self.suspend), ("resume", self.resume), ("erase", self.erase)]
        own = [
            path(f"<int:pk>/{name}/", self.admin_site.admin_view(sensitive(view)), name=f"security_network_{name}")
            for name, view in deeds
        ]
        return [*own, *super().get_urls()]

    def suspend(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Close the network's door."""
        network = self._network(request, pk)
        form = ReasonForm(request.POST if request.method == "POST" else None)
        lead = _("Its people read the reason at the door, its tasks stop. Nothing is deleted; it can be resumed.")
        return self._ask(request, network, form, suspend_network, _("Suspend “%(network)s”?"), _("Suspend"), lead)

    def resume(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Open it again."""
        network = self._network(request, pk)
        form = ReasonForm(request.POST if request.method == "POST" else None)
        del form.fields["reason"]
        lead = _("Its people come in again and its tasks run again.")
        return self._ask(request, network, form, resume_network, _("Resume “%(network)s”?"), _("Resume"), lead)

    def erase(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what would go, and have it deleted."""
        network = self._network(request, pk)
        form = DeletionForm(request.POST if request.method == "POST" else None)
        lead = _("Everything below goes for good, in the background. There is no way back but a backup.")
        with network_scope(network):
            contents = contents_of(network)
        return self._ask(
            request, network, form, ask_for_deletion, _("Delete “%(network)s” with everything in it?"),
            _("Delete for good"), lead, contents=contents, lines=_lines(contents), destroys=True,
        )  # fmt: skip

    def _network(self, request: HttpRequest, pk: int) -> Network:
        if not self.has_change_permission(request):
            raise PermissionDenied
        return get_object_or_404(Network, pk=pk)

    def _ask(
        self,
        request: HttpRequest,
        network: Network,
        form: Any,
        deed: Any,
        title: str,
        button: str,
        lead: str,
        **more: Any,
    ) -> HttpResponse:
        if request.method == "POST" and form.is_valid():
            try:
                with transaction.atomic():
                    deed(network=network, **form.cleaned_data, actor=request.user, now=now())
            except Refusal as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            else:
                self.message_user(request, _("Done."), messages.SUCCESS)
                return redirect("admin:security_network_change", network.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": title % {"network": network.name},
            "lead": lead,
            "button": button,
            "form": form,
            "network": network,
            "opts": self.model._meta,
            **more,
        }
        status = 422 if form.is_bound and form.errors else 200
        return TemplateResponse(request, "admin/network_deed.html", context, status=status)


def _lines(contents: Contents) -> list[tuple[str, int]]:
    """What goes, for people: names of things and how many."""
    return [
        (capfirst(str(apps.get_model(label)._meta.verbose_name_plural)), count)
        for label, count in contents.rows.items()
    ]


@admin.register(NetworkDeletion)
class NetworkDeletionAdmin(PlatformAdmin):
    """Deletions of networks, and what went with each."""

    list_display = ["slug", "name", "state", "asked_by", "asked_at", "finished_at"]
    fields = [
        "slug", "name", "network_number", "reason", "state", "asked_by", "asked_at", "finished_at", "expected",
        "deleted",
    ]  # fmt: skip

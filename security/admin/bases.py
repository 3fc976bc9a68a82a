"""The two kinds of admin pages: of the platform's own tables, and of the network that was entered."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from core.errors import Refusal
from core.records import record
from security.admin.entering import inside_chosen_network
from security.admin.recording import changes_of, platform_deed
from security.models import WorkRecord

MOST_RECORDS = 200


class RecordedAdmin(admin.ModelAdmin):
    """Base of all admin pages: only platform administrators, only what a subclass allows, every change recorded."""

    may_add: ClassVar[bool] = False
    may_change: ClassVar[bool] = False
    may_delete: ClassVar[bool] = False
    list_per_page = 50
    show_full_result_count = False
    view_on_site = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Platform administrators alone; Django's model permissions give nothing here."""
        return bool(request.user.is_active and request.user.is_superuser)  # type: ignore[union-attr]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """See `has_module_permission`."""
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Where the subclass says so."""
        return self.may_add and self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Where the subclass says so."""
        return self.may_change and self.has_module_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Where the subclass says so."""
        return self.may_delete and self.has_module_permission(request)

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """One row, or a new one. What an action refuses is said, and the form is shown anew."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Refusal as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return redirect(request.get_full_path())

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """Keeps beside Django's message what changed, for the record."""
        request.recorded_changes = changes_of(form)  # type: ignore[attr-defined]
        return super().construct_change_message(request, form, formsets, add)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Record a new row."""
        self.keep_record(request, "created", obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Record a change."""
        self.keep_record(request, "changed", obj)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """Record each deleted row."""
        for row in queryset:
            self.keep_record(request, "deleted", row)
        return super().log_deletions(request, queryset)

    def keep_record(self, request: HttpRequest, deed: str, row: Any) -> None:
        """Keep one record of what was done to a row."""
        raise NotImplementedError


class PlatformAdmin(RecordedAdmin):
    """Pages of a table that belongs to no network; they run outside of all of them."""

    def keep_record(self, request: HttpRequest, deed: str, row: Any) -> None:
        """A deed of the platform."""
        before, after = getattr(request, "recorded_changes", ({}, {}))
        thing = f"{row._meta.verbose_name} {deed}"
        platform_deed(self.verb(deed), target=row, actor=request.user, summary=thing, before=before, after=after)

    def verb(self, deed: str) -> str:
        """The registered verb of "created", "changed" or "deleted"."""
        return "platform.changed"


class TenantAdmin(RecordedAdmin):
    """Pages of a table of networks; each of them runs inside the network that the administrator has entered."""

    def keep_record(self, request: HttpRequest, deed: str, row: Any) -> None:
        """A work record of the network. Actions that record themselves override this with nothing."""
        before, after = getattr(request, "recorded_changes", ({}, {}))
        record(f"{row._meta.model_name}.{deed}", target=row, actor=request.user, before=before, after=after)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Only in the network: Django's own log belongs to no network and shows names of rows."""
        self.keep_record(request, "created", obj)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Only in the network."""
        self.keep_record(request, "changed", obj)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """Only in the network."""
        for row in queryset:
            self.keep_record(request, "deleted", row)

    @inside_chosen_network
    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list."""
        return super().changelist_view(request, extra_context)

    @inside_chosen_network
    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """One row, or a new one."""
        return super().changeform_view(request, object_id, form_url, extra_context)

    @inside_chosen_network
    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The question before deleting."""
        return super().delete_view(request, object_id, extra_context)

    @inside_chosen_network
    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The network's work records about the row."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = get_object_or_404(self.get_queryset(request), pk=object_id if object_id.isdecimal() else None)
        meta = self.model._meta
        records = WorkRecord.objects.filter(target_type=meta.label_lower, target_id=row.pk).select_related("account")
        context = {
            **self.admin_site.each_context(request),
            "title": _("History of “%(row)s”") % {"row": row},
            "opts": meta,
            "object": row,
            "records": records[:MOST_RECORDS],
        }
        return TemplateResponse(request, "admin/network_history.html", context)

"""Pages of the entered network: who holds which role, and its jobs."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.clock import now
from core.errors import Refusal
from core.jobs.actions import cancel_job
from core.jobs.models import Job
from core.tenancy.scope import require_network
from security.actions import give_role, withdraw_role
from security.admin.bases import TenantAdmin
from security.admin.forms import AssignmentForm
from security.models import Assignment


@admin.register(Assignment)
class AssignmentAdmin(TenantAdmin):
    """Who holds which role. From here a role is given for the whole network, above all the first director's."""

    may_add = True
    form = AssignmentForm
    list_display = ["account", "role", "place", "begins_at", "ends_at", "given_by"]
    list_select_related = ["account", "group", "given_by"]
    search_fields = ["account__name", "account__email"]
    actions = ["withdraw"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What is asked for, or what there is."""
        return ["account", "role", "place", "begins_at", "ends_at", "given_by"] if obj else ["email", "role", "until"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """An assignment that was made is not changed; it ends."""
        return self.get_fields(request, obj) if obj else []

    @admin.display(description=_("Role"))
    def role(self, row: Assignment) -> str:
        """The role's name."""
        return str(row.group.get_role_display())

    @admin.display(description=_("Where"))
    def place(self, row: Assignment) -> str:
        """The network or the site."""
        return str(row.group.place or "")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Through the action, which records."""
        values = form.cleaned_data
        given = give_role(
            account=form.account,
            role=values["role"],
            place=require_network(),
            actor=request.user,  # type: ignore[arg-type]
            now=now(),
            until=values["until"],
        )
        obj.pk, obj.network_id, obj.account, obj.group = given.pk, given.network_id, form.account, given.group

    def keep_record(self, request: HttpRequest, deed: str, row: Any) -> None:
        """The actions have recorded it."""

    @admin.action(description=_("Withdraw now"))
    def withdraw(self, request: HttpRequest, rows: Any) -> None:
        """End the chosen assignments."""
        count = 0
        for row in rows:
            try:
                withdraw_role(assignment=row, actor=request.user, now=now())  # type: ignore[arg-type]
                count += 1
            except Refusal as refusal:
                self.message_user(request, f"{row.account}: {refusal}", messages.ERROR)
        text = ngettext("%(n)d role is withdrawn.", "%(n)d roles are withdrawn.", count) % {"n": count}
        self.message_user(request, text, messages.SUCCESS)


@admin.register(Job)
class JobAdmin(TenantAdmin):
    """Jobs of the network: seen and asked to stop."""

    list_display = ["title", "kind", "state", "percent", "actor", "created_at", "finished_at"]
    list_filter = ["state", "kind"]
    list_select_related = ["actor"]
    search_fields = ["title"]
    fields = [
        "title", "kind", "state", "percent", "message", "error", "attempts", "actor", "created_at", "started_at",
        "beat_at", "finished_at",
    ]  # fmt: skip
    readonly_fields = ["percent"]
    actions = ["stop"]

    @admin.display(description=_("Done in %"))
    def percent(self, row: Job) -> Any:
        """How much is done."""
        return row.percent

    @admin.action(description=_("Ask to stop"))
    def stop(self, request: HttpRequest, jobs: Any) -> None:
        """Ask the chosen jobs to stop."""
        for job in jobs:
            try:
                cancel_job(job=job, actor=request.user, now=now())
            except Refusal as refusal:
                self.message_user(request, f"{job}: {refusal}", messages.ERROR)
            else:
                self.log_change(request, job, "")
                self.message_user(request, _("“%(job)s” is asked to stop.") % {"job": job}, messages.SUCCESS)

"""Schedules of this product's tasks, and the sign-in attempts that lock people out."""

from __future__ import annotations

from typing import Any

from axes.models import AccessAttempt
from django.contrib import admin
from django.http import HttpRequest
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from security.admin.bases import PlatformAdmin
from security.admin.forms import ScheduleForm


@admin.register(PeriodicTask)
class ScheduleAdmin(PlatformAdmin):
    """When which task runs. Beat reads it within seconds."""

    may_add = may_change = may_delete = True
    form = ScheduleForm
    list_display = ["name", "task", "enabled", "interval", "crontab", "last_run_at"]
    list_filter = ["enabled"]
    list_select_related = ["interval", "crontab"]
    search_fields = ["name", "task"]
    fields = ["name", "task", "interval", "crontab", "enabled", "description", "last_run_at"]
    readonly_fields = ["last_run_at"]


@admin.register(IntervalSchedule)
class IntervalAdmin(PlatformAdmin):
    """Every so often."""

    may_add = True
    list_display = ["__str__"]


@admin.register(CrontabSchedule)
class CrontabAdmin(PlatformAdmin):
    """At certain times."""

    may_add = True
    list_display = ["__str__", "human_readable"]
    fields = ["minute", "hour", "day_of_month", "month_of_year", "day_of_week", "timezone"]


@admin.register(AccessAttempt)
class AttemptAdmin(PlatformAdmin):
    """Refused sign-ins. Deleting one gives the person behind it a fresh start."""

    may_delete = True
    list_display = ["attempt_time", "username", "ip_address", "failures_since_start"]
    search_fields = ["username", "ip_address"]
    fields = ["attempt_time", "username", "ip_address", "user_agent", "failures_since_start"]

    def get_queryset(self, request: HttpRequest) -> Any:
        """The newest first."""
        return super().get_queryset(request).order_by("-attempt_time")

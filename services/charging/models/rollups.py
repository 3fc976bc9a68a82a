"""Sums of charging sessions, kept by a trigger of the session table in the transaction of each change.

They are read by reports and the dashboard; `services.charging.rollups` proves them equal to the sessions. Rows in which
nothing is left are deleted; as they come from the sessions alone, they keep nobody from undoing an import.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.tenancy.models import TenantForeignKey, TenantModel
from services.charging.models.sessions import Doubt, SessionState
from stations.models import Site


class ChargingDay(TenantModel):
    """Sessions of a site by the business day they started on, their state and the doubt they are counted under."""

    site_path = "site"
    is_derived = True

    site = TenantForeignKey(Site, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    day = models.DateField(_("day"))
    state = models.CharField(max_length=10, choices=SessionState.choices)
    doubt = models.CharField(max_length=20, choices=Doubt.choices, blank=True)
    sessions = models.BigIntegerField(default=0)
    energy_wh = models.BigIntegerField(default=0)
    duration_s = models.BigIntegerField(default=0, help_text="Whole length of the sessions that started this day.")
    occupied_s = models.BigIntegerField(default=0, help_text="Time within this day that connectors were occupied.")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["network", "day", "site", "state", "doubt"], name="charging_day_once", nulls_distinct=False
            )
        ]
        indexes = [
            models.Index(fields=["network", "site", "day"], name="charging_day_site"),
            models.Index(fields=["network", "doubt"], name="charging_day_aside", condition=models.Q(state="aside")),
            models.Index(
                fields=["network"],
                name="charging_day_empty",
                condition=models.Q(sessions=0, energy_wh=0, duration_s=0, occupied_s=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.site_id}"


class ChargingHour(TenantModel):
    """Accepted sessions of a site by business day and hour of the wall clock at which they started."""

    site_path = "site"
    is_derived = True

    site = TenantForeignKey(Site, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    day = models.DateField(_("day"))
    hour = models.PositiveSmallIntegerField(_("hour"))
    sessions = models.BigIntegerField(default=0)
    energy_wh = models.BigIntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["network", "day", "site", "hour"], name="charging_hour_once", nulls_distinct=False
            )
        ]
        indexes = [
            models.Index(fields=["network"], name="charging_hour_empty", condition=models.Q(sessions=0, energy_wh=0))
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.hour}:00 {self.site_id}"

"""Charging sessions."""

from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from core.energy import average_kw
from core.tenancy.models import TenantForeignKey, TenantModel
from services.base.models import ServiceRecord
from stations.models import Charger, Connector


class SessionState(models.TextChoices):
    """Whether a session counts."""

    ACCEPTED = "accepted", _("Accepted")
    SET_ASIDE = "aside", _("Set aside")
    REJECTED = "rejected", _("Rejected")


class Doubt(models.TextChoices):
    """Why a session was set aside; in the order in which one of several becomes the one it is counted under."""

    UNKNOWN_CHARGER = "unknown_charger", _("Unknown charger or connector")
    TEST_SITE = "test_site", _("Test site")
    OPEN = "open", _("No end or no energy")
    NO_SUCH_TIME = "no_such_time", _("Time that the clock skipped")
    AMBIGUOUS_TIME = "ambiguous_time", _("Time that the clock showed twice")
    ENDS_BEFORE_START = "ends_before_start", _("Ends before it starts")
    NEGATIVE_ENERGY = "negative_energy", _("Negative energy")
    IMPOSSIBLE_ENERGY = "impossible_energy", _("Impossible energy")
    ABOVE_RATED_POWER = "above_rated_power", _("Above rated power")
    TOO_LONG = "too_long", _("Longer than 24 hours")
    OVERLAP = "overlap", _("Overlaps another session")


class Verdict(models.TextChoices):
    """What a person decided about a session."""

    ACCEPTED = "accepted", _("Accepted")
    CORRECTED = "corrected", _("Corrected")
    REJECTED = "rejected", _("Rejected")


class SessionSpan(Func):
    """The time a session holds its connector: [start, end)."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class ChargingSession(ServiceRecord):
    """One charging session. It has no history table: what people change about it stands in `SessionDecision`.

    A doubtful session is kept as it was told and set aside with its reasons until a person accepts, corrects or
    rejects it; it never counts meanwhile, and it is never dropped.
    """

    field_rules = {
        "token": "charging.view_session_customer",
        "told": "charging.view_session_customer",  # the row of the source holds the token and the price too
        "price_told": "charging.view_session_price",
    }

    connector = TenantForeignKey(
        Connector, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    charger = TenantForeignKey(
        Charger, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    charger_told = models.CharField(_("charger as told"), max_length=80, blank=True)
    site_told = models.CharField(_("site as told"), max_length=200, blank=True)
    token = models.CharField(_("card or contract"), max_length=80, blank=True)
    started_at = models.DateTimeField(_("start"))
    ended_at = models.DateTimeField(_("end"), null=True, blank=True)
    energy_wh = models.BigIntegerField(_("energy"), null=True, blank=True)
    meter_start_wh = models.BigIntegerField(_("meter at start"), null=True, blank=True)
    meter_stop_wh = models.BigIntegerField(_("meter at end"), null=True, blank=True)
    price_told = models.DecimalField(_("price as told"), max_digits=12, decimal_places=4, null=True, blank=True)
    stop_reason = models.CharField(_("how it ended"), max_length=40, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=SessionState.choices)
    doubts = ArrayField(models.CharField(max_length=20, choices=Doubt.choices), verbose_name=_("doubts"), default=list)
    doubt = models.CharField(_("counted under"), max_length=20, choices=Doubt.choices, blank=True)
    told = models.JSONField(
        _("as told"),
        default=dict,
        db_default=Value({}, output_field=models.JSONField()),
        blank=True,
        encoder=DjangoJSONEncoder,
        help_text=_("The row of the source, cell by cell; kept for sessions that were set aside."),
    )
    import_run = TenantForeignKey(
        "core.ImportRun", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta(ServiceRecord.Meta):
        verbose_name = _("charging session")
        verbose_name_plural = _("charging sessions")
        ordering = ["-started_at", "-id"]
        indexes = [
            models.Index(fields=["network", "-started_at", "-id"], name="session_newest"),
            models.Index(fields=["network", "site", "-started_at"], name="session_site_newest"),
            models.Index(fields=["network", "charger", "-started_at"], name="session_charger_newest"),
            models.Index(
                fields=["network", "state", "-started_at", "-id"],
                name="session_uncounted_newest",
                condition=~Q(state="accepted"),
            ),
            models.Index(fields=["network", "doubt", "-started_at"], name="session_aside", condition=Q(state="aside")),
            models.Index(
                fields=["network", "import_run"], name="session_import", condition=Q(import_run__isnull=False)
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["network", "source_name", "external_id"], name="session_once", condition=~Q(external_id="")
            ),
            models.CheckConstraint(
                condition=~Q(state=SessionState.ACCEPTED)
                | Q(ended_at__isnull=False, energy_wh__gte=0, ended_at__gte=F("started_at"), connector__isnull=False),
                name="accepted_session_is_whole",
                violation_error_message=_("A session counts only with a connector, an end after its start and energy."),
            ),
            models.CheckConstraint(
                condition=(Q(state=SessionState.SET_ASIDE) & ~Q(doubt="")) | ~Q(state=SessionState.SET_ASIDE),
                name="session_set_aside_for_a_reason",
            ),
            ExclusionConstraint(
                name="one_session_per_connector_at_a_time",
                expressions=[
                    (F("connector"), RangeOperators.EQUAL),
                    (SessionSpan(F("started_at"), F("ended_at"), Value("[)")), RangeOperators.OVERLAPS),
                ],
                condition=Q(state=SessionState.ACCEPTED),
                violation_error_message=_("Another session was charging at this connector at that time."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.charger_told} {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def number(self) -> str:
        """The name of the session in addresses: its database number (sources repeat theirs)."""
        return str(self.pk)

    @property
    def duration(self) -> timedelta | None:
        """How long it lasted; None without an end, or with one before its start."""
        if self.ended_at is None or self.ended_at < self.started_at:
            return None
        return self.ended_at - self.started_at

    @property
    def mean_kw(self) -> Decimal | None:
        """Mean power in kW; None without energy or length."""
        return average_kw(self.energy_wh, self.duration) if self.duration and self.energy_wh is not None else None


class SessionDecision(TenantModel):
    """What a person decided about a doubtful session. Append-only: the last one counts."""

    append_only = True
    site_path = "session__site"

    session = TenantForeignKey(ChargingSession, on_delete=models.PROTECT, related_name="decisions")
    decided_at = models.DateTimeField(_("at"))
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict.choices)
    reason = models.CharField(_("reason"), max_length=300)
    before = models.JSONField(_("before"), default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("after"), default=dict, encoder=DjangoJSONEncoder)

    class Meta(TenantModel.Meta):
        verbose_name = _("decision about a session")
        verbose_name_plural = _("decisions about sessions")
        ordering = ["-decided_at", "-id"]

    def __str__(self) -> str:
        return f"{self.session_id}: {self.verdict}"

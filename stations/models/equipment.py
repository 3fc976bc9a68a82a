"""Chargers and their connectors."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.codes import CodeField
from core.history import TenantHistory
from core.tenancy.models import TenantForeignKey, TenantModel
from stations.models.sites import Site
from stations.vocabulary import ChargerState, ChargingMethod, ConnectorStandard, ConnectorState, Current


class Charger(TenantModel):
    """One piece of charging equipment (a charge point in OCPP 1.6, a charging station in OCPP 2.x)."""

    site_path = "site"

    site = TenantForeignKey(Site, on_delete=models.PROTECT, related_name="chargers", verbose_name=_("site"))
    code = CodeField(_("identity"), help_text=_("The name by which the charger signs in and sessions name it."))
    vendor = models.CharField(_("vendor"), max_length=100, blank=True)
    model = models.CharField(_("model"), max_length=100, blank=True)
    serial_number = models.CharField(_("serial number"), max_length=100, blank=True)
    method = models.CharField(
        _("charging method"), max_length=20, choices=ChargingMethod.choices, default=ChargingMethod.AC
    )
    rated_kw = models.DecimalField(
        _("rated power"),
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("kW for the whole charger."),
    )
    firmware = models.CharField(_("firmware"), max_length=100, blank=True)
    commissioned_on = models.DateField(_("commissioned on"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=ChargerState.choices, default=ChargerState.IN_SERVICE)
    note = models.CharField(_("note"), max_length=300, blank=True)

    history = TenantHistory()

    class Meta(TenantModel.Meta):
        verbose_name = _("charger")
        verbose_name_plural = _("chargers")
        ordering = ["code"]
        indexes = [models.Index(fields=["network", "site"], name="charger_site")]
        constraints = [
            models.UniqueConstraint(fields=["network", "code"], name="charger_code_once"),
            models.CheckConstraint(
                condition=Q(rated_kw__isnull=True) | Q(rated_kw__gte=0), name="charger_power_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Connector(TenantModel):
    """One cable or socket at a charger; at most one session charges at it at a time."""

    site_path = "charger__site"

    charger = TenantForeignKey(
        Charger, on_delete=models.PROTECT, related_name="connectors", verbose_name=_("charger"), db_index=False
    )
    number = models.PositiveSmallIntegerField(_("number"), validators=[MinValueValidator(1)])
    point = models.PositiveSmallIntegerField(
        _("charging point"),
        null=True,
        blank=True,
        help_text=_(
            "Number of the charging point (EVSE) at the charger. Connectors of one point serve one car at a time; "
            "empty where the connector is a point of its own."
        ),
    )
    standard = models.CharField(
        _("standard"), max_length=20, choices=ConnectorStandard.choices, default=ConnectorStandard.UNKNOWN
    )
    current = models.CharField(_("current"), max_length=10, choices=Current.choices, default=Current.UNKNOWN)
    rated_kw = models.DecimalField(
        _("rated power"),
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("kW at this connector."),
    )
    state = models.CharField(
        _("state"), max_length=20, choices=ConnectorState.choices, default=ConnectorState.AVAILABLE
    )
    state_since = models.DateTimeField(_("since"), null=True, blank=True)

    history = TenantHistory()

    class Meta(TenantModel.Meta):
        verbose_name = _("connector")
        verbose_name_plural = _("connectors")
        ordering = ["charger__code", "number"]
        constraints = [
            models.UniqueConstraint(fields=["network", "charger", "number"], name="connector_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="connector_counts_from_one"),
            models.CheckConstraint(
                condition=Q(rated_kw__isnull=True) | Q(rated_kw__gte=0), name="connector_power_not_negative"
            ),
        ]

    def __str__(self) -> str:
        # Naming the charger must not cost a query; who wants it in the name loads it with the connector.
        charger = self._state.fields_cache.get("charger")
        return f"{charger.code}/{self.number}" if charger is not None else f"#{self.number}"

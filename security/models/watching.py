"""Watch rules of a network and the alerts that they raise."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.codes import CodeField
from core.history import TenantHistory
from core.tenancy.models import TenantForeignKey, TenantModel
from security.roles import Role

MOST_MINUTES = 60 * 24 * 31


class WatchKind(models.TextChoices):
    """What is watched for."""

    REFUSALS = "refusals", _("Many refusals of one person")
    NEW_DEVICE = "new_device", _("Sign-in from a new device")
    NEW_ADDRESS = "new_address", _("Sign-in from a new part of the internet")
    EXPORTS = "exports", _("Many rows exported by one person")
    OWN_RIGHTS = "own_rights", _("Own rights changed")
    SAME_CORRECTION = "same_correction", _("The same correction again and again")
    DELETIONS = "deletions", _("Many deletions by one person")


class WatchRule(TenantModel):
    """What the network wants to be told about: how often within how long, and who has to answer."""

    kind = models.CharField(_("watches for"), max_length=20, choices=WatchKind.choices, editable=False)
    is_on = models.BooleanField(_("on"), default=True)
    threshold = models.PositiveIntegerField(
        _("from how many"), validators=[MinValueValidator(1), MaxValueValidator(10_000_000)]
    )
    window_minutes = models.PositiveIntegerField(
        _("within how many minutes"), validators=[MinValueValidator(1), MaxValueValidator(MOST_MINUTES)]
    )
    owner_role = models.CharField(_("who answers"), max_length=40, choices=Role.choices, default=Role.DIRECTOR)
    answer_hours = models.PositiveIntegerField(
        _("to be answered within hours"), default=24, validators=[MinValueValidator(1), MaxValueValidator(24 * 31)]
    )

    history = TenantHistory()

    class Meta(TenantModel.Meta):
        verbose_name = _("watch rule")
        verbose_name_plural = _("watch rules")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["network", "kind"], name="watch_rule_once")]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class WatchPosition(TenantModel):
    """How far the records of a network have been looked at: the last seal whose records every rule has seen."""

    is_internal = True

    seal_number = models.PositiveBigIntegerField(default=0)

    class Meta(TenantModel.Meta):
        verbose_name = _("watch position")
        verbose_name_plural = _("watch positions")
        constraints = [models.UniqueConstraint(fields=["network"], name="watch_position_once")]

    def __str__(self) -> str:
        return str(self.seal_number)


class AlertState(models.TextChoices):
    """Where an alert is."""

    OPEN = "open", _("Open")
    EXPLAINED = "explained", _("Explained")
    ESCALATED = "escalated", _("Escalated")
    CLOSED = "closed", _("Closed")


class Alert(TenantModel):
    """Something that a rule noticed and that its owner must answer."""

    number = CodeField(_("number"))
    rule = TenantForeignKey(WatchRule, on_delete=models.PROTECT, related_name="alerts", verbose_name=_("rule"))
    cause = models.CharField(max_length=160)  # what the rule counts by, such as "account:12"
    text = models.CharField(_("what happened"), max_length=300)
    count = models.PositiveBigIntegerField(_("how many"))
    record_ids = models.JSONField(default=list)  # the first of the records that it is about
    first_at = models.DateTimeField(_("first"))
    last_at = models.DateTimeField(_("last"))
    raised_at = models.DateTimeField(_("raised at"))
    due_at = models.DateTimeField(_("to be answered until"))
    about = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name=_("about")
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name=_("owner")
    )
    state = models.CharField(_("state"), max_length=10, choices=AlertState.choices, default=AlertState.OPEN)
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name=_("answered by")
    )
    answered_at = models.DateTimeField(_("answered at"), null=True)
    closed_at = models.DateTimeField(_("closed at"), null=True)

    history = TenantHistory()

    class Meta(TenantModel.Meta):
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ["-raised_at", "-id"]
        indexes = [
            models.Index(fields=["network", "rule", "cause", "-last_at"], name="alert_cause"),
            models.Index(
                fields=["network", "due_at"], name="alert_waiting", condition=models.Q(state__in=["open", "escalated"])
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["network", "number"], name="alert_number_once"),
            models.CheckConstraint(
                condition=models.Q(state="open") | ~models.Q(answer=""), name="alert_answered_with_a_text"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.text}"

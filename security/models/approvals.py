"""Deeds that need a second person: what a network wants of them, and what was asked and decided."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.history import TenantHistory
from core.tenancy.models import TenantModel


class DeedRule(TenantModel):
    """Whether a deed needs a second person in this network, and from which amount on. No row: as the deed says."""

    deed = models.CharField(_("deed"), max_length=60)
    is_on = models.BooleanField(_("needs a second person"))
    threshold = models.DecimalField(
        _("from an amount of"), max_digits=14, decimal_places=4, null=True, blank=True, help_text=_("Empty: always.")
    )

    history = TenantHistory()

    class Meta(TenantModel.Meta):
        verbose_name = _("rule for a deed")
        verbose_name_plural = _("rules for deeds")
        ordering = ["deed"]
        constraints = [
            models.UniqueConstraint(fields=["network", "deed"], name="one_rule_per_deed"),
            models.CheckConstraint(
                condition=Q(threshold__isnull=True) | Q(threshold__gte=0), name="deed_threshold_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.deed


class ApprovalState(models.TextChoices):
    """Where a question stands."""

    ASKED = "asked", _("Waiting")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Approval(TenantModel):
    """One deed that somebody asked for and another person decides. It runs once, in the transaction of the decision."""

    number = models.CharField(_("number"), max_length=20)
    deed = models.CharField(_("deed"), max_length=60)
    state = models.CharField(_("state"), max_length=10, choices=ApprovalState.choices, default=ApprovalState.ASKED)
    summary = models.CharField(_("what"), max_length=300)
    reason = models.CharField(_("reason"), max_length=250, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=4, null=True, blank=True)
    params = models.JSONField(_("details"), default=dict, encoder=DjangoJSONEncoder, editable=False)
    fingerprint = models.CharField(
        max_length=64, editable=False, help_text=_("Of the details: one question at a time.")
    )
    before = models.JSONField(_("before"), default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("after"), default=dict, encoder=DjangoJSONEncoder)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked"))
    expires_at = models.DateTimeField(_("waits until"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decision_reason = models.CharField(_("reason of the decision"), max_length=250, blank=True)

    history = TenantHistory()

    class Meta(TenantModel.Meta):
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        ordering = ["-asked_at", "-id"]
        indexes = [
            models.Index(fields=["network", "-asked_at"], name="approval_newest"),
            models.Index(fields=["network", "expires_at"], name="approval_waiting", condition=Q(state="asked")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["network", "number"], name="approval_number_once"),
            models.UniqueConstraint(
                fields=["network", "deed", "fingerprint"],
                condition=Q(state=ApprovalState.ASKED),
                name="one_question_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="approval_needs_a_second_person",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state__in=[ApprovalState.APPROVED, ApprovalState.REFUSED])
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                )
                | (
                    Q(state__in=[ApprovalState.ASKED, ApprovalState.EXPIRED, ApprovalState.WITHDRAWN])
                    & Q(decided_by__isnull=True)
                ),
                name="approval_decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.number

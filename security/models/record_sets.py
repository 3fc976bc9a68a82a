"""Work record sets: the records of a day, week or month summed up, numbered and kept as they were made."""

from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.codes import CodeField
from core.tenancy.models import TenantModel


class SetKind(models.TextChoices):
    """How long a period a set covers."""

    DAY = "day", _("Day")
    WEEK = "week", _("Week")
    MONTH = "month", _("Month")


class RecordSet(TenantModel):
    """One made set. Append-only: figures and print stay as they were made, with their checksums."""

    append_only = True
    heavy_fields = ("figures", "pdf")

    number = CodeField(_("number"))
    kind = models.CharField(_("period"), max_length=5, choices=SetKind.choices)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    made_at = models.DateTimeField(_("made at"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name=_("made by")
    )
    record_count = models.PositiveBigIntegerField(_("records"))
    refusal_count = models.PositiveBigIntegerField(_("refusals"))
    alert_count = models.PositiveBigIntegerField(_("alerts"))
    seal_number = models.PositiveBigIntegerField(_("number of the last seal"))
    chain_head = models.CharField(_("chain head"), max_length=64, blank=True)
    figures = models.JSONField(encoder=DjangoJSONEncoder)
    figures_sha256 = models.CharField(_("checksum of the figures"), max_length=64)
    pdf = models.BinaryField()
    pdf_sha256 = models.CharField(_("checksum of the print"), max_length=64)

    class Meta(TenantModel.Meta):
        verbose_name = _("work record set")
        verbose_name_plural = _("work record sets")
        ordering = ["-first_day", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["network", "number"], name="record_set_number_once"),
            models.UniqueConstraint(fields=["network", "kind", "first_day"], name="record_set_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.get_kind_display()} {self.first_day}"

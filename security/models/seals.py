"""Seals: the chain that shows every later change of a work record.

A trigger puts each new record on a list of those to be sealed; the list is visible with the commit of the record, so
that one committed late, with a lower number than others, is sealed with the next batch and never lost.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.tenancy.models import TenantModel


class SealFields(models.Model):
    """One link of the chain: a batch of records, their digests, and the hash over them and the link before."""

    number = models.PositiveBigIntegerField(_("number"))
    sealed_at = models.DateTimeField(_("sealed at"))
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    count = models.PositiveIntegerField(_("records"))
    record_ids = ArrayField(models.BigIntegerField())
    digests = models.BinaryField()  # the SHA-256 of each record, in the order of record_ids
    records_hash = models.CharField(max_length=64)  # runs over the digests, starting from the link before
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(_("hash"), max_length=64)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.number} {self.hash[:12]}"


class Seal(TenantModel, SealFields):
    """A link of a network's chain. Append-only."""

    append_only = True
    heavy_fields = ("record_ids", "digests")

    class Meta(TenantModel.Meta):
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["network", "number"], name="seal_number_once")]


class PlatformSeal(SealFields):
    """A link of the platform's chain. Append-only."""

    append_only = True
    global_reason = "It seals the platform's records, which belong to no network."

    class Meta:
        verbose_name = _("platform seal")
        verbose_name_plural = _("platform seals")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["number"], name="platform_seal_number_once")]


class UnsealedRecord(TenantModel):
    """A record that waits for its seal; written by the trigger, taken away by the task that seals."""

    is_internal = True

    record_id = models.BigIntegerField(primary_key=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("unsealed record")
        verbose_name_plural = _("unsealed records")

    def __str__(self) -> str:
        return str(self.record_id)


class UnsealedPlatformRecord(models.Model):
    """A platform record that waits for its seal."""

    global_reason = "It names platform records, which belong to no network."

    record_id = models.BigIntegerField(primary_key=True)

    class Meta:
        verbose_name = _("unsealed platform record")
        verbose_name_plural = _("unsealed platform records")

    def __str__(self) -> str:
        return str(self.record_id)

"""The rows behind gap-free numbers."""

from django.db import models

from core.tenancy.models import TenantModel


class Counter(TenantModel):
    """The last number taken of one series in one year; written by `core.numbering.next_number` alone."""

    series = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["network", "series", "year"], name="counter_once")]

    def __str__(self) -> str:
        return f"{self.series}-{self.year}: {self.last}"

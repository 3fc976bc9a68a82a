"""How long a network keeps which kind of data."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.history import TenantHistory
from core.tenancy.models import TenantModel


class RetentionPeriod(TenantModel):
    """A network's own period for one kind of data; without a row the kind's default holds."""

    kind = models.CharField(_("kind of data"), max_length=60)
    days = models.PositiveIntegerField(_("days"))

    history = TenantHistory()

    class Meta(TenantModel.Meta):
        verbose_name = _("retention period")
        verbose_name_plural = _("retention periods")
        ordering = ["kind"]
        constraints = [models.UniqueConstraint(fields=["network", "kind"], name="one_period_per_kind")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.days}"

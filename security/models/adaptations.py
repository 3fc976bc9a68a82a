"""What a network changes of the matrix of roles."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.history import TenantHistory
from core.tenancy.models import TenantModel
from security.roles import Role


class Effect(models.TextChoices):
    """What an adaptation does to a role."""

    ADDED = "added", _("added")
    REMOVED = "removed", _("taken away")


class RoleAdaptation(TenantModel):
    """A permission that a role holds in this network although the matrix does not give it, or the other way round.

    It is laid over the matrix within the limits of `security.role_limits`, whatever stands in this table.
    """

    role = models.CharField(_("role"), max_length=40, choices=Role.choices)
    permission = models.CharField(_("permission"), max_length=100)
    effect = models.CharField(_("effect"), max_length=10, choices=Effect.choices)

    history = TenantHistory()

    class Meta(TenantModel.Meta):
        verbose_name = _("adaptation of a role")
        verbose_name_plural = _("adaptations of roles")
        ordering = ["role", "permission"]
        constraints = [
            models.UniqueConstraint(fields=["network", "role", "permission"], name="one_adaptation_per_permission")
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.permission} {self.effect}"

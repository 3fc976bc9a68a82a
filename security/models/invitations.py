"""Invitations: how a new account comes into being."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from core.history import TenantHistory
from core.tenancy.models import TenantModel
from security.roles import Role


class Invitation(TenantModel):
    """Somebody invites an address to a role at a place. Its link works once; only the hash of its token is kept."""

    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=40, choices=Role.choices)
    place_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    place_id = models.BigIntegerField()
    place = GenericForeignKey("place_type", "place_id")
    role_until = models.DateTimeField(_("role until"), null=True, blank=True)
    token_hash = models.CharField(max_length=64, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("invited by")
    )
    sent_at = models.DateTimeField(_("sent at"))
    expires_at = models.DateTimeField(_("link works until"))
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    history = TenantHistory(excluded_fields=["email", "name"])  # history is never changed, and people can be forgotten

    class Meta(TenantModel.Meta):
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-sent_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["network", "token_hash"], name="invitation_token_once"),
            models.UniqueConstraint(
                fields=["network", "email", "role", "place_type", "place_id"],
                condition=models.Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="one_open_invitation",
            ),
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="invitation_email_lower_case"),
            models.CheckConstraint(
                condition=models.Q(accepted_at__isnull=True) | models.Q(withdrawn_at__isnull=True),
                name="invitation_ends_once",
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | models.Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_accepted_by",
            ),
        ]

    @property
    def record_words(self) -> str:
        """How a work record names it: without the person."""
        return f"#{self.pk}"

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"

    def clean(self) -> None:
        """Addresses are kept in lower case, as those of accounts."""
        super().clean()
        self.email = self.email.lower()

    def is_open(self, at: datetime) -> bool:
        """Whether the link still works at a moment."""
        return self.accepted_at is None and self.withdrawn_at is None and at < self.expires_at

    def place_named(self) -> Any:
        """The place as people read it."""
        return self.place or _("(closed place)")

"""Work records: who did what."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.records import verb_text
from core.tenancy.models import TenantModel


class WorkRecord(TenantModel):
    """One line per main operation. Append-only: the application can neither change nor delete one."""

    append_only = True

    recorded_at = models.DateTimeField(_("at"), db_index=False)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    account_name = models.CharField(_("who"), max_length=120, blank=True)
    verb = models.CharField(_("what"), max_length=60)
    target_type = models.CharField(_("kind of object"), max_length=100, blank=True)
    target_id = models.BigIntegerField(_("object id"), null=True, blank=True)
    target_text = models.CharField(_("object"), max_length=200, blank=True)
    summary = models.TextField(_("summary"), blank=True)
    before = models.JSONField(_("before"), default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("after"), default=dict, encoder=DjangoJSONEncoder)
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    address = models.GenericIPAddressField(_("from where"), null=True, blank=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("work record")
        verbose_name_plural = _("work records")
        ordering = ["-recorded_at", "-id"]
        indexes = [
            models.Index(fields=["network", "-recorded_at"], name="work_record_at"),
            models.Index(fields=["network", "target_type", "target_id"], name="work_record_target"),
        ]

    def __str__(self) -> str:
        return f"{self.recorded_at:%Y-%m-%d %H:%M} {self.verb}"

    @property
    def text(self) -> str:
        """What was done, in words."""
        return verb_text(self.verb)

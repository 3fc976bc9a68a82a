"""Work records: who did what, in a network and on the platform."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.clock import now
from core.records import DONE, FAILED, REFUSED, verb_text
from core.tenancy.models import TenantForeignKey, TenantModel
from security.roles import Role


class Result(models.TextChoices):
    """How a deed ended."""

    DONE = DONE, _("Done")
    REFUSED = REFUSED, _("Refused")
    FAILED = FAILED, _("Failed")


class RecordFields(models.Model):
    """What every work record says."""

    recorded_at = models.DateTimeField(_("at"), db_index=False)
    occurred_at = models.DateTimeField(_("occurred at"), default=now)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
        verbose_name=_("account"),
    )
    account_name = models.CharField(_("who"), max_length=120, blank=True)
    position = models.CharField(_("position"), max_length=200, blank=True, default="")
    verb = models.CharField(_("what"), max_length=60)
    result = models.CharField(_("result"), max_length=8, choices=Result.choices, default=Result.DONE)
    target_type = models.CharField(_("kind of object"), max_length=100, blank=True)
    target_id = models.BigIntegerField(_("object id"), null=True, blank=True)
    target_code = models.CharField(_("code of the object"), max_length=120, blank=True, default="")
    target_text = models.CharField(_("object"), max_length=200, blank=True)
    summary = models.TextField(_("summary"), blank=True)
    before = models.JSONField(_("before"), default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("after"), default=dict, encoder=DjangoJSONEncoder)
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    address = models.GenericIPAddressField(_("from where"), null=True, blank=True)
    took_ms = models.BigIntegerField(_("took, ms"), null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.recorded_at:%Y-%m-%d %H:%M} {self.text}"

    @property
    def text(self) -> str:
        """What was done, in words."""
        return verb_text(self.verb)

    @property
    def position_text(self) -> str:
        """The roles held then, in words; what is no role any more is shown as it is."""
        return position_words(self.position)

    @property
    def target_key(self) -> str:
        """The object as one word, such as "stations.site:12"; empty without one."""
        return f"{self.target_type}:{self.target_id}" if self.target_type and self.target_id is not None else ""


def position_words(position: str) -> str:
    """The words for the roles of a record."""
    labels: dict[str, Any] = dict(Role.choices)
    return ", ".join(str(labels.get(code, code)) for code in position.split(", ") if code)


class WorkRecord(TenantModel, RecordFields):
    """One line per main operation. Append-only: nobody changes or deletes one, and a chain of seals would show it."""

    append_only = True
    site_path = "site"

    # The database holds the site to the record's network; sites that something was recorded at are closed, not deleted.
    site = TenantForeignKey(
        "stations.Site",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("site"),
    )

    class Meta(TenantModel.Meta):
        verbose_name = _("work record")
        verbose_name_plural = _("work records")
        ordering = ["-recorded_at", "-id"]
        indexes = [
            models.Index(fields=["network", "-recorded_at", "-id"], name="work_record_at"),
            models.Index(
                fields=["network", "target_type", "target_id", "-recorded_at"],
                name="work_record_target",
                condition=models.Q(target_id__isnull=False),
            ),
            models.Index(
                fields=["network", "account", "-recorded_at", "-id"],
                name="work_record_account",
                condition=models.Q(account__isnull=False),
            ),
            models.Index(
                fields=["network", "site", "-recorded_at", "-id"],
                name="work_record_site",
                condition=models.Q(site__isnull=False),
            ),
            models.Index(fields=["network", "verb", "-recorded_at", "-id"], name="work_record_verb"),
            models.Index(
                fields=["network", "request_id"], name="work_record_request", condition=~models.Q(request_id="")
            ),
            models.Index(
                fields=["network", "target_code"], name="work_record_code", condition=~models.Q(target_code="")
            ),
            models.Index(
                fields=["network", "-recorded_at", "-id"],
                name="work_record_not_done",
                condition=~models.Q(result=DONE),
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(result__in=Result.values), name="work_record_result"),
        ]


class PlatformRecord(RecordFields):
    """A deed of platform administration, in a chain of its own. Append-only."""

    append_only = True
    global_reason = "Deeds of platform administrators belong to no network; no page of a network shows them."

    class Meta:
        verbose_name = _("platform record")
        verbose_name_plural = _("platform records")
        ordering = ["-recorded_at", "-id"]
        indexes = [models.Index(fields=["-recorded_at", "-id"], name="platform_record_at")]

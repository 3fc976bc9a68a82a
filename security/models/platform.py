"""What platform administrators do to whole networks and accounts; it belongs to no network."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _


class DeletionState(models.TextChoices):
    """How far the deletion of a network is."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")


class NetworkDeletion(models.Model):
    """A network is deleted, or was. It outlives the network, so it names it by number and text."""

    global_reason = "It is what remains when everything of a network is gone."

    network_number = models.BigIntegerField(_("number of the network"), unique=True)
    slug = models.SlugField(_("short name in addresses"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    reason = models.CharField(_("reason"), max_length=300)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked at"))
    expected = models.JSONField(_("rows that were there"), default=dict, encoder=DjangoJSONEncoder)
    state = models.CharField(_("state"), max_length=10, choices=DeletionState.choices, default=DeletionState.WAITING)
    deleted = models.JSONField(_("rows deleted"), default=dict, encoder=DjangoJSONEncoder)
    beat_at = models.DateTimeField(_("last sign of life"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)

    class Meta:
        verbose_name = _("deletion of a network")
        verbose_name_plural = _("deletions of networks")
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return self.slug


class ErasureRequest(models.Model):
    """A person's account shall be anonymised as soon as no network needs it any more."""

    global_reason = "An account belongs to no network: it is erased when the last one has let it go."

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("account")
    )
    asked_at = models.DateTimeField(_("asked at"))
    erased_at = models.DateTimeField(_("erased at"), null=True)

    class Meta:
        verbose_name = _("erasure of a person")
        verbose_name_plural = _("erasures of persons")
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return f"{self.account_id}"

"""What a register or another source says about a site."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.history import TenantHistory
from core.tenancy.models import TenantForeignKey, TenantModel
from stations.models.sites import Site


class MatchState(models.TextChoices):
    """Whether it is settled which site a listing is about."""

    MATCHED = "matched", _("Matched")
    DOUBTFUL = "doubtful", _("A person decides")
    REJECTED = "rejected", _("No site of ours")


class SiteListing(TenantModel):
    """One station as one source lists it. Two sources may list the same site in two ways; both are kept as told.

    A doubtful listing has no site yet: a person says which one it is, that it is a new one, or that it is none.
    """

    site_path = "site"

    source = models.CharField(_("source"), max_length=80)
    external_id = models.CharField(_("number in the source"), max_length=80)
    name = models.CharField(_("name"), max_length=200, blank=True)
    latitude = models.DecimalField(_("latitude"), max_digits=9, decimal_places=6, null=True)
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, null=True)
    piles = models.PositiveIntegerField(_("piles"), null=True)
    fast_piles = models.PositiveIntegerField(_("fast piles"), null=True)
    slow_piles = models.PositiveIntegerField(_("slow piles"), null=True)
    zone_code = models.CharField(_("zone"), max_length=40, blank=True)
    raw = models.JSONField(_("as published"), default=dict)
    state = models.CharField(_("state"), max_length=10, choices=MatchState.choices)
    site = TenantForeignKey(Site, on_delete=models.PROTECT, null=True, blank=True, related_name="listings")
    candidates = models.JSONField(
        _("candidates"),
        default=list,
        blank=True,
        help_text=_('For a doubtful listing, best first: [{"site": id, "metres": distance}, …].'),
    )
    decided_by = models.ForeignKey(
        "security.Account", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    history = TenantHistory()

    class Meta(TenantModel.Meta):
        verbose_name = _("listing")
        verbose_name_plural = _("listings")
        ordering = ["source", "external_id"]
        indexes = [models.Index(fields=["network", "state"], name="listing_state")]
        constraints = [
            models.UniqueConstraint(fields=["network", "source", "external_id"], name="listing_once_per_source"),
            models.CheckConstraint(
                condition=(Q(state="matched") & Q(site__isnull=False)) | (~Q(state="matched") & Q(site__isnull=True)),
                name="listing_has_a_site_when_matched",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.external_id}"

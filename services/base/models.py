"""What all service records have in common."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.tenancy.models import TenantForeignKey, TenantModel
from stations.models import Site


class Source(models.TextChoices):
    """How a service record came to be known."""

    COUNTER = "counter", _("Counter")
    IMPORT = "import", _("Import")
    CHARGER = "charger", _("Charger")
    DEMO = "demo", _("Demonstration")


class ServiceRecord(TenantModel):
    """One service that a customer got (or began to get) at a site.

    `source_name` and `external_id` name the record where it comes from; the same one is never stored twice.
    """

    site_path = "site"

    site = TenantForeignKey(
        Site, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("site"), db_index=False
    )
    source = models.CharField(_("source"), max_length=10, choices=Source.choices)
    source_name = models.CharField(_("name of the source"), max_length=80, blank=True)
    external_id = models.CharField(_("number in the source"), max_length=80, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta(TenantModel.Meta):
        abstract = True

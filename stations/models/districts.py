"""Districts of the city."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.codes import CodeField
from core.history import TenantHistory
from core.tenancy.models import TenantModel
from stations.outlines import validate_outline


class District(TenantModel):
    """A district (or traffic zone) of the city, with its outline where it is known."""

    code = CodeField(_("code"))
    name = models.CharField(_("name"), max_length=120)
    outline = models.JSONField(
        _("outline"),
        null=True,
        blank=True,
        validators=[validate_outline],
        help_text=_("GeoJSON geometry (Polygon or MultiPolygon) in WGS 84 longitude, latitude."),
    )

    history = TenantHistory()

    class Meta(TenantModel.Meta):
        verbose_name = _("district")
        verbose_name_plural = _("districts")
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["network", "code"], name="district_code_once")]

    def __str__(self) -> str:
        return self.name

"""Districts of the city."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.codes import CodeField
from core.history import TenantHistory
from core.tenancy.models import TenantModel
from stations.outlines import validate_outline


class District(TenantModel):
    """A district (or traffic zone) of the city, with its outline and its middle where they are known."""

    heavy_fields = ("outline",)

    code = CodeField(_("code"))
    name = models.CharField(_("name"), max_length=120)
    outline = models.JSONField(
        _("outline"),
        null=True,
        blank=True,
        validators=[validate_outline],
        help_text=_("GeoJSON geometry (Polygon or MultiPolygon) in WGS 84 longitude, latitude."),
    )

    latitude = models.DecimalField(
        _("latitude of the middle"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
        help_text=_("Degrees, WGS 84."),
    )
    longitude = models.DecimalField(
        _("longitude of the middle"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
        help_text=_("Degrees, WGS 84."),
    )

    history = TenantHistory()

    class Meta(TenantModel.Meta):
        verbose_name = _("district")
        verbose_name_plural = _("districts")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["network", "code"], name="district_code_once"),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                # A range of NULL is neither true nor false, and a check lets pass what is not false.
                | Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="district_middle_whole_and_on_earth",
                violation_error_message=_("Give both latitude and longitude, or neither."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

"""Sites: the places of the network, and the permissions that roles hold at them."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.codes import CodeField
from core.history import TenantHistory
from core.tenancy.models import TenantForeignKey, TenantModel
from security.models import PlacePermission
from stations.models.districts import District
from stations.opening import validate_week
from stations.vocabulary import SiteKind, SiteService, SiteStatus


class Site(TenantModel):
    """A place of the network: charging station, battery distribution centre or battery member store."""

    site_path = "self"
    field_rules = {"phone": "stations.view_site_phone"}

    code = CodeField(_("code"), help_text=_("Unique in the network; it stands on labels and in addresses."))
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=30, choices=SiteKind.choices, default=SiteKind.CHARGING_STATION)
    status = models.CharField(_("status"), max_length=12, choices=SiteStatus.choices, default=SiteStatus.PLANNED)
    operator = models.CharField(_("operator"), max_length=200, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    town = models.CharField(_("town"), max_length=120, blank=True)
    region = models.CharField(_("region"), max_length=120, blank=True)
    district = TenantForeignKey(
        District, on_delete=models.PROTECT, null=True, blank=True, related_name="sites", verbose_name=_("district")
    )
    latitude = models.DecimalField(
        _("latitude"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
        help_text=_("Degrees, WGS 84."),
    )
    longitude = models.DecimalField(
        _("longitude"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
        help_text=_("Degrees, WGS 84."),
    )
    always_open = models.BooleanField(_("open day and night"), default=True)
    opening_week = models.JSONField(
        _("opening hours"),
        default=dict,
        blank=True,
        validators=[validate_week],
        help_text=_("By weekday (0 is Monday) a list of from/until times; used unless open day and night."),
    )
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    opened_on = models.DateField(_("opened on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    battery_capacity = models.PositiveIntegerField(
        _("battery storage"), default=0, help_text=_("How many batteries the site can hold.")
    )
    grid_kw = models.DecimalField(
        _("grid connection"),
        max_digits=9,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("The most power that the site may draw, in kW."),
    )
    services = ArrayField(
        models.CharField(max_length=20, choices=SiteService.choices),
        verbose_name=_("services"),
        default=list,
        blank=True,
    )
    supplied_by = TenantForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="supplies",
        verbose_name=_("supplied by"),
        help_text=_("The battery distribution centre that supplies this site."),
    )
    is_test = models.BooleanField(
        _("test site"), default=False, help_text=_("Its sessions are kept but stand apart in reports.")
    )

    history = TenantHistory()

    class Meta(TenantModel.Meta):
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        ordering = ["code"]
        indexes = [
            models.Index(fields=["network", "name"], name="site_name"),
            models.Index(fields=["network", "status", "kind"], name="site_status_kind"),
            models.Index(fields=["network", "district"], name="site_district"),
            models.Index(fields=["network", "latitude", "longitude"], name="site_place"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["network", "code"], name="site_code_once"),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                # A range of NULL is neither true nor false, and a check lets pass what is not false.
                | Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="site_place_whole_and_on_earth",
                violation_error_message=_("Give both latitude and longitude, or neither."),
            ),
            models.CheckConstraint(
                condition=Q(supplied_by__isnull=True) | ~Q(supplied_by=F("id")),
                name="site_never_supplies_itself",
                violation_error_message=_("A site cannot be supplied by itself."),
            ),
            models.CheckConstraint(
                condition=Q(supplied_by__isnull=True) | ~Q(kind=SiteKind.DISTRIBUTION_CENTRE),
                name="distribution_centre_has_no_supplier",
                violation_error_message=_("A distribution centre supplies others; nothing supplies it."),
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(opened_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
                name="site_closes_after_it_opens",
                violation_error_message=_("A site cannot close before it opens."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class SitePermission(PlacePermission):
    """A role group's permission on one site."""

    site_path = "content_object"

    content_object = TenantForeignKey(Site, on_delete=models.CASCADE, related_name="role_permissions", db_index=False)

    class Meta(PlacePermission.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["network", "group", "permission", "content_object"], name="site_permission_once"
            )
        ]
        indexes = [models.Index(fields=["network", "content_object"], name="site_permission_site")]

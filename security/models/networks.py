"""The tenant."""

import datetime
from zoneinfo import ZoneInfo, available_timezones

import pycountry
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


def validate_country(value: str) -> None:
    """Raises ValidationError for anything but an ISO 3166-1 alpha-2 code."""
    if pycountry.countries.get(alpha_2=value) is None:
        raise ValidationError(_("“%(value)s” is no country code of ISO 3166-1 (two letters)."), params={"value": value})


def validate_currency(value: str) -> None:
    """Raises ValidationError for anything but an ISO 4217 code."""
    if pycountry.currencies.get(alpha_3=value) is None:
        raise ValidationError(_("“%(value)s” is no currency code of ISO 4217."), params={"value": value})


def validate_zone(value: str) -> None:
    """Raises ValidationError for anything but a zone of the IANA database."""
    if value not in available_timezones():
        raise ValidationError(_("“%(value)s” is no time zone of the IANA database."), params={"value": value})


def validate_whole_hour(value: datetime.time) -> None:
    """Raises ValidationError for a time within an hour.

    Clocks are set back to a whole hour; a day that started inside a doubled hour would begin twice.
    """
    if value.minute or value.second or value.microsecond:
        raise ValidationError(_("The business day starts at a whole hour."))


class Network(models.Model):
    """One city's charging network: the tenant. Everything else belongs to exactly one."""

    global_reason = "It is the tenant itself."

    slug = models.SlugField(_("short name in addresses"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    country = models.CharField(_("country"), max_length=2, validators=[validate_country])
    currency = models.CharField(_("currency"), max_length=3, validators=[validate_currency])
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[validate_zone])
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    day_starts_at = models.TimeField(
        _("business day starts at"), default=datetime.time(0, 0), validators=[validate_whole_hour]
    )
    is_demo = models.BooleanField(_("demonstration"), default=False)
    requires_second_factor = models.BooleanField(
        _("everybody needs a second factor"),
        default=False,
        help_text=_("Whoever has a role here signs in with a code or a security key as well as the password."),
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    suspended_at = models.DateTimeField(_("suspended since"), null=True, blank=True, editable=False)
    suspension_reason = models.CharField(_("why it is suspended"), max_length=300, blank=True, editable=False)
    # Once set it stays (a trigger sees to it): what is being deleted never comes back half.
    deleting_since = models.DateTimeField(_("being deleted since"), null=True, blank=True, editable=False)

    class Meta:
        ordering = ["name"]
        verbose_name = _("network")
        verbose_name_plural = _("networks")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(deleting_since__isnull=True) | models.Q(suspended_at__isnull=False),
                name="network_is_suspended_before_it_is_deleted",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The network's time zone."""
        return ZoneInfo(self.time_zone)

    @property
    def is_suspended(self) -> bool:
        """Whether nobody works in it: its people are told so, its tasks do not run."""
        return self.suspended_at is not None

"""The ground of everything a customer buys."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServicesConfig(AppConfig):
    """The catalogue and the abstract service record."""

    name = "services.base"
    label = "services"
    verbose_name = _("Services")

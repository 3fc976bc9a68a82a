"""Reports of every app: found here, computed there."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    """Pages, downloads and the command for the reports that the apps declare in their `reports.py`."""

    name = "reports"
    verbose_name = _("Reports")

    def ready(self) -> None:
        autodiscover_modules("reports")

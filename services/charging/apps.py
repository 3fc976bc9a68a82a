"""The app of charging sessions."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChargingConfig(AppConfig):
    """Charging sessions, their doubts and their rollups."""

    name = "services.charging"
    label = "charging"
    verbose_name = _("Charging")

    def ready(self) -> None:
        # Importers, jobs, panels, verbs and receivers register themselves once the apps are loaded.
        from services.charging import importers, jobs, panels, receivers, records, retention  # noqa: F401, PLC0415

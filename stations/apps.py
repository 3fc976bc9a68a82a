"""The app of sites and their equipment."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StationsConfig(AppConfig):
    """Registers sites as places at which roles can be held."""

    name = "stations"
    verbose_name = _("Stations")

    def ready(self) -> None:
        # Models can be imported only now that the apps are loaded.
        from django.db.models import Value  # noqa: PLC0415
        from django.db.models.functions import Concat  # noqa: PLC0415

        from security.models import Network, NetworkPermission  # noqa: PLC0415
        from security.places import register_place  # noqa: PLC0415
        from stations import importers, jobs, records  # noqa: F401, PLC0415
        from stations.models import Site, SitePermission  # noqa: PLC0415
        from stations.vocabulary import SiteKind  # noqa: PLC0415

        register_place(Network, NetworkPermission)
        register_place(
            Site,
            SitePermission,
            sort_of=lambda site: site.kind,
            sorts=SiteKind.choices,
            words=Concat("code", Value(" "), "name"),
        )

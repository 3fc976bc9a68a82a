"""The app of people, networks, roles and rights."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SecurityConfig(AppConfig):
    """Installs the sources of rights and work records in the ground."""

    name = "security"
    verbose_name = _("Security")

    def ready(self) -> None:
        # Models can be imported only now that the apps are loaded.
        from core import records, rights  # noqa: PLC0415
        from security import field_rules, jobs, platform_records, receivers  # noqa: F401, PLC0415
        from security import records as own_records  # noqa: F401, PLC0415
        from security.admin import accounts, inside, networks, schedules  # noqa: F401, PLC0415
        from security.four_eyes import deeds  # noqa: F401, PLC0415
        from security.privacy import jobs as privacy_jobs  # noqa: F401, PLC0415
        from security.privacy import kinds  # noqa: F401, PLC0415
        from security.recording.store import RecordStore  # noqa: PLC0415
        from security.rights import PlaceRights  # noqa: PLC0415
        from security.signing import receivers as signing_receivers  # noqa: F401, PLC0415
        from security.supervision import receivers as supervision_receivers  # noqa: F401, PLC0415

        rights.install(PlaceRights())
        records.install_store(RecordStore())

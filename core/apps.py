"""The ground of the product: no business nouns live here."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    """Tenancy, history, pages, imports, jobs, paper."""

    name = "core"
    verbose_name = _("Core")

    def ready(self) -> None:
        # The checks register themselves; they look at models, so they wait for the apps.
        from core import checks  # noqa: F401, PLC0415
        from core.crud.verbs import register_row_verbs  # noqa: PLC0415

        register_row_verbs()

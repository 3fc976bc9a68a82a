"""The top of the product."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChargeNetConfig(AppConfig):
    """Settings, addresses, dashboard, embedded servers."""

    name = "chargenet"
    verbose_name = _("ChargeNet")

    def ready(self) -> None:
        # @shared_task needs the Celery app; importing it earlier would make every tool of this package load Celery.
        from chargenet import celery, checks  # noqa: F401, PLC0415

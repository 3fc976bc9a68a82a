"""What this app does when others tell something."""

from typing import Any

from django.dispatch import receiver

from core.signals import migrated
from security.actions import sync_permissions, sync_role_groups
from security.models import Network


@receiver(migrated, dispatch_uid="security.sync_rights")
def sync_rights(**kwargs: Any) -> None:
    """Bring permissions and role groups in step with the matrix."""
    sync_permissions()
    sync_role_groups(Network.objects.all())

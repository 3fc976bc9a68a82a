"""Deeds in the Django admin, which writes its own log of them: each entry is a platform record too."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.db.models.signals import post_save
from django.dispatch import receiver

from core.records import record_platform
from core.tenancy.guard import is_tenant_model

_VERBS = {ADDITION: "platform.added", CHANGE: "platform.changed", DELETION: "platform.deleted"}


@receiver(post_save, sender=LogEntry, dispatch_uid="security.recording.admin")
def record_admin_deed(instance: LogEntry, created: bool, **kwargs: Any) -> None:
    """Keep a platform record in the transaction of the deed."""
    if not created:
        return
    content_type: Any = instance.content_type
    kind = content_type.model_class() if content_type else None
    record_platform(
        _VERBS[instance.action_flag],
        target=_object_of(kind, instance.object_id),
        actor=instance.user,
        summary=f"{instance.object_repr}: {instance.get_change_message()}",
    )


def _object_of(kind: Any, key: str | None) -> Any:
    """What was changed; nothing for rows of a network, whose own records tell of them."""
    if kind is None or key is None or is_tenant_model(kind):
        return None
    return kind._base_manager.filter(pk=key).first()

"""Changing the key: what is encrypted with an older key is encrypted anew, in batches that can be taken up again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models.functions import Substr

from core.encryption.fields import EncryptedTextField, SearchHashField, encrypted_fields
from core.encryption.keys import VERSION, key_ring

BATCH = 500


def models_with_secrets() -> list[Any]:
    """All models with encrypted fields."""
    return [model for model in apps.get_models() if encrypted_fields(model)]


def rotate(model: Any, *, batch: int = BATCH) -> Iterator[int]:
    """Encrypt the rows of `model` (of the network in scope) anew with the present key; yields the size of each batch.

    A batch is a transaction. What is done already is not touched, so an interrupted run is simply started again.

    Raises:
        UnreadableValue: a value's key is no longer in FIELD_KEYS; nothing of its batch is changed.
    """
    for field in encrypted_fields(model):
        while done := _rotate_batch(model, field, batch):
            yield done


@transaction.atomic
def _rotate_batch(model: Any, field: EncryptedTextField, batch: int) -> int:
    start = f"{VERSION}:{key_ring().present}:"
    stored = models.functions.Cast(models.F(field.attname), models.TextField())
    rows = list(
        model._default_manager.select_for_update(of=("self",))
        .annotate(_stored=stored)
        .annotate(_start=Substr("_stored", 1, len(start)))
        .exclude(_stored="")
        .exclude(_start=start)
        .filter(_stored__isnull=False)
        .order_by("pk")[:batch]
    )
    for row in rows:
        text = getattr(row, field.attname).reveal()
        values: dict[str, Any] = {field.attname: text}
        for other in model._meta.concrete_fields:
            if isinstance(other, SearchHashField) and other.source == field.name:
                values[other.attname] = key_ring().hashes(text, field.place)[0]
        # The meaning of the row stays the same: neither a history row nor a signal is due.
        models.QuerySet(model).filter(pk=row.pk).update(**values)
    return len(rows)

"""History of rows: simple-history inside the tenant, with actor, reason and request id, and bulk writes that leave it.

A historical row has the network's column, its own row-level security and the scoped manager, so that nobody's
history shows in another network.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy as _
from simple_history.manager import HistoricalQuerySet, HistoryManager
from simple_history.models import HistoricalRecords
from simple_history.signals import pre_create_historical_record

from core.context import current_actor, request_id
from core.tenancy.guard import BUILT_IN
from core.tenancy.managers import TenantManager, tracked_write
from core.tenancy.scope import current_network_id, require_network


class TenantHistoryRow(models.Model):
    """Base of all historical models."""

    is_tenant_model = True
    append_only = True

    request_id = models.CharField(_("request"), max_length=64, blank=True, default="", editable=False)

    objects = TenantManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"


class TenantHistoryManager(HistoryManager):
    """`Model.history` and `row.history`, inside the network in scope."""

    def get_queryset(self) -> Any:
        queryset = super().get_queryset()
        network_id = current_network_id()
        setattr(queryset.query, BUILT_IN, network_id)
        return queryset if network_id is None else queryset.filter(network_id=network_id)


class TenantHistory(HistoricalRecords):
    """`history = TenantHistory()` on a tenant model keeps every version of its rows."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("bases", (TenantHistoryRow,))
        kwargs.setdefault("history_manager", TenantHistoryManager)
        kwargs.setdefault("historical_queryset", HistoricalQuerySet)
        kwargs.setdefault("get_user", lambda **_: current_actor())
        kwargs.setdefault("history_change_reason_field", models.CharField(max_length=250, default="", blank=True))
        super().__init__(**kwargs)

    def get_history_user(self, instance: Any) -> Any:
        """The account the row was changed by: said on the row, or the one this work is done for."""
        return getattr(instance, "_history_user", None) or current_actor()

    def get_change_reason_for_object(self, instance: Any, history_type: str, using: Any) -> str:
        """The reason given for the change, never null."""
        return super().get_change_reason_for_object(instance, history_type, using) or ""


def _add_request_id(sender: Any, history_instance: Any, **_: Any) -> None:
    if hasattr(history_instance, "request_id"):
        history_instance.request_id = request_id.get()


pre_create_historical_record.connect(_add_request_id, dispatch_uid="core.history.request_id")


@contextmanager
def _tracked() -> Iterator[None]:
    token = tracked_write.set(True)
    try:
        with transaction.atomic():
            yield
    finally:
        tracked_write.reset(token)


def write_history(model: Any, ids: Sequence[int], *, kind: str, reason: str = "") -> int:
    """Write one history row for the present state of each row in `ids`, in one statement.

    For set-based writes (imports). `kind` is "+" (made), "~" (changed) or "-" (about to be deleted).
    Returns how many history rows were written.
    """
    if not ids:
        return 0
    history = model.history.model
    kept = {field.column for field in history._meta.concrete_fields}  # a model may keep fields out of its history
    columns = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields if field.column in kept)
    actor = current_actor()
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{history._meta.db_table}" ({columns}, history_date, history_type, history_user_id, '  # noqa: S608 (names come from the models)
            f"history_change_reason, request_id) "
            f'SELECT {columns}, clock_timestamp(), %s, %s, %s, %s FROM "{model._meta.db_table}" '
            f"WHERE network_id = %s AND id = ANY(%s) ORDER BY id",
            [kind, actor.pk if actor else None, reason[:250], request_id.get(), require_network().pk, list(ids)],
        )
        return int(cursor.rowcount)


def bulk_create_with_history(model: Any, rows: Sequence[Any], *, reason: str = "", batch_size: int = 2000) -> list[Any]:
    """Insert many rows and their history in one transaction."""
    with _tracked():
        made = model.objects.bulk_create(rows, batch_size=batch_size)
        write_history(model, [row.pk for row in made], kind="+", reason=reason)
        return list(made)


def bulk_update_with_history(
    model: Any, rows: Sequence[Any], fields: Sequence[str], *, reason: str = "", batch_size: int = 1000
) -> int:
    """Update many rows and write their history in one transaction; returns how many were changed."""
    with _tracked():
        changed = model.objects.bulk_update(rows, fields, batch_size=batch_size)
        write_history(model, [row.pk for row in rows], kind="~", reason=reason)
        return int(changed)


def update_with_history(queryset: Any, *, reason: str = "", **values: Any) -> int:
    """`queryset.update(**values)` with a history row for each row it changed, in one transaction."""
    with _tracked():
        ids = list(queryset.select_for_update().order_by("pk").values_list("pk", flat=True))
        changed = queryset.model.objects.filter(pk__in=ids).update(**values)
        write_history(queryset.model, ids, kind="~", reason=reason)
        return int(changed)

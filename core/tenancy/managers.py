"""Scoped managers and querysets of tenant models."""

from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from typing import Any, Self

from django.db import models

from core.rights import visible
from core.tenancy.guard import BUILT_IN
from core.tenancy.scope import ScopeError, current_network_id, require_network

# True while a helper of core.history does a bulk write and writes the history of it too.
tracked_write: ContextVar[bool] = ContextVar("tracked_write", default=False)


class UntrackedWriteError(TypeError):
    """A bulk write on a model with history that would leave no history."""


class TenantQuerySet(models.QuerySet):
    """Rows of the network in scope."""

    def visible_to(self, account: Any, permission: str) -> Self:
        """Rows that `account` may touch with `permission` in the network in scope.

        The only way a view, form field, export, report, API or search gets rows.

        Raises:
            ScopeError: no network is in scope.
        """
        require_network()
        return visible(self, account, permission)

    def update(self, **kwargs: Any) -> int:
        """Plain SQL update; refused on models with history (use `core.history.update_with_history`)."""
        self._refuse_untracked("update")
        return super().update(**kwargs)

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:  # type: ignore[override]
        """Insert many rows; refused on models with history (use `core.history.bulk_create_with_history`)."""
        self._refuse_untracked("bulk_create")
        rows = list(objs)
        network = require_network()
        for row in rows:
            row.adopt(network)
        return super().bulk_create(rows, *args, **kwargs)

    def bulk_update(self, objs: Iterable[Any], fields: Sequence[str], *args: Any, **kwargs: Any) -> int:  # type: ignore[override]
        """Update many rows; refused on models with history (use `core.history.bulk_update_with_history`)."""
        self._refuse_untracked("bulk_update")
        token = tracked_write.set(True)  # Django's bulk_update ends in update()
        try:
            return super().bulk_update(objs, fields, *args, **kwargs)
        finally:
            tracked_write.reset(token)

    def raw(self, *args: Any, **kwargs: Any) -> Any:
        """Raw SQL, in scope only; what rows it sees is up to row-level security."""
        require_network()
        return super().raw(*args, **kwargs)

    def _refuse_untracked(self, verb: str) -> None:
        if hasattr(self.model._meta, "simple_history_manager_attribute") and not tracked_write.get():
            raise UntrackedWriteError(
                f"{self.model.__name__} keeps a history: {verb}() would leave none. Use the helpers of core.history."
            )


class TenantManager(models.Manager.from_queryset(TenantQuerySet)):  # type: ignore[misc]
    """Rows of the network in scope; outside of a scope a queryset can be built (forms do) but never run."""

    def get_queryset(self) -> TenantQuerySet:
        queryset = super().get_queryset()
        network_id = current_network_id()
        setattr(queryset.query, BUILT_IN, network_id)
        return queryset if network_id is None else queryset.filter(network_id=network_id)


def check_owner(row: Any) -> None:
    """Refuse a row of another network than the one in scope.

    Raises:
        ScopeError: with both networks' ids.
    """
    network = require_network()
    if row.network_id != network.pk:
        raise ScopeError(
            f"{type(row).__name__} belongs to network {row.network_id}, but network {network.pk} is in scope."
        )

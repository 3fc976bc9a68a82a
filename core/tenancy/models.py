"""Bases of tenant models and their foreign keys."""

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from django.db import models

from core.tenancy.managers import TenantManager, check_owner
from core.tenancy.scope import require_network

# What may be assigned and what is read, as the type checker infers it from the model that the key leads to.
_ST = TypeVar("_ST")
_GT = TypeVar("_GT")


class TenantForeignKey(models.ForeignKey[_ST, _GT]):
    """A foreign key to a row of the same network.

    The database constraint is (network_id, x_id) → (network_id, id), made by `SecureTenantTable`; Django's own
    single-column constraint is left out, it could only say less at the same price.
    """

    def __init__(self, to: Any, on_delete: Any, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        super().__init__(to, on_delete, **kwargs)


class TenantModel(models.Model):
    """A row that belongs to exactly one network."""

    is_tenant_model: ClassVar[bool] = True
    # How a row hangs on a site: "self", a lookup path such as "charger__site", or None (network-wide only).
    site_path: ClassVar[str | None] = None
    # Rows that are never changed or deleted: the application role gets neither UPDATE nor DELETE on the table.
    append_only: ClassVar[bool] = False
    # Rows that the program keeps for itself and no person makes or changes (queues, positions): they have no verbs.
    is_internal: ClassVar[bool] = False
    # Fields too large to be read where a row is only listed, named or chosen (such as the outline of a district).
    heavy_fields: ClassVar[tuple[str, ...]] = ()
    # Fields that take a right of their own to be seen, with that right (see `core.field_rules`).
    field_rules: ClassVar[Mapping[str, str]] = {}

    network = models.ForeignKey(
        "security.Network", on_delete=models.PROTECT, editable=False, related_name="+", db_index=False
    )

    objects = TenantManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"
        default_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save in the network in scope.

        Raises:
            ScopeError: no scope, or the row belongs to another network.
        """
        self.adopt(require_network())
        check_owner(self)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete in the network in scope.

        Raises:
            ScopeError: no scope, or the row belongs to another network.
        """
        check_owner(self)
        return super().delete(*args, **kwargs)

    def adopt(self, network: Any) -> None:
        """Give a new row to `network` unless it has one already; a foreign one is refused by `save`."""
        if self.network_id is None:
            self.network = network

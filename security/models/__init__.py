"""Networks, accounts, roles at places, work records."""

from security.models.accounts import Account
from security.models.networks import Network
from security.models.places import Assignment, NetworkPermission, PlacePermission, RoleGroup
from security.models.platform import DeletionState, ErasureRequest, NetworkDeletion
from security.models.records import WorkRecord
from security.models.retention import RetentionPeriod

__all__ = [
    "Account", "Assignment", "DeletionState", "ErasureRequest", "Network", "NetworkDeletion", "NetworkPermission",
    "PlacePermission", "RetentionPeriod", "RoleGroup", "WorkRecord",
]  # fmt: skip

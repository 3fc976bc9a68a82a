"""Networks, accounts, roles at places and their adaptations, approvals; work records, seals, watches, record sets."""

from security.models.accounts import Account
from security.models.adaptations import Effect, RoleAdaptation
from security.models.approvals import Approval, ApprovalState, DeedRule
from security.models.invitations import Invitation
from security.models.networks import Network
from security.models.places import Assignment, NetworkPermission, PlacePermission, RoleGroup, Source
from security.models.platform import DeletionState, ErasureRequest, NetworkDeletion
from security.models.record_sets import RecordSet, SetKind
from security.models.records import PlatformRecord, RecordFields, Result, WorkRecord
from security.models.retention import RetentionPeriod
from security.models.seals import PlatformSeal, Seal, SealFields, UnsealedPlatformRecord, UnsealedRecord
from security.models.watching import Alert, AlertState, WatchKind, WatchPosition, WatchRule

__all__ = [
    "Account",
    "Alert",
    "AlertState",
    "Approval",
    "ApprovalState",
    "Assignment",
    "DeedRule",
    "DeletionState",
    "Effect",
    "ErasureRequest",
    "Invitation",
    "Network",
    "NetworkDeletion",
    "NetworkPermission",
    "PlacePermission",
    "PlatformRecord",
    "PlatformSeal",
    "RecordFields",
    "RecordSet",
    "Result",
    "RetentionPeriod",
    "RoleAdaptation",
    "RoleGroup",
    "Seal",
    "SealFields",
    "SetKind",
    "Source",
    "UnsealedPlatformRecord",
    "UnsealedRecord",
    "WatchKind",
    "WatchPosition",
    "WatchRule",
    "WorkRecord",
]

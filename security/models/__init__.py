"""Networks, accounts, roles at places, work records with their seals, watch rules, work record sets."""

from security.models.accounts import Account
from security.models.networks import Network
from security.models.places import Assignment, NetworkPermission, PlacePermission, RoleGroup
from security.models.record_sets import RecordSet, SetKind
from security.models.records import PlatformRecord, RecordFields, Result, WorkRecord
from security.models.seals import PlatformSeal, Seal, SealFields, UnsealedPlatformRecord, UnsealedRecord
from security.models.watching import Alert, AlertState, WatchKind, WatchPosition, WatchRule

__all__ = [
    "Account",
    "Alert",
    "AlertState",
    "Assignment",
    "Network",
    "NetworkPermission",
    "PlacePermission",
    "PlatformRecord",
    "PlatformSeal",
    "RecordFields",
    "RecordSet",
    "Result",
    "RoleGroup",
    "Seal",
    "SealFields",
    "SetKind",
    "UnsealedPlatformRecord",
    "UnsealedRecord",
    "WatchKind",
    "WatchPosition",
    "WatchRule",
    "WorkRecord",
]

"""Networks, accounts, roles at places, adaptations, approvals, work records."""

from security.models.accounts import Account
from security.models.adaptations import Effect, RoleAdaptation
from security.models.approvals import Approval, ApprovalState, DeedRule
from security.models.invitations import Invitation
from security.models.networks import Network
from security.models.places import Assignment, NetworkPermission, PlacePermission, RoleGroup, Source
from security.models.records import WorkRecord

__all__ = [
    "Account",
    "Approval",
    "ApprovalState",
    "Assignment",
    "DeedRule",
    "Effect",
    "Invitation",
    "Network",
    "NetworkPermission",
    "PlacePermission",
    "RoleAdaptation",
    "RoleGroup",
    "Source",
    "WorkRecord",
]

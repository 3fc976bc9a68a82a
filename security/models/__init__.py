"""Networks, accounts, roles at places, work records."""

from security.models.accounts import Account
from security.models.invitations import Invitation
from security.models.networks import Network
from security.models.places import Assignment, NetworkPermission, PlacePermission, RoleGroup
from security.models.records import WorkRecord

__all__ = [
    "Account",
    "Assignment",
    "Invitation",
    "Network",
    "NetworkPermission",
    "PlacePermission",
    "RoleGroup",
    "WorkRecord",
]

"""Every write of people, roles and rights."""

from security.actions.adapting import adapt_role
from security.actions.giving import check_gift, end_assignments, give_role, withdraw_role
from security.actions.groups import bring_in_step, role_group, sync_permissions, sync_role_groups
from security.actions.refusals import NetworkRefused, RoleRefused
from security.actions.settings import change_network

__all__ = [
    "NetworkRefused",
    "RoleRefused",
    "adapt_role",
    "bring_in_step",
    "change_network",
    "check_gift",
    "end_assignments",
    "give_role",
    "role_group",
    "sync_permissions",
    "sync_role_groups",
    "withdraw_role",
]

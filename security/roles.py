"""The matrix: which role holds which permission. One table on one screen; every app's permissions stand here.

A permission is "<area>.<verb>_<thing>". Held at the network it covers everything of the network; held at a site, that
site and what hangs on it. Rights on the platform (networks, accounts, the database) are not in it: they belong to
platform administrators in the admin pages, who see no network's data by that.

What a network may change of it stands in `security.role_limits`.
"""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from core.errors import Text


class Role(TextChoices):
    """Roles that are held at a place. The platform administrator is an account's mark, not a role at a place."""

    DIRECTOR = "director", _("Network director")
    DISPATCHER = "dispatcher", _("Dispatcher")
    ANALYST = "analyst", _("Analyst")
    SITE_MANAGER = "site_manager", _("Site manager")
    SITE_OPERATOR = "site_operator", _("Station operator")
    DEPOT_CLERK = "depot_clerk", _("Depot clerk")
    STORE_CLERK = "store_clerk", _("Store clerk")
    TECHNICIAN = "technician", _("Technician")
    ACCOUNTANT = "accountant", _("Accountant")
    AUDITOR = "auditor", _("Auditor")


# The sorts of places: the network itself, and the kinds of sites by the names that `stations` registers.
NETWORK, STATION, DEPOT, STORE = "network", "charging_station", "distribution_centre", "member_store"
SITES = (STATION, DEPOT, STORE)


@dataclass(frozen=True)
class RoleFacts:
    """What people read about a role, and the sorts of places at which it can be held."""

    description: Text
    places: tuple[str, ...]


FACTS: dict[Role, RoleFacts] = {
    Role.DIRECTOR: RoleFacts(_("Leads the network: sees everything, gives roles, decides."), (NETWORK,)),
    Role.DISPATCHER: RoleFacts(_("Watches all sites and takes equipment in and out of service."), (NETWORK,)),
    Role.ANALYST: RoleFacts(_("Reads figures and reports, plans sites; changes no records of work."), (NETWORK,)),
    Role.SITE_MANAGER: RoleFacts(_("Runs one site: its data, its equipment, its sessions."), SITES),
    Role.SITE_OPERATOR: RoleFacts(_("Works at a charging station: sessions, swaps, faults."), (STATION,)),
    Role.DEPOT_CLERK: RoleFacts(_("Works at a battery distribution centre: receives, stores, ships."), (DEPOT,)),
    Role.STORE_CLERK: RoleFacts(_("Works at a battery member store: members, rentals, sales."), (STORE,)),
    Role.TECHNICIAN: RoleFacts(_("Repairs equipment, at certain sites or on the road for all."), (NETWORK, *SITES)),
    Role.ACCOUNTANT: RoleFacts(_("Keeps the books: costs and money of all sites."), (NETWORK,)),
    Role.AUDITOR: RoleFacts(_("Reads everything, changes nothing."), (NETWORK,)),
}

# Who needs a second factor to sign in, whatever the network asks of others.
SECOND_FACTOR_ROLES = frozenset({Role.DIRECTOR, Role.ACCOUNTANT})

# Letters make the table below readable: P dispatches, N analyses, F is finance.
D, P, N, M, O = Role.DIRECTOR, Role.DISPATCHER, Role.ANALYST, Role.SITE_MANAGER, Role.SITE_OPERATOR  # noqa: E741
C, S, T, F, A = Role.DEPOT_CLERK, Role.STORE_CLERK, Role.TECHNICIAN, Role.ACCOUNTANT, Role.AUDITOR
ALL = (D, P, N, M, O, C, S, T, F, A)

MATRIX: dict[str, tuple[Role, ...]] = {
    # the network's own pages
    "network.view_dashboard": ALL,
    "network.change_network": (D,),
    # people and rights
    "security.view_assignment": (D, A),
    "security.give_role": (D,),
    "security.view_invitation": (D, A),
    "security.view_workrecord": (D, A),
    "security.view_role": ALL,
    "security.adapt_role": (D,),
    "security.view_approval": (D, F, A),
    "security.decide_approval": (D,),
    "security.change_deedrule": (D,),
    "security.view_alert": (D, A),
    "security.answer_alert": (D,),
    "security.view_watchrule": (D, A),
    "security.change_watchrule": (D,),
    "security.view_recordset": (D, A),
    "security.make_recordset": (D,),
    "security.view_retention": (D, A),
    "security.change_retention": (D,),
    "security.export_person": (D,),
    "security.erase_person": (D,),
    # jobs and imports
    "core.view_job": (D, A),
    "core.cancel_job": (D,),
    "core.view_importrun": (D, M, O, A),
    # sites and equipment
    "stations.view_district": ALL,
    "stations.add_district": (D,),
    "stations.change_district": (D,),
    "stations.delete_district": (D,),
    "stations.import_district": (D,),
    "stations.view_site": ALL,
    "stations.view_site_phone": (D, P, M, O, C, S, T, A),
    "stations.add_site": (D,),
    "stations.change_site": (D, M, O),
    "stations.close_site": (D,),
    "stations.import_site": (D,),
    "stations.view_charger": ALL,
    "stations.add_charger": (D, M, O),
    "stations.change_charger": (D, P, M, O, T),
    "stations.delete_charger": (D,),
    "stations.import_charger": (D,),
    "stations.view_connector": ALL,
    "stations.add_connector": (D, M, O),
    "stations.change_connector": (D, P, M, O, T),
    "stations.delete_connector": (D,),
    "stations.import_connector": (D,),
    "stations.match_site": (D, N),
    # charging sessions
    "charging.view_session": (D, P, N, M, O, S, F, A),
    "charging.view_session_customer": (D, M, O, A),
    "charging.view_session_price": (D, N, M, O, F, A),
    "charging.import_session": (D,),
    "charging.review_session": (D, M, O),
    # reports
    "charging.view_operations_report": (D, P, N, M, O, F, A),
}


def permissions_of(role: str) -> list[str]:
    """The permissions that `role` holds by the matrix, sorted."""
    return sorted(permission for permission, roles in MATRIX.items() if role in roles)


def is_reading(permission: str) -> bool:
    """Whether a permission lets people look and nothing else."""
    return permission.partition(".")[2].startswith("view_")

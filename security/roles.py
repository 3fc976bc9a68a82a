"""The matrix: which role holds which permission. One table on one screen; every app's permissions stand here.

A permission is "<area>.<verb>_<thing>". Held at the network it covers everything of the network; held at a site, that
site and what hangs on it. Rights on the platform (networks, accounts, the database) are not in it: they belong to
platform administrators in the admin pages, who see no network's data by that.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """Roles that are held at a place. The platform administrator is an account's mark, not a role at a place."""

    DIRECTOR = "director", _("Network director")
    SITE_OPERATOR = "site_operator", _("Site operator")
    AUDITOR = "auditor", _("Auditor")


D, O, A = Role.DIRECTOR, Role.SITE_OPERATOR, Role.AUDITOR  # noqa: E741 (letters make the table below readable)

MATRIX: dict[str, tuple[Role, ...]] = {
    # the network's own pages
    "network.view_dashboard": (D, O, A),
    "network.change_network": (D,),
    "security.view_assignment": (D, A),
    "security.give_role": (D,),
    "security.view_workrecord": (D, A),
    "security.view_retention": (D, A),
    "security.change_retention": (D,),
    "security.export_person": (D,),
    "security.erase_person": (D,),
    # jobs and imports
    "core.view_job": (D, A),
    "core.cancel_job": (D,),
    "core.view_importrun": (D, O, A),
    # sites and equipment
    "stations.view_district": (D, O, A),
    "stations.add_district": (D,),
    "stations.change_district": (D,),
    "stations.delete_district": (D,),
    "stations.import_district": (D,),
    "stations.view_site": (D, O, A),
    "stations.add_site": (D,),
    "stations.change_site": (D, O),
    "stations.close_site": (D,),
    "stations.import_site": (D,),
    "stations.view_charger": (D, O, A),
    "stations.add_charger": (D, O),
    "stations.change_charger": (D, O),
    "stations.delete_charger": (D,),
    "stations.import_charger": (D,),
    "stations.view_connector": (D, O, A),
    "stations.add_connector": (D, O),
    "stations.change_connector": (D, O),
    "stations.delete_connector": (D,),
    "stations.import_connector": (D,),
    "stations.match_site": (D,),
    # charging sessions
    "charging.view_session": (D, O, A),
    "charging.import_session": (D,),
    "charging.review_session": (D, O),
    # reports
    "charging.view_operations_report": (D, O, A),
}


def permissions_of(role: str) -> list[str]:
    """The permissions that `role` holds, sorted."""
    return sorted(permission for permission, roles in MATRIX.items() if role in roles)

"""What permissions are called, and under which title they stand, for people."""

from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.errors import Text

AREAS: dict[str, Text] = {
    "network": _("The network"),
    "security": _("People and rights"),
    "core": _("Jobs and imports"),
    "stations": _("Sites and equipment"),
    "charging": _("Charging sessions"),
}

TEXTS: dict[str, Text] = {
    "network.view_dashboard": _("Open the network and its dashboard"),
    "network.change_network": _("Change the settings of the network"),
    "security.view_assignment": _("See who holds which role"),
    "security.give_role": _("Give and withdraw roles"),
    "security.view_workrecord": _("See the work records"),
    "security.view_alert": _("See alerts"),
    "security.answer_alert": _("Answer alerts"),
    "security.view_watchrule": _("See watch rules"),
    "security.change_watchrule": _("Change watch rules"),
    "security.view_recordset": _("See work record sets"),
    "security.make_recordset": _("Make work record sets"),
    "security.view_invitation": _("See open invitations"),
    "security.view_retention": _("See how long data are kept"),
    "security.change_retention": _("Change how long data are kept"),
    "security.export_person": _("Export a person's data"),
    "security.erase_person": _("Erase a person's data"),
    "security.view_role": _("See what roles may do"),
    "security.adapt_role": _("Change what roles may do"),
    "security.view_approval": _("See approvals"),
    "security.decide_approval": _("Decide approvals"),
    "security.change_deedrule": _("Choose which deeds need a second person"),
    "core.view_job": _("See the jobs of others"),
    "core.cancel_job": _("Cancel jobs of others"),
    "core.view_importrun": _("See imports"),
    "stations.view_district": _("See districts"),
    "stations.add_district": _("Make districts"),
    "stations.change_district": _("Change districts"),
    "stations.delete_district": _("Delete districts"),
    "stations.import_district": _("Import districts"),
    "stations.view_site": _("See sites"),
    "stations.view_site_phone": _("See phone numbers of sites"),
    "stations.add_site": _("Make sites"),
    "stations.change_site": _("Change sites"),
    "stations.close_site": _("Close sites"),
    "stations.import_site": _("Import sites"),
    "stations.view_charger": _("See chargers"),
    "stations.add_charger": _("Make chargers"),
    "stations.change_charger": _("Change chargers"),
    "stations.delete_charger": _("Delete chargers"),
    "stations.import_charger": _("Import chargers"),
    "stations.view_connector": _("See connectors"),
    "stations.add_connector": _("Make connectors"),
    "stations.change_connector": _("Change connectors"),
    "stations.delete_connector": _("Delete connectors"),
    "stations.import_connector": _("Import connectors"),
    "stations.match_site": _("Match listings of registers with sites"),
    "charging.view_session": _("See charging sessions"),
    "charging.view_session_customer": _("See whose card or contract was used"),
    "charging.view_session_price": _("See what sessions cost"),
    "charging.import_session": _("Import charging sessions"),
    "charging.review_session": _("Decide about doubtful sessions"),
    "charging.view_operations_report": _("See the operations report"),
}

_VERBS: dict[str, Text] = {
    "view": _("See: %(thing)s"),
    "add": _("Make: %(thing)s"),
    "change": _("Change: %(thing)s"),
    "delete": _("Delete: %(thing)s"),
    "import": _("Import: %(thing)s"),
}


def permission_text(permission: str) -> str:
    """What a permission lets people do; one without words of its own is told by its name."""
    if permission in TEXTS:
        return str(TEXTS[permission])
    verb, _underscore, thing = permission.partition(".")[2].partition("_")
    words = thing.replace("_", " ")
    return str(_VERBS[verb]) % {"thing": words} if verb in _VERBS else capfirst(f"{verb} {words}")


def area_text(permission: str) -> str:
    """The title under which a permission stands."""
    area = permission.partition(".")[0]
    return str(AREAS.get(area, capfirst(gettext(area))))

"""The verbs of this app."""

from django.utils.translation import gettext_lazy as _

from core.records import register_verb
from core.topics import register_topic

register_topic("records", "security.view_workrecord")
register_topic("alerts", "security.view_alert")

register_verb("network.changed", _("Network changed"))
register_verb("role.given", _("Role given"))
register_verb("role.withdrawn", _("Role withdrawn"))
register_verb("account.signed-in", _("Signed in"))
register_verb("alert.raised", _("Alert raised"))
register_verb("alert.explained", _("Alert explained"))
register_verb("alert.escalated", _("Alert escalated"))
register_verb("alert.closed", _("Alert closed"))
register_verb("record-set.made", _("Work record set made"))
register_verb("record-set.printed", _("Work record set printed"))
register_verb("platform.network-made", _("Network made"))
register_verb("platform.added", _("Made in the administration"))
register_verb("platform.changed", _("Changed in the administration"))
register_verb("platform.deleted", _("Deleted in the administration"))
register_verb("platform.role-given", _("Role given in the administration"))

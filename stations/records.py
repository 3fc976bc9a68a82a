"""The verbs of work records that this app uses."""

from django.utils.translation import gettext_lazy as _

from core.records import register_verb

register_verb("site.closed", _("Site closed"))
register_verb("site.closing-planned", _("Closing of a site planned"))
register_verb("site.closing-withdrawn", _("Planned closing of a site withdrawn"))
register_verb("site.status-changed", _("Status of a site changed"))
register_verb("charger.state-changed", _("State of a charger changed"))
register_verb("connector.state-changed", _("State of a connector changed"))
register_verb("site.printed", _("Site sheet printed"))
register_verb("site-list.printed", _("List of sites printed"))
register_verb("listing.decided", _("Listing matched by a person"))

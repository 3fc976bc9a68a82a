"""The verbs of work records that this app uses."""

from django.utils.translation import gettext_lazy as _

from core.records import register_verb

register_verb("session.recorded", _("Session recorded"))
register_verb("session.accepted", _("Doubtful session accepted"))
register_verb("session.corrected", _("Doubtful session corrected"))
register_verb("session.rejected", _("Doubtful session rejected"))

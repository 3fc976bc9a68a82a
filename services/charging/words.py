"""What people read about doubts: why a session was set aside, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from core.errors import Text
from services.charging.models import Doubt

EXPLANATIONS: Mapping[str, Text] = {
    Doubt.UNKNOWN_CHARGER: _(
        "No charger and connector of the network goes by what the source tells. Correct it, or add the charger and "
        "import the file again."
    ),
    Doubt.TEST_SITE: _("It took place at a test site, where no customer charges."),
    Doubt.OPEN: _("The source tells no end or no energy: it was still going on, or its end got lost."),
    Doubt.NO_SUCH_TIME: _("The clocks were set forward over this time, so no clock ever showed it."),
    Doubt.AMBIGUOUS_TIME: _(
        "The clocks were set back and showed this time twice; the source does not say which it was."
    ),
    Doubt.ENDS_BEFORE_START: _("The source tells an end that is before the start."),
    Doubt.NEGATIVE_ENERGY: _("The meter seems to have run backwards, or its readings were mixed up."),
    Doubt.IMPOSSIBLE_ENERGY: _("More than 1,000 kWh: more than the battery of any vehicle on the road holds."),
    Doubt.ABOVE_RATED_POWER: _(
        "More energy than the connector can give in that time. If its rated power is wrong, correct that and accept "
        "the session."
    ),
    Doubt.TOO_LONG: _("It lasted longer than 24 hours. Often nobody unplugged, or the charger lost the end."),
    Doubt.OVERLAP: _("Another session was charging at this connector at the same time; one of them must be wrong."),
}

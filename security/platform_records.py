"""Where the deeds of platform administrators are recorded: the one place that all of them go through."""

import logging
from typing import Any

from django.utils.translation import gettext_lazy as _

from core import context, records
from core.records import register_verb

logger = logging.getLogger("chargenet.platform")

for _verb, _text in {
    "network.created": _("Network made"),
    "network.suspended": _("Network suspended"),
    "network.resumed": _("Network resumed"),
    "network.deletion-asked": _("Deletion of a network asked for"),
    "network.deleted": _("Network deleted"),
    "network.entered": _("Network entered by a platform administrator"),
    "account.created": _("Account made"),
    "account.changed": _("Account changed"),
    "account.deactivated": _("Account deactivated"),
    "account.sessions-ended": _("Sessions of an account ended"),
    "account.erased": _("Account erased"),
    "platform.changed": _("Platform setting changed"),
    "retention.applied": _("Data past its retention deleted"),
    "retention.changed": _("Retention period changed"),
    "person.exported": _("Data of a person exported"),
    "person.erasure-asked": _("Erasure of a person asked for"),
}.items():
    register_verb(_verb, _text)


def platform_deed(
    verb: str,
    *,
    target: Any = None,
    actor: Any = None,
    summary: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Record a deed on the platform's own tables, outside of any network.

    The log gets numbers and names of fields only, never what stands in them: no personal data in logs.
    """
    actor = actor or context.current_actor()
    keep = getattr(records, "record_platform", None)
    if keep is not None:
        keep(verb, target=target, actor=actor, summary=summary, before=before or {}, after=after or {})
    logger.info(
        "%s",
        verb,
        extra={
            "verb": verb,
            "account": getattr(actor, "pk", None) or "",
            "target": f"{target._meta.label_lower}:{target.pk}" if target is not None else "",
            "fields": sorted({**(before or {}), **(after or {})}),
        },
    )

"""What deleting a record does, as the page before it says it: what goes, what changes, what stands in the way."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core import formatting
from core.crud.addresses import Linker, views_of
from core.crud.dependents import Dependents, dependents_of, things
from core.crud.paging import EXACT, count_up_to
from core.crud.versions import has_history
from core.errors import Text
from core.parts import Consequence, Link

MOST_BLOCKERS = 5


def consequences_of(request: HttpRequest, row: Any) -> tuple[list[Consequence], list[Text | Link]]:
    """What deleting a row does to the rows that hang on it, and which of them forbid it."""
    consequences = [Consequence(f"{capfirst(row._meta.verbose_name)} “{row}”", "removed", 1)]
    blockers: list[Text | Link] = []
    for found in dependents_of(row):
        count = count_up_to(found.rows)
        if not count:
            continue
        if found.effect == "blocking":
            blockers += _blockers(request, found, count)
        else:
            effect = "removed" if found.effect == "removed" else "changed"
            consequences.append(Consequence(things(found.model), effect, count))  # type: ignore[arg-type]
    if has_history(type(row)):
        consequences.append(Consequence(_("Its history and the work records about it"), "kept"))
    return consequences, blockers


def _blockers(request: HttpRequest, found: Dependents, count: int) -> list[Text | Link]:
    """The first of the rows in the way that the reader may see, with links; the others by number."""
    views = views_of(found.model)
    shown: list[Text | Link] = []
    if views is not None and views.allows(request, "view"):
        linker = Linker(request)
        rows = found.model.objects.filter(pk__in=views.rows(request, views.permissions["view"]).values("pk"))
        rows = rows.filter(pk__in=found.rows.values("pk")).order_by(*views.default_order())
        for other in views.with_keys(rows)[:MOST_BLOCKERS]:
            shown.append(Link(f"{capfirst(other._meta.verbose_name)} {other}", linker.url(other)))
    left = count - len(shown)
    if left:
        number = _("more than %(count)s") % {"count": formatting.number(EXACT)} if count > EXACT else left
        meta = found.model._meta
        words = _("%(count)s more %(things)s") if shown else _("%(count)s %(things)s")
        shown.append(words % {"count": number, "things": meta.verbose_name if left == 1 else meta.verbose_name_plural})
    return shown

"""Creating and changing sites: the generic write, with the rules of supply in words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.crud.actions import save_row
from core.locking import lock
from stations.actions.sites import SiteRefused
from stations.models import Site
from stations.queries import sites_supplied_by
from stations.vocabulary import SiteKind, SiteStatus


@transaction.atomic
def keep_site(*, row: Site, actor: Any, now: datetime, reason: str = "") -> Site:
    """Store a new or changed site.

    Raises:
        SiteRefused: its supplier is no distribution centre in service, or it supplies others and would become
            something else than a distribution centre.
    """
    if row.supplied_by_id is not None and row.status != SiteStatus.CLOSED:
        _check_supplier(row)
    if row.pk is not None and row.kind != SiteKind.DISTRIBUTION_CENTRE:
        supplied = list(sites_supplied_by(row).order_by("code").values_list("code", flat=True)[:10])
        if supplied:
            raise SiteRefused(
                _("It supplies %(sites)s and must stay a distribution centre."),
                params={"sites": ", ".join(supplied)},
                field="kind",
                code="supplies",
            )
    kept: Site = save_row(row=row, actor=actor, now=now, reason=reason)
    return kept


def _check_supplier(row: Site) -> None:
    found: list[Site] = lock(Site.objects.filter(pk=row.supplied_by_id))
    if not found or found[0].kind != SiteKind.DISTRIBUTION_CENTRE or found[0].status == SiteStatus.CLOSED:
        raise SiteRefused(
            _("Only a distribution centre that is not closed can supply a site."),
            field="supplied_by",
            code="no-supplier",
        )

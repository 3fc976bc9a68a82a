"""Which site a listing of a register is about: what a person decides."""

from __future__ import annotations

from collections.abc import Container
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from core.codes import suggest_code
from core.errors import Refusal
from core.locking import lock
from core.records import record
from stations.actions.saving import save_with_reason
from stations.models import District, Site, SiteListing
from stations.models.listings import MatchState
from stations.vocabulary import SiteKind, SiteService, SiteStatus


class ListingRefused(Refusal):
    """A listing cannot be decided like this."""


class Decision(TextChoices):
    """What a person can say about a listing."""

    SAME = "same", _("It is this site of ours")
    NEW = "new", _("It is a site that we do not have yet")
    NONE = "none", _("It is none of our sites")


@transaction.atomic
def decide_listing(
    *,
    listing: SiteListing,
    decision: str,
    reason: str,
    actor: Any,
    now: datetime,
    site: Site | None = None,
    code: str = "",
    name: str = "",
    seen: str | None = None,
) -> SiteListing:
    """Settle which site a listing is about, or settle it anew.

    `site` goes with SAME; `code` and `name` (that of the listing if empty) with NEW, which makes an open charging
    station at the listing's place. `seen` is `version_of` the listing that the person looked at, None to go ahead
    anyway. Safe to repeat: a decision that stands already is left as it is.

    Raises:
        ListingRefused: no reason, no site, no code or one that is taken, or somebody else decided meanwhile.
    """
    if not reason.strip():
        raise ListingRefused(_("Say why, for those who come after you."), field="reason", code="no-reason")
    # Its site is read after the lock: joined to it, a site made while this waited would be missing.
    (listing,) = lock(SiteListing.objects.filter(pk=listing.pk))
    if _stands(listing, decision, site, code):
        return listing
    if seen is not None and seen != version_of(listing):
        raise ListingRefused(
            _("Somebody decided about this listing while you looked at it. Look again."), code="decided-meanwhile"
        )
    before = _standing(listing)
    listing.site = _site_for(listing, decision, site, code, name)
    listing.state = MatchState.REJECTED if listing.site is None else MatchState.MATCHED
    listing.decided_by, listing.decided_at, listing.reason = actor, now, reason.strip()[:300]
    save_with_reason(listing, listing.reason)
    record("listing.decided", target=listing, actor=actor, summary=reason, before=before, after=_standing(listing))
    return listing


def version_of(listing: SiteListing) -> str:
    """A mark of what is settled about a listing; it differs after every decision."""
    decided = listing.decided_at.isoformat() if listing.decided_at else ""
    return f"{listing.state}:{listing.site_id or ''}:{decided}"


def _stands(listing: SiteListing, decision: str, site: Site | None, code: str) -> bool:
    """Whether a person decided exactly this already."""
    if listing.decided_at is None:
        return False
    if decision == Decision.NONE:
        return listing.state == MatchState.REJECTED
    if listing.site is None:
        return False
    wanted = site.code if site is not None and decision == Decision.SAME else code.strip().upper()
    return listing.site.code == wanted


def _site_for(listing: SiteListing, decision: str, site: Site | None, code: str, name: str) -> Site | None:
    if decision == Decision.NONE:
        return None
    if decision == Decision.SAME:
        if site is None:
            raise ListingRefused(_("Choose the site that it is."), field="site", code="no-site")
        return site
    if decision == Decision.NEW:
        return _new_site(listing, code, name)
    raise ListingRefused(_("Choose what it is."), field="decision", code="no-decision")


def _new_site(listing: SiteListing, code: str, name: str) -> Site:
    if not code.strip():
        raise ListingRefused(_("A new site needs a code."), field="code", code="no-code")
    district = District.objects.filter(code=listing.zone_code).first() if listing.zone_code else None
    site = site_of_listing(listing, code=code, name=name)
    site.district = district
    try:
        with transaction.atomic():
            save_with_reason(site, f"{listing.source} {listing.external_id}")
    except IntegrityError as error:
        raise ListingRefused(
            _("There is a site %(code)s already."), params={"code": code.upper()}, field="code", code="code-taken"
        ) from error
    return site


def site_of_listing(listing: SiteListing, *, code: str, name: str = "") -> Site:
    """The charging station that a listing describes, not saved: open, at the listing's place.

    One without a single pile is suspended, as nobody can charge there. The district is left to the caller.
    """
    return Site(
        code=code,
        name=name.strip() or listing.name or f"{listing.source} {listing.external_id}",
        kind=SiteKind.CHARGING_STATION,
        status=SiteStatus.SUSPENDED if listing.piles == 0 else SiteStatus.OPEN,
        latitude=listing.latitude,
        longitude=listing.longitude,
        services=[SiteService.CHARGING],
    )


def suggested_code(listing: SiteListing, taken: Container[str]) -> str:
    """A free code for the site that a listing describes: made of its name, else of the source and the number in it."""
    # A name in another script would leave little of itself in a code.
    stem = listing.name if listing.name and listing.name.isascii() else f"{listing.source} {listing.external_id}"
    return suggest_code(stem, taken, fallback="SITE")


def _standing(listing: SiteListing) -> dict[str, Any]:
    """What a decision changes, for the work record."""
    return {"state": str(listing.state), "site": listing.site.code if listing.site else None}

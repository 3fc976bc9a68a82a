"""Sites, chargers and connectors by the names that a file of sessions gives them, and those that it asks to be made.

While a file is read, equipment that will be made has negative ids, so that sessions can be judged before anything is
written; `make` writes it and tells the true ids.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.translation import gettext as _

from core.codes import MAX_LENGTH, normalise_code, suggest_code
from core.history import bulk_create_with_history, bulk_update_with_history
from core.importing.changes import Changes
from services.charging.models import ChargingSession
from stations.models import Charger, Connector, Site
from stations.registers.dundee import guess_model, is_test_site
from stations.vocabulary import ChargingMethod, Current, SiteService, SiteStatus

SHORT_NAME = 20
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


class Place(NamedTuple):
    """Where a session took place, as far as it is known; negative ids are of equipment yet to be made.

    Equal tellings are one place, by its number.
    """

    number: int
    charger_told: str
    site_told: str
    site_id: int | None
    charger_id: int | None
    connector_id: int | None
    at_test_site: bool
    rated_kw: Decimal | None


@dataclass(slots=True)
class _Site:
    id: int
    name: str
    is_test: bool
    code: str = ""


@dataclass(slots=True)
class _Charger:
    id: int
    code: str
    site: _Site | None
    rated_kw: Decimal | None
    model: str = ""
    connectors: dict[int, tuple[int, Decimal | None]] = field(default_factory=dict)
    # The newest session of the file at a site where customers charge.
    seen_at: datetime = _BEFORE_ALL
    seen_site: _Site | None = None


class NewIds(NamedTuple):
    """Ids given to equipment while the file was read → true ids."""

    sites: dict[int, int]
    chargers: dict[int, int]
    connectors: dict[int, int]

    def of(self, place: Place) -> tuple[int | None, int | None, int | None]:
        """The true ids of a place's site, charger and connector."""
        site, charger, connector = place.site_id, place.charger_id, place.connector_id
        return (
            self.sites.get(site, site) if site is not None else None,
            self.chargers.get(charger, charger) if charger is not None else None,
            self.connectors.get(connector, connector) if connector is not None else None,
        )


class Equipment:
    """The equipment of the network in scope, looked up by what a file tells."""

    def __init__(self, *, create_missing: bool, town: str) -> None:
        self._create = create_missing
        self._town = re.compile(rf"\s*[,.]\s*{re.escape(town)}\s*$", re.IGNORECASE) if town else None
        self._sites: dict[str, _Site] = {}
        self._site_codes: set[str] = set()
        self._chargers: dict[str, _Charger] = {}
        self._places: dict[tuple[str, int | None, str, str], tuple[Place, _Charger | None, _Site | None]] = {}
        self._new_sites: list[_Site] = []
        self._new_chargers: list[_Charger] = []
        self._new_connectors: list[tuple[int, _Charger, int, Decimal | None, str]] = []
        self._load()

    def _load(self) -> None:
        by_id = {}
        for pk, code, name, is_test in Site.objects.order_by("-pk").values_list("pk", "code", "name", "is_test"):
            site = by_id[pk] = _Site(pk, name, is_test, code)
            self._sites[self._site_key(name)] = site
            self._site_codes.add(code)
        for site in by_id.values():
            self._sites[self._site_key(site.code)] = site
        chargers = {}
        for pk, code, site_id, rated in Charger.objects.values_list("pk", "code", "site_id", "rated_kw"):
            chargers[pk] = self._chargers[code] = _Charger(pk, code, by_id[site_id], rated)
        for pk, charger_id, number, rated in Connector.objects.values_list("pk", "charger_id", "number", "rated_kw"):
            chargers[charger_id].connectors[number] = (pk, rated)

    def site_name(self, text: str) -> str:
        """The one name of a site that goes by several."""
        plain = " ".join(text.split())
        return (self._town.sub("", plain) if self._town else "") or plain

    def _site_key(self, text: str) -> str:
        return unicodedata.normalize("NFKC", self.site_name(text)).casefold()

    def place(self, charger: str, connector: int | None, site: str, model: str, at: datetime) -> Place:
        """Where a session that began at `at` took place. Makes what is missing known when the file asks for it."""
        told = (charger, connector, site, model)
        found = self._places.get(told)
        if found is None:
            found = self._places[told] = self._find(*told)
        place, unit, told_site = found
        if unit is not None and told_site is not None and not told_site.is_test and at > unit.seen_at:
            unit.seen_at, unit.seen_site = at, told_site
        return place

    def _find(
        self, charger: str, connector: int | None, site: str, model: str
    ) -> tuple[Place, _Charger | None, _Site | None]:
        told_site = self._site(site)
        unit = self._charger(charger, told_site, model)
        where = told_site or (unit.site if unit else None)
        at_test_site = where.is_test if where else is_test_site(site)
        connector_id, rated = self._connector(unit, connector, model) if unit else (None, None)
        rated = rated if rated is not None or unit is None else unit.rated_kw
        place = Place(
            len(self._places),
            charger,
            site,
            where.id if where else None,
            unit.id if unit else None,
            connector_id,
            at_test_site,
            rated,
        )
        return place, unit, told_site

    def places(self) -> Iterator[Place]:
        """All places that were told, by their numbers."""
        return (place for place, _unit, _site in self._places.values())

    def _site(self, text: str) -> _Site | None:
        if not text:
            return None
        key = self._site_key(text)
        if key not in self._sites and self._create:
            name = self.site_name(text)
            site = _Site(-1 - len(self._new_sites), name, is_test_site(text))
            site.code = suggest_code(short_name(name), self._site_codes, fallback="SITE")
            self._site_codes.add(site.code)
            self._new_sites.append(site)
            self._sites[key] = site
        return self._sites.get(key)

    def _charger(self, text: str, site: _Site | None, model: str) -> _Charger | None:
        code = charger_code(text)
        if code and code not in self._chargers and self._create and site is not None:
            guess = guess_model(model)
            # The plate of an AC charger tells the power of one outlet.
            outlets = guess.outlets if guess.method == ChargingMethod.AC else None
            rated = None if guess.kw is None else guess.kw * (outlets or 1)
            unit = _Charger(-1 - len(self._new_chargers), code, site, rated, model)
            self._new_chargers.append(unit)
            self._chargers[code] = unit
        return self._chargers.get(code)

    def _connector(self, unit: _Charger, number: int | None, model: str) -> tuple[int | None, Decimal | None]:
        if number is None:
            # One plug needs no number; of several nobody knows which.
            if len(unit.connectors) == 1:
                return next(iter(unit.connectors.values()))
            if unit.connectors:
                return None, None
            number = 1
        if number not in unit.connectors and self._create:
            kw = guess_model(model).kw
            pk = -1 - len(self._new_connectors)
            unit.connectors[number] = (pk, kw)
            self._new_connectors.append((pk, unit, number, kw, model))
        return unit.connectors.get(number, (None, None))

    def make(self, changes: Changes, reason: str) -> NewIds:
        """Write the equipment that is missing, with history, and tell `changes`, for the undo.

        Chargers stand where their newest session took place, test sites apart: those that are there already move.
        """
        ids = NewIds({}, {}, {})
        sites = [self._site_row(site) for site in self._new_sites]
        _create(Site, sites, changes, reason)
        ids.sites.update({site.id: row.pk for site, row in zip(self._new_sites, sites, strict=True)})
        chargers = [self._charger_row(unit, ids) for unit in self._new_chargers]
        _create(Charger, chargers, changes, reason)
        ids.chargers.update({unit.id: row.pk for unit, row in zip(self._new_chargers, chargers, strict=True)})
        connectors = [
            Connector(
                charger_id=ids.chargers.get(unit.id, unit.id),
                number=number,
                rated_kw=kw,
                current=Current.DC if guess_model(model).method == ChargingMethod.DC else Current.UNKNOWN,
            )
            for _pk, unit, number, kw, model in self._new_connectors
        ]
        _create(Connector, connectors, changes, reason)
        ids.connectors.update({new[0]: row.pk for new, row in zip(self._new_connectors, connectors, strict=True)})
        self._move(ids, changes, reason)
        return ids

    def _site_row(self, site: _Site) -> Site:
        services = [] if site.is_test else [SiteService.CHARGING]
        return Site(code=site.code, name=site.name, status=SiteStatus.OPEN, is_test=site.is_test, services=services)

    def _charger_row(self, unit: _Charger, ids: NewIds) -> Charger:
        guess = guess_model(unit.model)
        site = unit.seen_site or unit.site
        if site is None:
            raise ValueError(f"charger {unit.code} was to be made without a site")
        return Charger(
            site_id=ids.sites.get(site.id, site.id),
            code=unit.code,
            vendor=guess.vendor[:100],
            model=guess.model[:100],
            method=guess.method or ChargingMethod.AC,
            rated_kw=unit.rated_kw,
            note=""
            if guess.kw is None or guess.kw_is_stated
            else _("Power as usual for such models; nobody stated it."),
        )

    def _move(self, ids: NewIds, changes: Changes, reason: str) -> None:
        """Put chargers where their newest session was, unless a session that came before is newer still."""
        if not self._create:
            return
        moved = {
            unit.id: unit
            for unit in self._chargers.values()
            if unit.id > 0 and unit.seen_site is not None and unit.seen_site is not unit.site
        }
        newest = dict(
            ChargingSession.objects.filter(charger__in=moved, site__is_test=False)
            .order_by()
            .values_list("charger")
            .annotate(at=Max("started_at"))
        )
        moved = {pk: unit for pk, unit in moved.items() if newest.get(pk, _BEFORE_ALL) < unit.seen_at}
        rows = list(Charger.objects.filter(pk__in=moved).order_by("pk"))
        if not rows:
            return
        changes.changing(Charger, [row.pk for row in rows])
        for row in rows:
            site = moved[row.pk].seen_site
            if site is not None:
                row.site_id = ids.sites.get(site.id, site.id)
        bulk_update_with_history(Charger, rows, ["site"], reason=reason)


def _create(model: type, rows: Iterable[object], changes: Changes, reason: str) -> None:
    made = list(rows)
    if made:
        bulk_create_with_history(model, made, reason=reason)
        changes.made(model, [row.pk for row in made])  # type: ignore[attr-defined]


def charger_code(text: str) -> str:
    """The code of a charger that a file calls `text`; "" when no code can be made of it.

    A code is taken as it stands; in other names, such as "DE*ABC*E1", what no code can have becomes a hyphen.
    """
    try:
        return normalise_code(text) if text.strip() else ""
    except ValidationError:
        plain = unicodedata.normalize("NFKC", text).upper()
        return re.sub(r"[^A-Z0-9._-]+", "-", plain).strip("-._")[:MAX_LENGTH]


def short_name(name: str) -> str:
    """As many whole words of a name as make a code that people can still say."""
    short = ""
    for word in name.split():
        longer = f"{short} {word}".strip()
        if short and len(longer) > SHORT_NAME:
            break
        short = longer
    return short

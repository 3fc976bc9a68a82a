"""The sites of the German register: one for each operator at each address, as the register numbers neither."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.importing.importer import Context
from stations.geo import Place, distance_m
from stations.importers.naming import NamedSites
from stations.importers.places import kept
from stations.importers.targets import Target
from stations.importers.writing import insert
from stations.models import Site
from stations.registers.germany import GermanStation
from stations.vocabulary import SiteKind, SiteService, SiteStatus

_Key = tuple[str, ...]


@dataclass(slots=True, eq=False)
class GermanSite(Target):
    """A site of the network, present or to be made, with the place where it is drawn."""

    place: Place | None = None

    def metres_to(self, other: Place) -> float:
        """How far away a place is; 0 while the site has none."""
        return 0.0 if self.place is None else distance_m(self.place, other)


@dataclass(slots=True)
class GermanSites:
    """Sites by operator and address: those of the network, and those that the rows so far ask for.

    A new site stands where the first row of its address does.
    """

    named: NamedSites
    _by_key: dict[_Key, GermanSite] = field(default_factory=dict)
    _new: list[tuple[GermanSite, GermanStation]] = field(default_factory=list)
    made: int = 0

    @classmethod
    def of_network(cls) -> GermanSites:
        """Those with an operator and an address, with one query."""
        sites = cls(NamedSites.of_network())
        rows = Site.objects.exclude(operator="").order_by("pk")
        texts = ("operator", "postcode", "town", "address", "region")
        for pk, code, latitude, longitude, *told in rows.values_list("pk", "code", "latitude", "longitude", *texts):
            place = None if latitude is None else Place(float(latitude), float(longitude))
            sites._by_key.setdefault(tuple(text.casefold() for text in told), GermanSite(pk, code, place))
        return sites

    def remember(self, station: GermanStation, site: Site | None) -> None:
        """A row that was imported before stands at this site, whatever its address has become since."""
        if site is not None:
            nowhere = site.latitude is None or site.longitude is None
            place = None if nowhere else Place(float(site.latitude or 0), float(site.longitude or 0))
            self._by_key.setdefault(_key_of(station), GermanSite(site.pk, site.code, place))

    def of(self, station: GermanStation) -> GermanSite:
        """The site of a row, to be made when there is none."""
        key = _key_of(station)
        found = self._by_key.get(key) or self._by_key.get((*station.site_key, ""))
        if found is None:
            self.made += 1
            code = self.named.new_code(name_of(station), spelling=f"DE {station.postcode} {station.operator}")
            found = GermanSite(-self.made, code, station.place)
            self._by_key[key] = found
            self._new.append((found, station))
        return found

    def write(self, context: Context) -> None:
        """Make the sites that the rows so far ask for."""
        rows = [_site_of(site, station) for site, station in self._new]
        insert(context, Site, rows)
        for (site, _station), row in zip(self._new, rows, strict=True):
            site.id = row.pk
        self._new.clear()


def _key_of(station: GermanStation) -> _Key:
    """Operator and address, with the state: one row of the register names another state than its neighbours, and
    counts of states are to be those of the register.
    """
    return (*station.site_key, station.state.casefold())


def name_of(station: GermanStation) -> str:
    """What people call the site: its address with its operator, as many have several in one town."""
    where = station.address or station.town or station.postcode
    return f"{where}, {station.operator}"[:200]


def _site_of(site: GermanSite, station: GermanStation) -> Site:
    latitude, longitude = kept(station.place)
    return Site(
        code=site.code,
        name=name_of(station),
        kind=SiteKind.CHARGING_STATION,
        status=SiteStatus.OPEN,
        operator=station.operator,
        address=station.address,
        postcode=station.postcode,
        town=station.town,
        region=station.state,
        latitude=latitude,
        longitude=longitude,
        services=[SiteService.CHARGING],
    )

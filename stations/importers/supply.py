"""Which site supplies which, while a file of sites is read: suppliers may come later in the file than their sites."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.codes import normalise_code
from core.errors import Text
from core.importing.importer import Row
from stations.importers.targets import Target
from stations.models import Site
from stations.vocabulary import SiteKind, SiteStatus


@dataclass(slots=True)
class _Known:
    target: Target
    can_supply: bool


@dataclass(slots=True)
class Supply:
    """Sites as far as supplying goes: those of the network, changed by what the file told so far."""

    _sites: dict[str, _Known] = field(default_factory=dict)
    _supplying: set[str] = field(default_factory=set)
    _made: int = 0

    @classmethod
    def of_network(cls) -> Supply:
        """Distribution centres and who is supplied; other sites are looked at when a row names them."""
        supply = cls()
        rows = Site.objects.filter(kind=SiteKind.DISTRIBUTION_CENTRE).order_by("pk").values_list("pk", "code", "status")
        for pk, code, status in rows:
            supply._sites[code] = _Known(Target(pk, code), status != SiteStatus.CLOSED)
        supplied = Site.objects.filter(supplied_by__isnull=False).exclude(status=SiteStatus.CLOSED)
        supply._supplying.update(supplied.order_by().values_list("supplied_by__code", flat=True).distinct())
        return supply

    def find(self, text: str) -> tuple[Target | None, Text]:
        """The supplier that a cell names by its code (a name may follow it), or why there is none as yet."""
        known = self._sites.get(supplier_code(text))
        if known is None:
            return None, _("There is no distribution centre of this code.")
        if not known.can_supply:
            return None, _("Only a distribution centre that is not closed can supply a site.")
        return known.target, ""

    def supplies(self, code: str) -> bool:
        """Whether a site supplies others, by the network or by the rows so far."""
        return code in self._supplying

    def accept(self, row: Row, record: Site | None, kind: str, status: str) -> None:
        """A row is taken: what it tells of supply holds for the rows that follow."""
        code = row.data["code"]
        can_supply = kind == SiteKind.DISTRIBUTION_CENTRE and status != SiteStatus.CLOSED
        known = self._sites.get(code)
        if known is not None:
            known.can_supply = can_supply
        elif can_supply:
            self._made += 1
            target = Target(record.pk if record is not None else -self._made, code)
            self._sites[code] = _Known(target, can_supply=True)
        supplier = row.data.get("supplied_by_id")
        if supplier is not None:
            self._supplying.add(supplier.code)

    def written(self, site: Site) -> None:
        """The site has its id now."""
        known = self._sites.get(site.code)
        if known is not None:
            known.target.id = site.pk


def supplier_code(text: str) -> str:
    """The code in a cell such as "DEPOT-1" or "DEPOT-1 Northern depot"; "" where none stands."""
    words = text.split()
    try:
        return normalise_code(words[0]) if words else ""
    except ValidationError:
        return ""


def centres_first(rows: Iterable[Row]) -> list[list[Row]]:
    """The rows in two groups: those without a supplier, then those that may refer to the first."""
    groups: tuple[list[Row], list[Row]] = ([], [])
    for row in rows:
        groups[row.data.get("supplied_by_id") is not None].append(row)
    return [group for group in groups if group]

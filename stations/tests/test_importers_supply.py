"""Which site supplies which, in tables of sites: suppliers may come later, and what can be none is refused."""

from __future__ import annotations

from typing import Any

import pytest

from stations.importers.sites import SuppliersTooLate
from stations.models import Site
from stations.tests.importing import checked, counts, imported, remarks
from stations.vocabulary import SiteKind
from tests.cast import make_site


def site(code: str) -> Site:
    return Site.objects.get(code=code)


def test_a_supplier_may_come_later_in_the_file(scoped: Any) -> None:
    run = imported(
        "sites",
        "code,name,kind,supplied_by\nS1,Station,charging station,DEPOT\nS2,Shop,member store,DEPOT Main depot\n"
        "DEPOT,Main depot,distribution centre,\n",
    )

    assert counts(run) == {"new": 3}
    assert [site(code).supplied_by for code in ("S1", "S2", "DEPOT")] == [site("DEPOT"), site("DEPOT"), None]


def test_a_supplier_in_the_same_batch_before_its_station_is_found(scoped: Any) -> None:
    imported("sites", "code,name,kind,supplied_by\nDEPOT,Depot,depot,\nS1,Station,station,depot\n")

    assert site("S1").supplied_by == site("DEPOT")


def test_a_site_that_is_there_can_become_a_supplier_in_the_same_file(scoped: Any) -> None:
    run = imported("sites", "code,name,kind,supplied_by\nB,Beta Mall,station,A\nA,Alpha Quay,depot,\n")

    assert counts(run) == {"changed": 2}
    assert (site("A").kind, site("B").supplied_by) == (SiteKind.DISTRIBUTION_CENTRE, site("A"))


@pytest.mark.parametrize(
    ("supplier", "status"),
    [("B", "open"), ("NOBODY", "open"), ("SHUT", "closed"), ("!", "open")],
)
def test_a_supplier_that_can_be_none_is_wrong(scoped: Any, supplier: str, status: str) -> None:
    make_site("SHUT", kind=SiteKind.DISTRIBUTION_CENTRE, status=status)

    run = checked("sites", f"code,name,supplied_by\nA,Alpha Quay,{supplier}\n")

    assert remarks(run) == [(2, "supplied_by", "unknown")]


def test_nothing_supplies_a_distribution_centre(scoped: Any) -> None:
    make_site("D1", kind=SiteKind.DISTRIBUTION_CENTRE)

    run = checked("sites", "code,name,kind,supplied_by\nD2,Second,depot,D1\nD1,First,depot,D1\n")

    assert remarks(run) == [(2, "kind", "supply"), (3, "kind", "supply")]


def test_a_centre_that_supplies_others_stays_one(scoped: Any) -> None:
    make_site("S9", supplied_by=make_site("D1", kind=SiteKind.DISTRIBUTION_CENTRE))

    run = checked("sites", "code,name,kind\nD1,Depot,station\n")

    assert remarks(run) == [(2, "kind", "supply")]


def test_waiting_for_suppliers_has_an_end(scoped: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stations.importers.sites.MOST_WAITING", 2)

    with pytest.raises(SuppliersTooLate):
        checked("sites", "code,name,supplied_by\nX1,1,D\nX2,2,D\nX3,3,D\n")


def test_a_batch_refers_to_suppliers_of_batches_before(scoped: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stations.importers.sites.SiteImporter.batch_size", 1)

    run = imported("sites", "code,name,kind,supplied_by\nS1,One,station,D1\nD1,Depot,depot,\nS2,Two,station,D1\n")

    assert (counts(run), site("S1").supplied_by_id, site("S2").supplied_by_id) == (
        {"new": 3}, site("D1").pk, site("D1").pk,
    )  # fmt: skip

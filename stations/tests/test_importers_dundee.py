"""The places of Dundee's sites, under the names by which sessions know them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from core.clock import now
from core.importing.work import undo_import
from stations.models import Site
from stations.tests.importing import checked, counts, imported, messages, remarks
from tests.cast import make_site

HEADER = "Site,sessions,ocm_id,ocm_title,ocm_postcode,latitude,longitude\n"
IGNORED = {"sessions": "", "ocm_id": "", "ocm_title": ""}


def bring(rows: str, **more: Any) -> Any:
    return imported("dundee-sites", HEADER + rows, mapping=IGNORED, **more)


def test_a_site_gets_its_one_name_and_its_place(scoped: Any) -> None:
    bring('"Dock Street, Dundee",1054,46906,Dock Street,DD1 3DP,56.46037703,-2.966619757\n')

    row = Site.objects.get(code="DOCK-STREET")
    assert (row.name, row.town, row.postcode, row.status) == ("Dock Street", "Dundee", "DD1 3DP", "open")
    assert (row.latitude, row.longitude) == (Decimal("56.460377"), Decimal("-2.966620"))


def test_two_names_of_one_site_are_one_site(scoped: Any) -> None:
    run = bring("Sinclair Street,384,,,,,\n" + '"Sinclair Street, Dundee",23,,,,,\n')

    assert (counts(run), remarks(run, "aside")) == ({"new": 1, "aside": 1}, [(3, "", "repeated")])


def test_two_names_at_two_places_are_wrong(scoped: Any) -> None:
    run = checked(
        "dundee-sites", HEADER + 'Trades Lane,1,,,,56.4,-2.9\n"Trades Lane, Dundee",1,,,,56.5,-2.9\n', mapping=IGNORED
    )

    assert remarks(run) == [(3, "", "twice")]


def test_a_site_without_a_place_is_made_and_noted(scoped: Any) -> None:
    run = bring('"Marchbanks, Dundee",1282,,,,,\n')

    assert (counts(run), remarks(run, "noted")) == ({"new": 1}, [(2, "latitude", "no_place")])
    assert messages(run) == ["The site has no place on the map"]


def test_the_test_site_stands_apart(scoped: Any) -> None:
    bring("***TEST SITE*** Charge Your Car HQ,464,,,,,\n")

    row = Site.objects.get(is_test=True)
    assert (row.code, row.services) == ("TEST-SITE-CHARGE-YOUR-CAR-HQ", [])


def test_a_site_that_sessions_made_gets_its_place(scoped: Any) -> None:
    make_site("DS-1", name="Dock Street")

    run = bring('"Dock Street, Dundee",1054,46906,Dock Street,DD1 3DP,56.46,-2.96\n')

    assert (counts(run), Site.objects.get(code="DS-1").latitude) == ({"changed": 1}, Decimal("56.46"))
    undo_import(run=run, actor=None, now=now())
    assert Site.objects.get(code="DS-1").latitude is None


def test_a_row_that_cannot_be_read_is_wrong(scoped: Any) -> None:
    run = checked("dundee-sites", HEADER + "Dock Street,1,,,,north,-2.9\n", mapping=IGNORED)

    assert remarks(run) == [(2, "latitude", "value")]

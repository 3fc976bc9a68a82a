"""Station lists of sources: kept row by row, matched by place, and what a person has to decide."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core.clock import now
from core.importing.work import CannotUndo, undo_import
from core.tenancy.scope import network_scope
from stations.actions import decide_listing
from stations.geo import Place, distance_m, gcj02_from_wgs84
from stations.importers.listings import TooManyStations
from stations.models import Charger, Connector, District, Site, SiteListing
from stations.models.listings import MatchState
from stations.tests.importing import checked, counts, figures, imported, messages, remarks
from stations.vocabulary import SiteStatus
from tests.cast import make_site

HEADER = "station_id,name,latitude,longitude,count,fast,slow,zone\n"
METRE = Decimal("0.000009")  # degrees of latitude, nearly


def bring(rows: str, source: str = "City", **options: str) -> Any:
    return imported("listings", HEADER + rows, options={"source": source, **options})


def look(rows: str, source: str = "City") -> Any:
    return checked("listings", HEADER + rows, options={"source": source})


def listing(external_id: str, source: str = "City") -> SiteListing:
    return SiteListing.objects.get(source=source, external_id=external_id)


def site_at(code: str, metres_north: int = 0, **fields: Any) -> Site:
    return make_site(code, latitude=Decimal("22.5") + metres_north * METRE, longitude=Decimal(114), **fields)


def test_a_station_where_no_site_is_near_becomes_a_site(scoped: Any) -> None:
    run = bring("7,Hall,22.5,114,10,2,8,559\n")

    row = listing("7")
    assert counts(run) == {"new": 1}
    assert (row.name, row.latitude, row.longitude) == ("Hall", Decimal("22.5"), Decimal(114))
    assert (row.piles, row.fast_piles, row.slow_piles, row.zone_code) == (10, 2, 8, "559")
    assert (row.state, row.site.code, row.site.name, row.site.status) == (MatchState.MATCHED, "HALL", "Hall", "open")
    assert (row.site.district, row.site.latitude) == (District.objects.get(code="559"), Decimal("22.5"))


def test_a_station_without_a_name_is_called_by_source_and_number(scoped: Any) -> None:
    bring("7,,22.5,114,,,,\n")

    assert (listing("7").site.code, listing("7").site.name) == ("CITY-7", "City 7")


def test_the_row_is_kept_as_it_stands_with_ignored_columns(scoped: Any) -> None:
    imported("listings", "id,latitude,longitude,area\n7,22.5,114,5726523.056\n", mapping={"area": ""},
             options={"source": "City"})  # fmt: skip

    assert listing("7").raw == {"id": "7", "latitude": "22.5", "longitude": "114", "area": "5726523.056"}


def test_a_station_at_the_place_of_one_site_is_that_site(scoped: Any) -> None:
    site = site_at("OURS")

    run = bring("7,,22.5,114.00001,,,,\n")

    assert (counts(run), listing("7").site, Site.objects.count()) == ({"new": 1}, site, 3)
    assert figures(run)["New in this file: the same as one of our sites"] == "1"


def test_a_station_near_several_sites_is_set_aside_for_a_person(scoped: Any) -> None:
    near, far = site_at("NEAR", 60), site_at("FAR", 200)

    run = bring("7,,22.5,114,,,,\n")

    row = listing("7")
    assert (counts(run), remarks(run, "aside")) == ({"aside": 1}, [(2, "", "doubtful")])
    assert messages(run) == ["2 sites could be meant, first NEAR, 60\u00a0m away."]
    assert (row.state, row.site) == (MatchState.DOUBTFUL, None)
    assert [(entry["site"], round(entry["metres"])) for entry in row.candidates] == [(near.pk, 60), (far.pk, 200)]


def test_two_rows_at_one_place_are_two_stations_and_the_second_is_noted(scoped: Any) -> None:
    run = bring("7,,22.5,114,4,,,\n8,,22.5,114,6,,,\n")

    assert (counts(run), remarks(run, "noted")) == ({"new": 2}, [(3, "latitude", "same_place")])
    assert messages(run) == ["At the very same place as row 2."]
    assert listing("7").site != listing("8").site


def test_two_rows_at_the_place_of_one_site_are_both_doubtful(scoped: Any) -> None:
    site_at("OURS")

    run = bring("7,,22.5,114,4,,,\n8,,22.5,114,6,,,\n")

    assert counts(run) == {"aside": 2}


def test_a_later_row_never_takes_the_site_of_another_number_of_the_same_source(scoped: Any) -> None:
    bring("7,,22.5,114,4,,,\n")

    run = bring("7,,22.5,114,4,,,\n8,,22.5,114,6,,,\n")

    assert counts(run) == {"new": 1, "unchanged": 1}
    assert listing("8").site != listing("7").site


def test_a_later_row_beside_one_that_waits_is_doubtful_too(scoped: Any) -> None:
    site_at("NEAR", 60)
    bring("7,,22.5,114,,,,\n")

    bring("7,,22.5,114,,,,\n8,,22.50054,114,,,,\n9,,22.50054,114,,,,\n")

    assert {listing("8").state, listing("9").state} == {MatchState.DOUBTFUL}


def test_a_second_source_meets_the_sites_of_the_first(scoped: Any) -> None:
    bring("7,,22.5,114,4,,,559\n")

    bring("A,,22.5,114,4,,,\n", source="Country")

    assert listing("A", "Country").site == listing("7").site


def test_a_matched_site_without_a_district_gets_the_one_of_the_zone(scoped: Any) -> None:
    site = site_at("OURS")
    run = bring("7,,22.5,114,4,,,559\n")

    assert Site.objects.get(pk=site.pk).district == District.objects.get(code="559", name="Zone 559")
    undo_import(run=run, actor=None, now=now())
    assert (Site.objects.get(pk=site.pk).district, District.objects.count()) == (None, 0)


def test_a_zone_finds_its_district_by_code_or_name(scoped: Any) -> None:
    north = District(code="N1", name="North Bank")
    north.save()

    bring("7,,22.5,114,4,,,n1\n8,,22.6,114,4,,,North bank\n")

    assert [listing(name).site.district for name in ("7", "8")] == [north, north]
    assert District.objects.count() == 1


def test_a_station_without_piles_is_noted_and_its_new_site_suspended(scoped: Any) -> None:
    run = bring("7,,22.5,114,0,0,0,\n")

    assert remarks(run, "noted") == [(2, "count", "no_piles")]
    assert listing("7").site.status == SiteStatus.SUSPENDED


def test_piles_that_do_not_add_up_are_noted(scoped: Any) -> None:
    run = bring("7,,22.5,114,9,2,8,\n")

    assert (remarks(run, "noted"), listing("7").piles) == ([(2, "count", "pile_count")], 9)


def test_all_piles_are_fast_and_slow_ones_where_nobody_counts_them(scoped: Any) -> None:
    bring("7,,22.5,114,,2,8,\n")

    assert listing("7").piles == 10


def test_gcj_02_coordinates_of_a_list_are_converted(scoped: Any) -> None:
    shifted = gcj02_from_wgs84(Place(22.5, 114.0))

    bring(f"7,,{shifted.latitude},{shifted.longitude},,,,\n", datum="gcj02")

    row = listing("7")
    assert distance_m(Place(float(row.latitude), float(row.longitude)), Place(22.5, 114.0)) < 0.2


def test_wrong_rows_of_a_list_are_named_by_row_and_column(scoped: Any) -> None:
    run = look(",Hall,22.5,114,,,,\n8,,,114,,,,\n9,,22.5,114,-1,,,\n9,,22.5,114,1,,,\n9,,22.5,114,2,,,\n")

    assert remarks(run) == [
        (2, "station_id", "empty"),
        (3, "latitude", "empty"),
        (4, "count", "value"),
        (6, "", "twice"),
    ]


def test_the_same_list_again_changes_nothing(scoped: Any) -> None:
    site_at("NEAR", 60)
    rows = "7,Hall,22.5,114,4,,,559\n8,,22.6,114.123456789,0,,,559\n"
    bring(rows)
    before = SiteListing.history.count(), Site.history.count()

    run = bring(rows)

    assert (counts(run), (SiteListing.history.count(), Site.history.count())) == ({"unchanged": 2}, before)


def test_a_changed_row_changes_its_listing_and_keeps_its_site(scoped: Any) -> None:
    bring("7,Hall,22.5,114,4,,,\n")
    site = listing("7").site

    run = bring("7,Great Hall,22.51,114,5,,,\n")

    row = listing("7")
    assert (counts(run), remarks(run, "noted")) == ({"changed": 1}, [(2, "latitude", "moved")])
    assert (row.name, row.piles, row.site, row.state) == ("Great Hall", 5, site, MatchState.MATCHED)
    assert Site.objects.get(pk=site.pk).latitude == Decimal("22.5")


def test_what_a_person_decided_stays_decided(scoped: Any) -> None:
    site_at("NEAR", 60)
    bring("7,,22.5,114,4,,,559\n")
    decide_listing(listing=listing("7"), decision="new", code="HALL", reason="Seen on site", actor=scoped.director,
                   now=now())  # fmt: skip

    run = bring("7,,22.5,114,4,,,559\n")

    assert (counts(run), listing("7").site.code) == ({"unchanged": 1}, "HALL")
    assert Site.objects.get(code="HALL").services == ["charging"]


def test_an_import_that_a_person_built_upon_is_not_undone(scoped: Any) -> None:
    site_at("NEAR", 60)
    run = bring("7,,22.5,114,4,,,\n")
    decide_listing(listing=listing("7"), decision="none", reason="Pulled down", actor=scoped.director, now=now())

    with pytest.raises(CannotUndo):
        undo_import(run=run, actor=None, now=now())


def test_undo_removes_listings_sites_and_districts(scoped: Any) -> None:
    run = bring("7,,22.5,114,4,,,559\n8,,22.6,114,4,,,560\n")

    undo_import(run=run, actor=None, now=now())

    assert (SiteListing.objects.count(), District.objects.count(), Site.objects.count()) == (0, 0, 2)


def test_checking_a_list_writes_nothing(scoped: Any) -> None:
    look("7,,22.5,114,4,,,559\n")

    assert (SiteListing.objects.count(), District.objects.count(), Site.objects.count()) == (0, 0, 2)


def test_test_sites_and_sites_without_a_place_are_no_candidates(scoped: Any) -> None:
    site_at("TEST", is_test=True)

    assert counts(look("7,,22.5,114,4,,,\n")) == {"new": 1}


def test_equal_piles_make_a_candidate_likelier(scoped: Any) -> None:
    nearer, likelier = site_at("NEARER", 60), site_at("LIKELIER", -80)
    charger = Charger(site=likelier, code="C1")
    charger.save()
    for number in (1, 2):
        Connector(charger=charger, number=number).save()

    bring("7,,22.5,114,2,,,\n")

    assert [entry["site"] for entry in listing("7").candidates] == [likelier.pk, nearer.pk]


def test_a_list_that_is_too_long_is_refused(scoped: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stations.importers.listings.MOST_ROWS", 1)

    with pytest.raises(TooManyStations):
        look("7,,22.5,114,4,,,\n8,,22.6,114,4,,,\n")


def test_sites_of_another_network_are_no_candidates(cast: Any) -> None:
    with network_scope(cast.other):
        site_at("FAR")
        bring("7,Quetzal,22.5,114,4,,,559\n")
    with network_scope(cast.network):
        assert counts(bring("7,,22.5,114,4,,,559\n")) == {"new": 1}
        assert (listing("7").site.network_id, District.objects.count()) == (cast.network.pk, 1)
    with network_scope(cast.other):
        assert (listing("7").name, listing("7").site.code) == ("Quetzal", "FAR")

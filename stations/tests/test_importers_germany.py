"""Rows of the German register: chargers, connectors, sites, and the rows as they were published."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from core.clock import now
from core.importing.work import undo_import
from core.tenancy.scope import network_scope
from stations.models import Charger, Connector, Site, SiteListing
from stations.registers import germany
from stations.tests.importing import checked, counts, figures, imported, messages, remarks
from stations.vocabulary import ChargingMethod, ConnectorStandard, Current

COLUMNS = ";".join(germany.COLUMNS)
PLAIN = {
    germany.OPERATOR: "MVV Energie AG",
    germany.ADDRESS: "Luisenring 49",
    germany.POSTCODE_TOWN: "68159 Mannheim",
    germany.STATE: "Baden-Württemberg",
    germany.LONGITUDE: "8,468098",
    germany.LATITUDE: "49,494409",
    germany.COMMISSIONED: "14.04.2010",
    germany.CONNECTED_KW: "22",
    germany.KIND: "Normalladeeinrichtung",
    germany.POINTS: "2",
    germany.connectors_column(1): "AC Steckdose Typ 2, AC Schuko",
    germany.kw_column(1): "22",
    germany.connectors_column(2): "AC Schuko",
    germany.kw_column(2): "2,3",
}


def register(*changes: dict[str, str]) -> str:
    """A register with a row for each of `changes` to a plain one, below the authority's title rows."""
    titles = ["Ladesäulenregister Bundesnetzagentur", "", "Stand: 19.07.2019", "", "Allgemeine Informationen"]
    lines = [title + ";" * (len(germany.COLUMNS) - 1) for title in titles]
    rows = [";".join((PLAIN | change).get(column, "") for column in germany.COLUMNS) for change in changes]
    return "\r\n".join([*lines, COLUMNS, *rows, ""])


def bring(*changes: dict[str, str], **more: Any) -> Any:
    return imported("register-germany", register(*changes).encode("cp1252"), **more)


def look(*changes: dict[str, str]) -> Any:
    return checked("register-germany", register(*changes).encode("cp1252"))


def test_a_row_becomes_a_charger_at_the_site_of_its_operator(scoped: Any) -> None:
    run = bring({})

    charger = Charger.objects.get()
    site = charger.site
    assert counts(run) == {"new": 1}
    assert (site.code, site.name) == ("DE-68159-MVV-ENERGIE-AG", "Luisenring 49, MVV Energie AG")
    assert (site.operator, site.address, site.postcode, site.town, site.region) == (
        "MVV Energie AG", "Luisenring 49", "68159", "Mannheim", "Baden-Württemberg",
    )  # fmt: skip
    assert (site.latitude, site.longitude, site.status) == (Decimal("49.494409"), Decimal("8.468098"), "open")
    assert (charger.method, charger.rated_kw, charger.commissioned_on) == (
        ChargingMethod.AC, Decimal(22), date(2010, 4, 14),
    )  # fmt: skip


def test_the_connectors_of_a_charging_point_share_its_number(scoped: Any) -> None:
    bring({})

    rows = Connector.objects.order_by("number").values_list("number", "point", "standard", "current", "rated_kw")
    assert list(rows) == [
        (1, 1, ConnectorStandard.TYPE_2, Current.AC_3_PHASE, Decimal(22)),
        (2, 1, ConnectorStandard.SCHUKO, Current.AC_1_PHASE, Decimal(22)),
        (3, 2, ConnectorStandard.SCHUKO, Current.AC_1_PHASE, Decimal("2.3")),
    ]


def test_the_row_is_kept_as_it_was_published(scoped: Any) -> None:
    bring({germany.public_key_column(1): "30 59 30"})

    listing = SiteListing.objects.get()
    assert (listing.source, listing.piles, listing.fast_piles, listing.slow_piles) == ("Bundesnetzagentur", 2, 0, 2)
    assert listing.raw == dict.fromkeys(germany.COLUMNS, "") | PLAIN | {germany.public_key_column(1): "30 59 30"}
    assert (listing.site, listing.external_id) == (
        Site.objects.get(operator="MVV Energie AG"),
        Charger.objects.get().code,
    )


def test_rows_of_one_operator_at_one_address_stand_at_one_site(scoped: Any) -> None:
    bring({}, {germany.POINTS: "2", germany.CONNECTED_KW: "44"}, {germany.OPERATOR: "Another"})

    assert Site.objects.filter(region="Baden-Württemberg").count() == 2
    assert Charger.objects.filter(site__operator="MVV Energie AG").count() == 2


def test_a_site_that_is_there_already_is_used(scoped: Any) -> None:
    site = Site(code="OURS", name="Ours", operator="mvv energie ag", address="LUISENRING 49", postcode="68159",
                town="Mannheim")  # fmt: skip
    site.save()

    bring({})

    assert Charger.objects.get().site == site


def test_equal_rows_are_chargers_side_by_side_and_noted(scoped: Any) -> None:
    run = bring({}, {germany.OPERATOR: "Another"}, {}, {})

    assert counts(run) == {"new": 4}
    assert remarks(run, "noted") == [(9, "", "equal"), (10, "", "equal")]
    assert messages(run) == ["Equal in every cell to row 7."] * 2
    assert sorted(code.rpartition("-")[2] for code in Charger.objects.values_list("code", flat=True)) == [
        "1", "1", "2", "3",
    ]  # fmt: skip


def test_equal_rows_are_set_aside_when_somebody_chooses_so(scoped: Any) -> None:
    run = bring({}, {}, options={"equal_rows": "aside"})

    assert (counts(run), remarks(run, "aside")) == ({"new": 1, "aside": 1}, [(8, "", "equal")])
    assert figures(run)["Equal rows set aside"] == "1 rows, 2 points, 22 kW"


def test_the_same_register_again_changes_nothing(scoped: Any) -> None:
    bring({}, {}, {germany.OPERATOR: "Another"})
    before = Charger.objects.count(), Site.objects.count(), SiteListing.history.count()

    run = bring({}, {}, {germany.OPERATOR: "Another"})

    assert (counts(run), remarks(run, "noted")) == ({"unchanged": 3}, [])
    assert (Charger.objects.count(), Site.objects.count(), SiteListing.history.count()) == before


def test_a_further_facility_joins_the_site_of_its_neighbour_even_when_the_site_was_renamed(scoped: Any) -> None:
    bring({})
    site = Site.objects.get(operator="MVV Energie AG")
    site.address = "Luisenring 49a"
    site.save()

    bring({}, {germany.CONNECTED_KW: "44"})

    assert Charger.objects.filter(site=site).count() == 2


def test_undo_removes_sites_chargers_connectors_and_listings(scoped: Any) -> None:
    run = bring({}, {})

    undo_import(run=run, actor=None, now=now())

    assert [model.objects.count() for model in (Charger, Connector, SiteListing)] == [0, 0, 0]
    assert list(Site.objects.values_list("code", flat=True)) == ["A", "B"]


def test_a_postcode_of_six_digits_is_kept_and_noted(scoped: Any) -> None:
    run = bring({germany.POSTCODE_TOWN: "970080 Würzburg"})

    assert remarks(run, "noted") == [(7, germany.POSTCODE_TOWN, "postcode_length")]
    assert Site.objects.get(town="Würzburg").postcode == "970080"
    assert Charger.objects.get().note == "Postleitzahl Ort: A German postcode has five digits."


def test_a_power_of_three_digits_is_rounded_and_noted(scoped: Any) -> None:
    run = bring({germany.kw_column(1): "22,145"})

    assert remarks(run, "noted") == [(7, germany.kw_column(1), "rounded_kw")]
    assert Connector.objects.get(number=1).rated_kw == Decimal("22.15")


def test_a_facility_far_from_the_others_of_its_address_is_noted(scoped: Any) -> None:
    run = bring({}, {germany.LATITUDE: "49,504409"})

    assert remarks(run, "noted") == [(8, germany.LATITUDE, "far_place")]
    assert messages(run) == ["1.1 km from the others at this address."]


def test_wrong_cells_are_named_by_row_and_column(scoped: Any) -> None:
    run = look({}, {germany.COMMISSIONED: "gestern", germany.POINTS: "zwei"}, {germany.LATITUDE: "x"},
               {germany.OPERATOR: ""})  # fmt: skip

    assert sorted(remarks(run)) == sorted(
        [
            (8, germany.COMMISSIONED, "value"),
            (8, germany.POINTS, "value"),
            (9, germany.LATITUDE, "value"),
            (10, germany.OPERATOR, "empty"),
        ]
    )


def test_fast_chargers_are_dc_where_a_connector_is(scoped: Any) -> None:
    bring({germany.KIND: "Schnellladeeinrichtung", germany.connectors_column(2): "DC Kupplung Combo",
           germany.kw_column(2): "50"})  # fmt: skip

    assert (Charger.objects.get().method, SiteListing.objects.get().fast_piles) == (ChargingMethod.DC, 2)


def test_the_figures_add_up_by_state(scoped: Any) -> None:
    run = look({}, {}, {germany.STATE: "Berlin", germany.CONNECTED_KW: "11,5"})

    assert figures(run) == {
        "Chargers (rows)": "3",
        "Different rows": "2",
        "Charging points": "6",
        "Connected power, kW": "55.5",
        "New sites": "2",
        "Baden-Württemberg": "2 rows, 4 points, 44 kW",
        "Berlin": "1 rows, 2 points, 11.5 kW",
    }


def test_checking_the_register_writes_nothing(scoped: Any) -> None:
    look({}, {})

    assert (Charger.objects.count(), SiteListing.objects.count(), Site.objects.count()) == (0, 0, 2)


def test_two_networks_have_the_register_each_for_itself(cast: Any) -> None:
    with network_scope(cast.network):
        bring({})
    with network_scope(cast.other):
        assert counts(bring({})) == {"new": 1}
        assert Charger.objects.count() == 1

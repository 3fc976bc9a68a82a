"""Tables of sites: what a row tells, what is refused, and that nothing is lost or touched beside it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from core.clock import now
from core.importing.importer import importer_named
from core.importing.models import ImportRun
from core.importing.work import RowsWrong, apply_file, undo_import
from core.tenancy.scope import network_scope
from stations.geo import Place, distance_m, gcj02_from_wgs84
from stations.models import Charger, Connector, District, Site
from stations.tests.importing import checked, counts, figures, imported, messages, remarks
from stations.vocabulary import SiteKind, SiteStatus
from tests.cast import make_network, make_site

SHENZHEN_HALL = Place(22.5460, 114.0546)


def site(code: str) -> Site:
    return Site.objects.get(code=code)


def codes() -> list[str]:
    return list(Site.objects.order_by("code").values_list("code", flat=True))


@pytest.fixture
def district(scoped: Any) -> District:
    row = District(code="N1", name="North Bank")
    row.save()
    return row


def test_a_row_tells_every_field_of_a_site(district: District) -> None:
    run = imported(
        "sites",
        "code;name;kind;status;operator;address;postcode;town;region;district;latitude;longitude;opening hours;phone;"
        "opened_on;battery_capacity;grid_kw;services;test\n"
        "q1;Quay;member store;suspended;Harbour Ltd;1 Quay Rd;DD1 1AA;Dundee;Angus;North Bank;56,46;-2,97;"
        "Mon-Fri 08:00-18:00;+44 1382 1;31.12.2024;120;630,5;Battery rental, charging;yes\n",
        options={"date_format": "DD.MM.YYYY"},
    )
    row = site("Q1")

    assert counts(run) == {"new": 1}
    assert (row.name, row.kind, row.status, row.district) == (
        "Quay", SiteKind.MEMBER_STORE, SiteStatus.SUSPENDED, district,
    )  # fmt: skip
    assert (row.operator, row.address, row.postcode, row.town, row.region, row.phone) == (
        "Harbour Ltd", "1 Quay Rd", "DD1 1AA", "Dundee", "Angus", "+44 1382 1",
    )  # fmt: skip
    assert (row.latitude, row.longitude, row.grid_kw) == (Decimal("56.46"), Decimal("-2.97"), Decimal("630.5"))
    assert (row.opened_on, row.battery_capacity, row.is_test) == (date(2024, 12, 31), 120, True)
    assert row.services == ["charging", "rental"]
    assert (row.always_open, row.opening_week["0"], "6" in row.opening_week) == (False, [["08:00", "18:00"]], False)


def test_a_new_site_without_a_status_is_open_unless_chosen_otherwise(scoped: Any) -> None:
    imported("sites", "code,name\nX1,One\n")
    imported("sites", "code,name\nX2,Two\n", options={"new_status": "planned"})

    assert (site("X1").status, site("X2").status) == (SiteStatus.OPEN, SiteStatus.PLANNED)


def test_gcj_02_coordinates_are_converted(scoped: Any) -> None:
    shifted = gcj02_from_wgs84(SHENZHEN_HALL)
    text = f"code,name,latitude,longitude\nH1,Hall,{shifted.latitude},{shifted.longitude}\n"

    imported("sites", text, options={"datum": "gcj02"})

    row = site("H1")
    assert distance_m(Place(float(row.latitude), float(row.longitude)), SHENZHEN_HALL) < 0.2
    assert distance_m(shifted, SHENZHEN_HALL) > 500


def test_a_place_outside_china_is_not_taken_for_gcj_02(scoped: Any) -> None:
    run = checked("sites", "code,name,latitude,longitude\nD1,Dundee,56.46,-2.97\n", options={"datum": "gcj02"})

    assert remarks(run) == [(2, "latitude", "datum")]


def test_half_a_place_is_wrong(scoped: Any) -> None:
    run = checked("sites", "code,name,latitude,longitude\nD1,Dundee,56.46,\n")

    assert remarks(run) == [(2, "longitude", "empty")]


def test_every_wrong_cell_of_a_row_is_named(scoped: Any) -> None:
    run = checked("sites", "code,name,kind,latitude,longitude,grid_kw,opened_on\n#,Name,harbour,91,1,much,yesterday\n")

    assert remarks(run) == [
        (2, "kind", "value"),
        (2, "latitude", "value"),
        (2, "opened_on", "value"),
        (2, "grid_kw", "value"),
    ]
    assert remarks(checked("sites", "code,name\n#,Name\n")) == [(2, "code", "value")]


def test_an_unknown_district_is_wrong(district: District) -> None:
    run = checked("sites", "code,name,district\nX1,One,N1\nX2,Two,Moon\n")

    assert (counts(run), remarks(run)) == ({"new": 1, "wrong": 1}, [(3, "district", "unknown")])


def test_a_row_needs_a_code_unless_names_give_them(scoped: Any) -> None:
    assert remarks(checked("sites", "code,name\n,Nameless\n")) == [(2, "code", "empty")]


def test_names_find_sites_and_give_codes_to_new_ones(scoped: Any) -> None:
    run = imported("sites", "name,town\nAlpha Quay,Dundee\nGamma Square,Perth\n", options={"codes": "names"})

    assert counts(run) == {"new": 1, "changed": 1}
    assert (site("A").town, site("GAMMA-SQUARE").town) == ("Dundee", "Perth")


def test_a_name_in_another_spelling_is_the_same_site(scoped: Any) -> None:
    run = checked("sites", "name\nGamma Square\nGAMMA-Square\n", options={"codes": "names"})

    assert (counts(run), remarks(run)) == ({"new": 1, "wrong": 1}, [(3, "", "twice")])


def test_a_name_that_several_sites_have_is_wrong(scoped: Any) -> None:
    make_site("C", name="Alpha Quay")

    run = checked("sites", "name\nAlpha Quay\n", options={"codes": "names"})

    assert (remarks(run), messages(run)) == ([(2, "name", "ambiguous")], ["A, C are called so; give the code."])


def test_only_told_fields_are_changed(scoped: Any) -> None:
    imported("sites", "code,name,town\nA,Alpha Quay,Dundee\n")

    row = site("A")
    assert (row.town, row.status, row.name) == ("Dundee", "open", "Alpha Quay")


def test_an_empty_cell_empties_what_may_be_empty_and_leaves_the_rest(district: District) -> None:
    make_site("X", town="Perth", kind=SiteKind.MEMBER_STORE, district=district, services=["swap"])

    imported("sites", "code,name,town,kind,district,services\nX,Site X,,,,\n")

    row = site("X")
    assert (row.town, row.kind, row.district, row.services) == ("", SiteKind.MEMBER_STORE, None, [])


def test_changed_sites_have_a_history_with_the_import_as_reason(scoped: Any) -> None:
    run = imported("sites", "code,name,town\nA,Alpha Quay,Dundee\nNEW,New,\n")

    assert site("A").history.latest().history_change_reason == f"Import {run.number}"
    assert list(site("NEW").history.values_list("history_type", "history_change_reason")) == [
        ("+", f"Import {run.number}")
    ]


def test_the_same_file_again_changes_nothing(district: District) -> None:
    text = (
        "code,name,kind,district,latitude,longitude,supplied_by,opening hours,services,grid_kw\n"
        "S1,One,station,N1,56.4612345678,-2.97,D1,Mon 9-12,swap,10.5\nD1,Depot,depot,,,,,24/7,,\n"
    )
    imported("sites", text)
    before = Site.history.count()

    run = imported("sites", text)

    assert (counts(run), Site.history.count()) == ({"unchanged": 2}, before)


def test_undo_brings_everything_back(scoped: Any) -> None:
    make_site("D1", kind=SiteKind.DISTRIBUTION_CENTRE)
    run = imported("sites", "code,name,town,supplied_by\nA,Other name,Dundee,D1\nNEW,New,,D2\nD2,Depot,,\n",
                   skip_wrong=True)  # fmt: skip

    undo_import(run=run, actor=None, now=now())

    assert (site("A").name, site("A").town, site("A").supplied_by) == ("Alpha Quay", "", None)
    assert codes() == ["A", "B", "D1"]


def test_a_wrong_row_keeps_the_whole_file_out(scoped: Any) -> None:
    with pytest.raises(RowsWrong):
        imported("sites", "code,name,latitude,longitude\nX1,One,1,1\nX2,Two,x,1\n")

    assert codes() == ["A", "B"]


def test_checking_writes_nothing(scoped: Any) -> None:
    run = checked("sites", "code,name,town\nA,Alpha Quay,Dundee\nNEW,New,\n")

    assert (counts(run), codes(), site("A").town) == ({"new": 1, "changed": 1}, ["A", "B"], "")


def test_one_code_twice_in_the_file_is_wrong_unless_it_says_the_same(scoped: Any) -> None:
    run = checked("sites", "code,name\nX1,One\nx1,One\nX2,Two\nX2,Three\n")

    assert counts(run) == {"new": 2, "aside": 1, "wrong": 1}
    assert (remarks(run, "aside"), remarks(run)) == ([(3, "", "repeated")], [(5, "", "twice")])


def test_a_file_neither_closes_nor_reopens_a_site(scoped: Any) -> None:
    make_site("SHUT", status=SiteStatus.CLOSED)

    run = checked("sites", "code,name,status,closed_on\nA,Alpha Quay,closed,\nB,Beta Mall,open,2025-01-01\n"
                  "SHUT,Site SHUT,open,\n")  # fmt: skip

    assert remarks(run) == [(2, "status", "closing"), (3, "closed_on", "closing"), (4, "status", "closing")]


def test_a_site_may_come_closed_but_not_before_it_opened(scoped: Any) -> None:
    run = checked(
        "sites",
        "code,name,status,opened_on,closed_on\nX1,One,closed,2020-01-01,2024-01-01\nX2,Two,open,2024-01-02,2024-01-01\n",
    )

    assert (counts(run), remarks(run)) == ({"new": 1, "wrong": 1}, [(3, "closed_on", "value")])


def test_a_site_that_is_not_always_open_needs_hours(scoped: Any) -> None:
    run = checked(
        "sites", "code,name,open day and night,opening hours\nX1,One,no,\nX2,Two,no,Mon 9-12\nX3,Three,,24/7\n"
    )

    assert (counts(run), remarks(run)) == ({"new": 2, "wrong": 1}, [(2, "opening hours", "empty")])


def test_another_networks_sites_are_neither_found_nor_touched(cast: Any) -> None:
    with network_scope(cast.other):
        make_site("FAR", kind=SiteKind.DISTRIBUTION_CENTRE)
        District(code="F1", name="Far").save()
    with network_scope(cast.network):
        run = checked("sites", "code,name,supplied_by,district\nX1,One,FAR,\nX2,Two,,F1\n")
        assert remarks(run) == [(2, "supplied_by", "unknown"), (3, "district", "unknown")]
        imported("sites", "code,name,town\nA,Alpha Quay,Dundee\nFAR,A site of ours,\n")
    with network_scope(cast.other):
        assert list(Site.objects.order_by("code").values_list("code", "name", "town")) == [
            ("A", "Quetzal Yard", ""), ("FAR", "Site FAR", ""),
        ]  # fmt: skip


def test_an_import_of_another_network_is_not_there(cast: Any) -> None:
    with network_scope(cast.network):
        imported("sites", "code,name\nX1,One\n")
    with network_scope(cast.other):
        assert not ImportRun.objects.exists()


def test_chinese_words_and_columns_are_understood(scoped: Any) -> None:
    run = imported("sites", "编号,名称,类型,状态\nSZ1,会展中心,充电站,运营\nSZ2,仓库,配送中心,规划\n")

    assert (counts(run), site("SZ1").name, site("SZ2").kind, site("SZ2").status) == (
        {"new": 2}, "会展中心", SiteKind.DISTRIBUTION_CENTRE, SiteStatus.PLANNED,
    )  # fmt: skip


def test_words_are_understood_in_the_readers_language(scoped: Any) -> None:
    with translation.override("de"):
        run = imported("sites", "code,name,kind\nX1,One,charging_station\n")

    assert counts(run) == {"new": 1}


def test_the_figures_count_sites_by_kind(scoped: Any) -> None:
    run = checked(
        "sites", "code,name,kind,latitude,longitude,battery_capacity\nX1,One,station,1,1,5\nX2,Two,depot,,,7\n"
    )

    assert figures(run) == {
        "Sites": "2",
        "Charging station": "1",
        "Battery distribution centre": "1",
        "On the map": "1",
        "Battery storage, batteries": "12",
    }


def test_all_errors_of_five_thousand_rows_are_told(scoped: Any) -> None:
    rows = "".join(f"S{n},Site {n},{91 if n % 10 == 0 else 50},8\n" for n in range(5_000))

    run = checked("sites", f"code,name,latitude,longitude\n{rows}")

    assert counts(run) == {"new": 4_500, "wrong": 500}
    assert remarks(run)[:2] == [(2, "latitude", "value"), (12, "latitude", "value")]


def test_applying_twice_has_the_effect_of_once(scoped: Any) -> None:
    run = imported("sites", "code,name\nX1,One\n")

    apply_file(run=run, actor=None, now=now())

    assert codes() == ["A", "B", "X1"]


def test_networks_may_have_equal_codes(cast: Any) -> None:
    third = make_network("third")
    with network_scope(third):
        assert counts(imported("sites", "code,name\nA,Alpha\n")) == {"new": 1}


def exported(client: Any, what: str) -> str:
    answer = client.get(f"/n/harbour/{what}/export/?set=all&format=csv")
    text: str = b"".join(answer.streaming_content).decode("utf-8-sig")
    return text


def from_our_list(importer: str, text: str) -> ImportRun:
    preset = importer_named(importer).presets[0]
    return checked(importer, text, mapping=preset.columns())


def test_the_exported_list_of_sites_comes_back_unchanged(cast: Any, signed_in: Any) -> None:
    with network_scope(cast.network):
        bank = District(code="N1", name="North Bank")
        bank.save()
        depot = make_site("D1", kind=SiteKind.DISTRIBUTION_CENTRE)
        make_site(
            "S1", name="One", district=bank, latitude="56.46", longitude="-2.97", supplied_by=depot, grid_kw="630.50",
            services=["swap", "charging"], battery_capacity=3, always_open=False, phone="+44 1382 433000",
            opening_week={"0": [["08:00", "12:00"]], "1": [["08:00", "12:00"]]}, opened_on="2020-01-02",
        )  # fmt: skip
    text = exported(signed_in(cast.director), "sites")

    with network_scope(cast.network):
        run = from_our_list("sites", text)
        assert (counts(run), remarks(run)) == ({"unchanged": 4}, [])


def test_exported_equipment_comes_back_unchanged(cast: Any, signed_in: Any) -> None:
    with network_scope(cast.network):
        charger = Charger(
            site=cast.site, code="C1", vendor="ABB", method="dc", rated_kw=50, commissioned_on="2020-01-02"
        )
        charger.save()
        Connector(charger=charger, number=2, point=1, standard="ccs2", current="dc", rated_kw="43.25").save()
    client = signed_in(cast.director)
    texts = {"chargers": exported(client, "chargers"), "connectors": exported(client, "connectors")}

    with network_scope(cast.network):
        found = {importer: counts(from_our_list(importer, text)) for importer, text in texts.items()}

    assert found == {"chargers": {"unchanged": 1}, "connectors": {"unchanged": 1}}

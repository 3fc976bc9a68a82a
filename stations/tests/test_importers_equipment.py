"""Tables of chargers and connectors."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from core.clock import now
from core.importing.work import undo_import
from core.tenancy.scope import network_scope
from stations.models import Charger, Connector
from stations.tests.importing import checked, counts, figures, imported, remarks
from stations.vocabulary import ChargerState, ChargingMethod, ConnectorStandard, Current


def charger(code: str) -> Charger:
    return Charger.objects.get(code=code)


def test_a_row_tells_every_field_of_a_charger(scoped: Any) -> None:
    run = imported(
        "chargers",
        "code;site;vendor;model;serial number;method;rated power;firmware;commissioned on;note\n"
        "c-1;a;ABB;Terra;SN 1;fast;43,5;F2;31.12.2024;beside the gate\n",
        options={"date_format": "DD.MM.YYYY"},
    )

    row = charger("C-1")
    assert (row.site, row.vendor, row.model, row.serial_number) == (scoped.site, "ABB", "Terra", "SN 1")
    assert (row.method, row.rated_kw, row.firmware) == (ChargingMethod.DC, Decimal("43.5"), "F2")
    assert (row.commissioned_on, row.note, row.state) == (
        date(2024, 12, 31), "beside the gate", ChargerState.IN_SERVICE,
    )  # fmt: skip
    assert figures(run) == {"Chargers": "1", "Rated power, kW": "43.50"}


def test_an_unknown_site_is_wrong_by_row_and_column(scoped: Any) -> None:
    run = checked("chargers", "code,site\nC1,A\nC2,NOWHERE\n")

    assert (counts(run), remarks(run)) == ({"new": 1, "wrong": 1}, [(3, "site", "unknown")])


def test_wrong_cells_of_chargers_are_named(scoped: Any) -> None:
    run = checked("chargers", "code,site,method,rated_kw\nC1,A,steam,1\nC2,A,,-1\nC3,A,,1\n")

    assert remarks(run) == [(2, "method", "value"), (3, "rated_kw", "value"), (4, "method", "empty")]


def test_a_state_is_for_new_chargers_only(scoped: Any) -> None:
    imported("chargers", "code,site,state\nC1,A,planned\n")

    run = checked("chargers", "code,site,state\nC1,A,in service\nC2,A,removed\n")

    assert charger("C1").state == ChargerState.PLANNED
    assert (counts(run), remarks(run)) == ({"new": 1, "wrong": 1}, [(2, "state", "state")])


def test_chargers_change_by_their_identity_and_come_back_by_undo(scoped: Any) -> None:
    imported("chargers", "code,site,vendor\nC1,A,ABB\n")
    run = imported("chargers", "code,site\nC1,B\nC2,B\n")

    assert (counts(run), charger("C1").site, charger("C1").vendor) == (
        {"new": 1, "changed": 1}, scoped.second_site, "ABB",
    )  # fmt: skip
    undo_import(run=run, actor=None, now=now())
    assert list(Charger.objects.values_list("code", "site__code")) == [("C1", "A")]


def test_the_same_chargers_again_change_nothing(scoped: Any) -> None:
    text = "code,site,rated_kw,commissioned_on\nC1,A,22,2024-01-01\n"
    imported("chargers", text)

    assert counts(imported("chargers", text)) == {"unchanged": 1}


def test_a_row_tells_every_field_of_a_connector(scoped: Any) -> None:
    imported("chargers", "code,site\nC1,A\n")

    run = imported(
        "connectors",
        "charger,number,evse,standard,current,rated_kw\nc1,1,1,CCS2,DC,50\nC1,2,1,Type 2,three phase,43.25\n",
    )

    rows = Connector.objects.order_by("number").values_list("number", "point", "standard", "current", "rated_kw")
    assert list(rows) == [
        (1, 1, ConnectorStandard.CCS2, Current.DC, Decimal(50)),
        (2, 1, ConnectorStandard.TYPE_2, Current.AC_3_PHASE, Decimal("43.25")),
    ]
    assert figures(run) == {"Connectors": "2"}


def test_connectors_are_told_apart_by_charger_and_number(scoped: Any) -> None:
    imported("chargers", "code,site\nC1,A\nC2,A\n")
    imported("connectors", "charger,number,rated_kw\nC1,1,11\nC2,1,11\n")

    run = imported("connectors", "charger,number,rated_kw\nC1,1,22\nC2,1,11\nC2,2,11\n")

    assert counts(run) == {"new": 1, "changed": 1, "unchanged": 1}


def test_wrong_connectors_are_named(scoped: Any) -> None:
    imported("chargers", "code,site\nC1,A\n")

    run = checked("connectors", "charger,number,standard\nC1,0,CCS2\nC9,1,CCS2\nC1,1,round\n")

    assert remarks(run) == [(2, "number", "value"), (3, "charger", "unknown"), (4, "standard", "value")]


def test_equipment_of_another_network_is_neither_found_nor_touched(cast: Any) -> None:
    with network_scope(cast.other):
        imported("chargers", "code,site,vendor\nFAR,A,Quetzal\n")
    with network_scope(cast.network):
        assert remarks(checked("connectors", "charger,number\nFAR,1\n")) == [(2, "charger", "unknown")]
        assert counts(imported("chargers", "code,site,vendor\nFAR,A,Ours\n")) == {"new": 1}
    with network_scope(cast.other):
        assert charger("FAR").vendor == "Quetzal"

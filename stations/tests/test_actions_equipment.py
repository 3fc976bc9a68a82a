"""States of chargers and connectors."""

from typing import Any

import pytest

from core.clock import now
from security.models import WorkRecord
from stations.actions import EquipmentRefused, set_charger_state, set_connector_state
from stations.models import Charger, Connector

pytestmark = pytest.mark.django_db


@pytest.fixture
def charger(scoped: Any) -> Charger:
    row = Charger(code="CP-1", site=scoped.site)
    row.save()
    for number, state in enumerate(["Available", "Faulted"], start=1):
        Connector(charger=row, number=number, state=state).save()
    return row


@pytest.fixture
def deed(scoped: Any) -> dict[str, Any]:
    return {"actor": scoped.director, "now": now(), "reason": "broken cable"}


def states(charger: Charger) -> list[str]:
    return list(Connector.objects.filter(charger=charger).order_by("number").values_list("state", flat=True))


def test_connectors_follow_their_charger_out_of_service_and_back(charger: Charger, deed: Any) -> None:
    assert set_charger_state(charger=charger, state="out_of_service", **deed).state == "out_of_service"
    assert states(charger) == ["Unavailable", "Faulted"]
    assert set_charger_state(charger=charger, state="in_service", **deed).state == "in_service"
    assert states(charger) == ["Available", "Faulted"]


def test_a_charger_is_not_taken_from_a_customer(charger: Charger, deed: Any) -> None:
    Connector(charger=charger, number=3, state="Charging").save()
    with pytest.raises(EquipmentRefused) as caught:
        set_charger_state(charger=charger, state="out_of_service", **deed)
    assert (caught.value.code, caught.value.field) == ("busy", "state")


def test_a_charger_of_a_closed_site_does_not_go_into_service(scoped: Any, charger: Charger, deed: Any) -> None:
    set_charger_state(charger=charger, state="out_of_service", **deed)
    scoped.site.status = "closed"
    scoped.site.save()
    with pytest.raises(EquipmentRefused) as caught:
        set_charger_state(charger=charger, state="in_service", **deed)
    assert caught.value.code == "site-closed"


def test_a_deed_on_a_charger_is_recorded_once(charger: Charger, deed: Any) -> None:
    for _time in range(2):
        set_charger_state(charger=charger, state="faulted", **deed)
    record = WorkRecord.objects.get(verb="charger.state-changed")
    assert (record.before, record.after, record.summary) == (
        {"state": "in_service"},
        {"state": "faulted"},
        "broken cable",
    )
    assert charger.history.count() == 2


def test_a_connector_gets_its_state_and_since_when(charger: Charger, deed: Any) -> None:
    connector = Connector.objects.get(charger=charger, number=1)
    changed = set_connector_state(connector=connector, state="Reserved", **deed)
    assert (changed.state, changed.state_since) == ("Reserved", deed["now"])
    assert WorkRecord.objects.get(verb="connector.state-changed").target_text == "CP-1/1"


def test_the_same_state_again_keeps_since_when(charger: Charger, deed: Any) -> None:
    connector = Connector.objects.get(charger=charger, number=1)
    set_connector_state(connector=connector, state="Faulted", **deed)
    again = set_connector_state(connector=connector, state="Faulted", **(deed | {"now": now()}))
    assert again.state_since == deed["now"]
    assert connector.history.count() == 2


def test_a_connector_does_not_work_at_a_charger_out_of_service(charger: Charger, deed: Any) -> None:
    set_charger_state(charger=charger, state="out_of_service", **deed)
    connector = Connector.objects.get(charger=charger, number=1)
    with pytest.raises(EquipmentRefused) as caught:
        set_connector_state(connector=connector, state="Available", **deed)
    assert caught.value.code == "charger-not-in-service"
    assert set_connector_state(connector=connector, state="Faulted", **deed).state == "Faulted"


@pytest.mark.parametrize("state", ["available", "", "Gone"])
def test_a_state_that_is_none_is_refused(charger: Charger, deed: Any, state: str) -> None:
    with pytest.raises(EquipmentRefused):
        set_connector_state(connector=Connector.objects.get(charger=charger, number=1), state=state, **deed)
    with pytest.raises(EquipmentRefused):
        set_charger_state(charger=charger, state=state, **deed)

"""The pages of business verbs: closing, changing status and states."""

import datetime
from typing import Any

import pytest

from core.clock import day_of, now
from core.tenancy.scope import network_scope
from core.testing.base import text_of
from stations.models import Charger, Connector, Site
from tests.cast import make_site

pytestmark = pytest.mark.django_db
BASE = "/n/harbour"


@pytest.fixture
def charger(cast: Any) -> Charger:
    with network_scope(cast.network):
        row = Charger(code="CP-1", site=cast.site)
        row.save()
        Connector(charger=row, number=1).save()
        return row


def status_of(cast: Any) -> str:
    with network_scope(cast.network):
        return str(Site.objects.get(pk=cast.site.pk).status)


def test_closing_says_what_will_happen(cast: Any, signed_in: Any, charger: Charger) -> None:
    response = signed_in(cast.director).get(f"{BASE}/sites/A/close/")
    shown = text_of(response)
    assert "Close A Alpha Quay?" in shown
    assert [(str(line.label), line.effect, line.count) for line in response.context["consequences"][1:3]] == [
        ("Chargers go out of service", "changed", 1),
        ("Connectors become unavailable", "changed", 1),
    ]


def test_closing_closes(cast: Any, signed_in: Any, charger: Charger) -> None:
    today = day_of(now(), cast.network)
    data = {"closes_on": today.isoformat(), "reason": "the lease ends"}
    response = signed_in(cast.director).post(f"{BASE}/sites/A/close/", data)
    assert (response.status_code, response["Location"]) == (302, f"{BASE}/sites/A/")
    assert status_of(cast) == "closed"


def test_closing_from_a_later_day_can_be_withdrawn(cast: Any, signed_in: Any) -> None:
    client, later = signed_in(cast.director), day_of(now(), cast.network) + datetime.timedelta(days=9)
    client.post(f"{BASE}/sites/A/close/", {"closes_on": later.isoformat(), "reason": "the lease ends"})
    assert later.isoformat() in text_of(client.get(f"{BASE}/sites/A/keep-open/"))
    assert client.post(f"{BASE}/sites/A/keep-open/", {"reason": "a new lease"}).status_code == 302
    with network_scope(cast.network):
        assert Site.objects.get(pk=cast.site.pk).closed_on is None


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"closes_on": "soon", "reason": "x"},
        {"closes_on": "2024-02-30", "reason": "x"},
        {"closes_on": "2024-05-10", "reason": ""},
        {"closes_on": "2024-05-10", "reason": "x" * 300},
        {"closes_on": "9999-12-31", "reason": "\x00"},
    ],
)
def test_closing_with_a_wrong_answer_closes_nothing(cast: Any, signed_in: Any, data: dict[str, str]) -> None:
    assert signed_in(cast.director).post(f"{BASE}/sites/A/close/", data).status_code == 422
    assert status_of(cast) == "open"


def test_a_refusal_is_said_in_the_form(cast: Any, signed_in: Any, charger: Charger) -> None:
    with network_scope(cast.network):
        connector = Connector.objects.get(charger=charger)
        connector.state = "Charging"
        connector.save()
    today = day_of(now(), cast.network).isoformat()
    response = signed_in(cast.director).post(f"{BASE}/sites/A/close/", {"closes_on": today, "reason": "x"})
    assert response.status_code == 422
    assert "1 connector is with a customer" in text_of(response)


def test_what_stands_in_the_way_is_named_and_the_button_is_gone(cast: Any, signed_in: Any) -> None:
    with network_scope(cast.network):
        centre = make_site("DC", kind="distribution_centre")
        for number in range(7):
            make_site(f"ST-{number}", supplied_by=centre)
    response = signed_in(cast.director).get(f"{BASE}/sites/DC/close/")
    assert len(response.context["blockers"]) == 6
    assert "and 2 more sites" in text_of(response)
    assert ">Close site<" not in response.content.decode()
    posted = signed_in(cast.director).post(f"{BASE}/sites/DC/close/", {"closes_on": "2024-01-01", "reason": "x"})
    assert posted.status_code == 422


def test_a_site_is_suspended_with_a_reason(cast: Any, signed_in: Any) -> None:
    client = signed_in(cast.operator)
    assert client.post(f"{BASE}/sites/A/status/", {"status": "suspended", "reason": "works"}).status_code == 302
    assert status_of(cast) == "suspended"


@pytest.mark.parametrize("status", ["open", "closed", "nothing", ""])
def test_a_status_that_is_not_offered_is_refused(cast: Any, signed_in: Any, status: str) -> None:
    response = signed_in(cast.director).post(f"{BASE}/sites/A/status/", {"status": status, "reason": "works"})
    assert response.status_code == 422


def test_only_who_may_close_sites_opens_a_closed_one(cast: Any, signed_in: Any) -> None:
    with network_scope(cast.network):
        cast.site.status = "closed"
        cast.site.save()
    data = {"status": "open", "reason": "a mistake"}
    assert signed_in(cast.operator).post(f"{BASE}/sites/A/status/", data).status_code == 403
    assert signed_in(cast.director).post(f"{BASE}/sites/A/status/", data).status_code == 302


def test_a_charger_and_a_connector_change_state(cast: Any, signed_in: Any, charger: Charger) -> None:
    client = signed_in(cast.operator)
    data = {"state": "faulted", "reason": "no light"}
    assert client.post(f"{BASE}/chargers/CP-1/state/", data)["Location"] == f"{BASE}/chargers/CP-1/"
    data = {"state": "Faulted", "reason": "torn cable"}
    assert client.post(f"{BASE}/connectors/CP-1/1/state/", data)["Location"] == f"{BASE}/connectors/CP-1/1/"
    with network_scope(cast.network):
        assert Connector.objects.get(charger=charger).state == "Faulted"


def test_what_a_connector_tells_itself_is_not_offered_to_people(cast: Any, signed_in: Any, charger: Charger) -> None:
    response = signed_in(cast.director).post(f"{BASE}/connectors/CP-1/1/state/", {"state": "Charging", "reason": "x"})
    assert response.status_code == 422


VERBS = ["sites/{}/close/", "sites/{}/keep-open/", "sites/{}/status/", "chargers/{}/state/", "connectors/{}/1/state/"]


@pytest.mark.parametrize("verb", VERBS)
def test_verbs_on_what_is_not_there_or_of_another_network_are_not_found(cast: Any, signed_in: Any, verb: str) -> None:
    with network_scope(cast.other):
        foreign = Charger(code="FOREIGN", site=cast.other_site)
        foreign.save()
        Connector(charger=foreign, number=1).save()
        make_site("FOREIGN")
    for code in ("FOREIGN", "NOWHERE"):
        for method in ("get", "post"):
            response = getattr(signed_in(cast.director), method)(f"{BASE}/{verb.format(code)}")
            assert response.status_code == 404, (verb, code, method)


@pytest.mark.parametrize("verb", VERBS)
def test_the_auditor_does_no_deed(cast: Any, signed_in: Any, charger: Charger, verb: str) -> None:
    url = f"{BASE}/{verb.format('A' if 'sites' in verb else 'CP-1')}"
    assert signed_in(cast.auditor).get(url).status_code == 403
    assert signed_in(cast.auditor).post(url, {}).status_code == 403


@pytest.mark.parametrize("verb", ["sites/B/status/", "sites/A/close/"])
def test_the_operator_does_no_deed_beyond_the_own_site(cast: Any, signed_in: Any, verb: str) -> None:
    assert signed_in(cast.operator).post(f"{BASE}/{verb}", {}).status_code in (403, 404)

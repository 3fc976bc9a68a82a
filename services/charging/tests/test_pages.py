"""The pages of sessions: the list, the doubtful ones, one session, and the decisions."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.jobs.actions import run_job
from core.jobs.models import Job, JobState
from core.tenancy.scope import network_scope
from core.testing import CRUDTests
from services.charging.models import ChargingSession, SessionDecision
from services.charging.tests.making import NOON, make_connector, make_session
from services.charging.views.doubts import DoubtViews
from services.charging.views.sessions import SessionViews
from stations.models import Connector
from tests.cast import Cast

SESSIONS = "/n/harbour/sessions/"
DOUBTS = "/n/harbour/sessions/doubtful/"


def some_session(site: Any, number: int, **fields: Any) -> Any:
    code = f"CP-{site.code}"
    connector = Connector.objects.filter(charger__code=code).first() or make_connector(site, code)
    return make_session(connector, NOON + timedelta(days=number), external_id=f"N-{number}", **fields)


class TestSessionPages(CRUDTests):
    views = SessionViews
    canary_field = "token"
    list_queries = 13

    def make(self, cast: Cast, number: int, site: Any) -> Any:
        return some_session(site, number)


class TestDoubtPages(CRUDTests):
    views = DoubtViews
    canary_field = "token"
    list_queries = 14

    def make(self, cast: Cast, number: int, site: Any) -> Any:
        return some_session(site, number, state="aside", doubt="too_long")


@pytest.fixture
def doubtful(cast: Cast) -> Any:
    with network_scope(cast.network):
        return some_session(cast.site, 1, state="aside", doubt="too_long", told={"Total kWh": "7.000"})


def page(client: Any, path: str, **params: str) -> str:
    response = client.get(path, params)
    assert response.status_code == 200
    return str(response.content.decode())


# -- reading ----------------------------------------------------------------------------------------------------------


def test_the_tabs_count_the_doubts_of_the_reader(cast: Cast, doubtful: Any, signed_in: Any) -> None:
    with network_scope(cast.network):
        some_session(cast.second_site, 2, state="aside", doubt="open", ended_at=None)
    for account, wanted in ((cast.director, [("All", 2), ("No end or no energy", 1), ("Longer than 24 hours", 1)]),
                            (cast.operator, [("All", 1), ("Longer than 24 hours", 1)])):  # fmt: skip
        tabs = signed_in(account).get(DOUBTS).context["doubts"]
        assert [(str(tab.label), tab.count) for tab in tabs] == wanted


def test_a_tab_shows_the_sessions_of_its_doubt(cast: Cast, doubtful: Any, signed_in: Any) -> None:
    client = signed_in(cast.director)
    assert len(client.get(DOUBTS, {"doubt": "too_long"}).context["rows"]) == 1
    assert len(client.get(DOUBTS, {"doubt": "open"}).context["rows"]) == 0


def test_a_tab_keeps_the_other_filters(cast: Cast, doubtful: Any, signed_in: Any) -> None:
    tabs = signed_in(cast.director).get(DOUBTS, {"site": "A", "page": "1"}).context["doubts"]
    assert tabs[1].url == f"{DOUBTS}?site=A&doubt=too_long"


def test_without_doubtful_sessions_the_page_says_so(cast: Cast, signed_in: Any) -> None:
    assert "Nothing is doubtful" in page(signed_in(cast.director), DOUBTS)


def test_a_decision_taken_from_the_list_leads_back_to_it(cast: Cast, doubtful: Any, signed_in: Any) -> None:
    shown = page(signed_in(cast.director), DOUBTS, doubt="too_long")
    for verb in ("accept", "correct", "reject"):
        url = f"{SESSIONS}{doubtful.pk}/{verb}/?next=%2Fn%2Fharbour%2Fsessions%2Fdoubtful%2F%3Fdoubt%3Dtoo_long"
        assert f'href="{url}"' in shown


def test_the_question_tells_what_is_decided_upon(cast: Cast, doubtful: Any, signed_in: Any) -> None:
    shown = page(signed_in(cast.director), f"{SESSIONS}{doubtful.pk}/accept/")
    wanted = "2026-03-03 12:00, Alpha Quay; CP-A/1; 1 h 00 min; 7.000 kWh; Longer than 24 hours"
    assert wanted in " ".join(shown.split())


def test_an_auditor_sees_doubtful_sessions_but_no_way_to_decide(cast: Cast, doubtful: Any, signed_in: Any) -> None:
    client = signed_in(cast.auditor)
    assert f"{SESSIONS}{doubtful.pk}/accept/" not in page(client, DOUBTS)
    assert "/accept/" not in page(client, f"{SESSIONS}{doubtful.pk}/")
    assert client.get(f"{SESSIONS}{doubtful.pk}/accept/").status_code == 403


def test_a_session_tells_why_it_is_doubtful_and_what_the_source_told(cast: Cast, doubtful: Any, signed_in: Any) -> None:
    shown = page(signed_in(cast.director), f"{SESSIONS}{doubtful.pk}/")
    assert "Often nobody unplugged" in shown
    assert "Total kWh" in shown


def test_a_session_names_the_one_in_its_way(cast: Cast, doubtful: Any, signed_in: Any) -> None:
    with network_scope(cast.network):
        other = make_session(doubtful.connector, doubtful.started_at + timedelta(minutes=10))
    assert f'href="{SESSIONS}{other.pk}/"' in page(signed_in(cast.director), f"{SESSIONS}{doubtful.pk}/")


def test_a_session_in_the_way_at_a_hidden_site_is_not_named(cast: Cast, doubtful: Any, signed_in: Any) -> None:
    with network_scope(cast.network):
        other = make_session(doubtful.connector, doubtful.started_at, site=cast.second_site)
    assert f"{SESSIONS}{other.pk}/" not in page(signed_in(cast.operator), f"{SESSIONS}{doubtful.pk}/")


def test_the_number_in_the_source_finds_a_session(cast: Cast, doubtful: Any, signed_in: Any) -> None:
    client = signed_in(cast.director)
    assert len(client.get(SESSIONS, {"number": "N-1"}).context["rows"]) == 1
    assert len(client.get(SESSIONS, {"number": "N"}).context["rows"]) == 0


def test_the_period_of_the_list_is_that_of_business_days(cast: Cast, doubtful: Any, signed_in: Any) -> None:
    client = signed_in(cast.director)
    for day, count in (("2026-03-02", 0), ("2026-03-03", 1), ("2026-03-04", 0)):
        params = {"started_at_from": day, "started_at_to": day}
        assert len(client.get(SESSIONS, params).context["rows"]) == count


# -- deciding ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("verb", "state"), [("accept", "accepted"), ("reject", "rejected")])
def test_deciding_takes_a_reason_and_leads_back(
    cast: Cast, doubtful: Any, signed_in: Any, verb: str, state: str
) -> None:
    path = f"{SESSIONS}{doubtful.pk}/{verb}/"
    client = signed_in(cast.operator)
    assert client.post(path, {"reason": " "}).status_code == 422
    answer = client.post(path, {"reason": "Asked the driver"})
    assert (answer.status_code, answer["Location"]) == (302, f"{SESSIONS}{doubtful.pk}/")
    with network_scope(cast.network):
        assert ChargingSession.objects.get().state == state
        assert SessionDecision.objects.get().account == cast.operator
    assert "Asked the driver" in page(client, f"{SESSIONS}{doubtful.pk}/")


def test_somebody_who_came_from_a_list_goes_back_to_it(cast: Cast, doubtful: Any, signed_in: Any) -> None:
    client, path = signed_in(cast.director), f"{SESSIONS}{doubtful.pk}/reject/"
    answer = client.post(f"{path}?next={DOUBTS}%3Fdoubt=too_long", {"reason": "Test"})
    assert answer["Location"] == f"{DOUBTS}?doubt=too_long"
    for target in ("https://example.org/", "//example.org/"):
        assert client.post(f"{path}?next={target}", {"reason": "Test"})["Location"] == f"{SESSIONS}{doubtful.pk}/"


def test_a_refusal_stands_in_the_form(cast: Cast, doubtful: Any, signed_in: Any) -> None:
    with network_scope(cast.network):
        make_session(doubtful.connector, doubtful.started_at)
    answer = signed_in(cast.director).post(f"{SESSIONS}{doubtful.pk}/accept/", {"reason": "Yes"})
    assert answer.status_code == 422
    assert "was charging at this connector" in answer.content.decode()


def correction(**changed: str) -> dict[str, str]:
    values = {
        "charger": "cp-a",
        "connector": "1",
        "started_at": "2026-03-03T12:00:00",
        "ended_at": "2026-03-03T12:45:00",
        "energy": "6.5",
        "reason": "The driver unplugged at 12:45",
    }
    return values | changed


def test_a_correction_is_typed_by_the_wall_clock(cast: Cast, doubtful: Any, signed_in: Any) -> None:
    path = f"{SESSIONS}{doubtful.pk}/correct/"
    client = signed_in(cast.director)
    assert 'value="2026-03-03T12:00:00"' in page(client, path)
    assert client.post(path, correction()).status_code == 302
    with network_scope(cast.network):
        session = ChargingSession.objects.get()
    assert (session.state, session.energy_wh) == ("accepted", 6_500)
    assert session.ended_at - session.started_at == timedelta(minutes=45)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"charger": "NOWHERE"}, "connector"),
        ({"charger": "*"}, "connector"),
        ({"connector": "9"}, "connector"),
        ({"started_at": "2026-03-29T01:30"}, "started_at"),  # skipped
        ({"started_at": "yesterday"}, "started_at"),
        ({"started_at": "2026-03-03T12:00:00+05:00"}, "started_at"),
        ({"ended_at": "2026-03-03T11:00"}, "ended_at"),
        ({"energy": "-1"}, "energy"),
        ({"reason": ""}, "reason"),
    ],
)
def test_a_wrong_correction_is_refused_at_its_field(
    cast: Cast, doubtful: Any, signed_in: Any, changed: dict[str, str], field: str
) -> None:
    answer = signed_in(cast.director).post(f"{SESSIONS}{doubtful.pk}/correct/", correction(**changed))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


def test_a_time_that_the_clock_showed_twice_can_be_the_second(cast: Cast, doubtful: Any, signed_in: Any) -> None:
    with network_scope(cast.network):
        ChargingSession.objects.update(doubts=["ambiguous_time"], doubt="ambiguous_time")
    times = {"started_at": "2026-10-25T01:30", "ended_at": "2026-10-25T01:50", "end_again": "on"}
    signed_in(cast.director).post(f"{SESSIONS}{doubtful.pk}/correct/", correction(**times))
    with network_scope(cast.network):
        session = ChargingSession.objects.get()
    assert session.ended_at - session.started_at == timedelta(minutes=80)


def test_a_connector_of_a_hidden_site_cannot_be_chosen(cast: Cast, doubtful: Any, signed_in: Any) -> None:
    with network_scope(cast.network):
        make_connector(cast.second_site, "CP-B")
    answer = signed_in(cast.operator).post(f"{SESSIONS}{doubtful.pk}/correct/", correction(charger="CP-B"))
    assert list(answer.context["form"].errors) == ["connector"]


def test_a_correction_that_is_still_doubtful_is_said(cast: Cast, doubtful: Any, signed_in: Any) -> None:
    path = f"{SESSIONS}{doubtful.pk}/correct/"
    answer = signed_in(cast.director).post(path, correction(energy="600"), follow=True)
    assert "still doubtful: Above rated power" in answer.content.decode()


# -- many -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def many(cast: Cast) -> list[Any]:
    """60 too long and 1 open at A, one too long at B."""
    with network_scope(cast.network):
        rows = [some_session(cast.site, number, state="aside", doubt="too_long") for number in range(60)]
        rows.append(some_session(cast.site, 70, state="aside", doubt="open", ended_at=None))
        rows.append(some_session(cast.second_site, 80, state="aside", doubt="too_long"))
        return rows


def states(cast: Cast) -> dict[tuple[str, str], int]:
    with network_scope(cast.network):
        found: dict[tuple[str, str], int] = {}
        for state, doubt in ChargingSession.objects.values_list("state", "doubt"):
            found[state, doubt] = found.get((state, doubt), 0) + 1
        return found


def test_the_page_before_says_how_many_and_why(cast: Cast, many: list[Any], signed_in: Any) -> None:
    answer = signed_in(cast.director).get(f"{DOUBTS}accept/", {"site": "A"})
    lines = [(str(line.label), line.count) for line in answer.context["consequences"]]
    assert sorted(lines) == [("Longer than 24 hours", 60), ("No end or no energy", 1)]


def test_few_are_decided_at_once(cast: Cast, many: list[Any], signed_in: Any) -> None:
    answer = signed_in(cast.director).post(f"{DOUBTS}reject/?doubt=open", {"reason": "Lost", "until": "999999"})
    assert answer["Location"] == f"{DOUBTS}?doubt=open"
    assert states(cast)["rejected", "open"] == 1


def test_many_become_a_job_that_decides_about_those_of_the_list(cast: Cast, many: list[Any], signed_in: Any) -> None:
    until = str(many[-1].pk)
    signed_in(cast.director).post(f"{DOUBTS}accept/?doubt=too_long&site=A", {"reason": "Checked", "until": until})
    with network_scope(cast.network):
        job = Job.objects.get()
        assert run_job(job_id=job.pk) == JobState.DONE
        assert Job.objects.get().message == "60 decided."
    assert states(cast) == {("accepted", "too_long"): 60, ("aside", "open"): 1, ("aside", "too_long"): 1}


def test_a_job_that_runs_again_decides_nothing_twice(cast: Cast, many: list[Any], signed_in: Any) -> None:
    until = str(many[-1].pk)
    signed_in(cast.director).post(f"{DOUBTS}accept/", {"reason": "Checked", "until": until})
    with network_scope(cast.network):
        job = Job.objects.get()
        run_job(job_id=job.pk)
        message = Job.objects.get().message
        Job.objects.update(state=JobState.WAITING)
        run_job(job_id=job.pk)
        assert SessionDecision.objects.count() == 61
    assert message == f"61 decided, 1 left as they are. Session {many[60].pk}: Say when it ended."


def test_sessions_that_came_after_the_page_are_left_alone(cast: Cast, many: list[Any], signed_in: Any) -> None:
    until = str(many[0].pk)
    signed_in(cast.director).post(f"{DOUBTS}reject/", {"reason": "Lost", "until": until})
    assert states(cast)["rejected", "too_long"] == 1


def test_an_operator_decides_about_the_own_site_alone(cast: Cast, many: list[Any], signed_in: Any) -> None:
    until = str(many[-1].pk)
    signed_in(cast.operator).post(f"{DOUBTS}reject/", {"reason": "Lost", "until": until})
    with network_scope(cast.network):
        run_job(job_id=Job.objects.get().pk)
        assert ChargingSession.objects.get(site=cast.second_site).state == "aside"
    assert states(cast)["rejected", "too_long"] == 60


def test_a_list_without_such_sessions_offers_no_button(cast: Cast, signed_in: Any) -> None:
    answer = signed_in(cast.director).get(f"{DOUBTS}accept/")
    assert answer.context["blockers"] == ["No session of this list waits for you to decide."]


# -- two networks -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["", "accept/", "correct/", "reject/"])
def test_a_session_of_another_network_is_not_there(cast: Cast, signed_in: Any, verb: str) -> None:
    with network_scope(cast.other):
        foreign = some_session(cast.other_site, 1, state="aside", doubt="too_long")
    assert signed_in(cast.director).get(f"{SESSIONS}{foreign.pk}/{verb}").status_code == 404


# -- queries ----------------------------------------------------------------------------------------------------------


def test_the_page_of_a_session_takes_as_many_queries_with_many_decisions(
    cast: Cast, doubtful: Any, signed_in: Any
) -> None:
    client, path = signed_in(cast.director), f"{SESSIONS}{doubtful.pk}/"
    client.get(path)  # the first page of a session renews its key
    counts = []
    for number in range(5):
        verb = "accept" if number % 2 == 0 else "reject"
        client.post(f"{path}{verb}/", {"reason": f"{number}"})
        if number in (0, 4):
            with CaptureQueriesContext(connection) as captured:
                client.get(path)
            counts.append(len(captured))
    assert counts == [10, 10]

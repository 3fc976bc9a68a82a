"""The pages of supervision."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import context
from core.clock import now
from core.records import record
from core.tenancy.scope import network_scope
from core.testing.base import text_of
from core.topics import permission_for
from security.models import Alert, RoleGroup, WatchRule, WorkRecord
from security.supervision.views import AlertViews, WorkRecordViews

LIST = "/n/harbour/records/"


@pytest.fixture
def lived(cast):
    """A few records in both networks."""
    with network_scope(cast.network):
        token = context.request_id.set("request-of-rosa")
        values = {"before": {"status": "open", "phone": "1"}, "after": {"status": "closed", "phone": "2"}}
        record("site.closed", target=cast.site, actor=cast.director, summary="gone", **values)
        record("network.changed", target=cast.network, actor=cast.director)
        context.request_id.reset(token)
        record("site.status-changed", target=cast.second_site, actor=cast.auditor)
        record("access.refused", actor=cast.operator, result="refused")
    with network_scope(cast.other):
        record("site.closed", target=cast.other_site, actor=cast.stranger, summary="Quetzal")
    return cast


def verbs(client, **query):
    answer = client.get(LIST, query)
    assert answer.status_code == 200
    return sorted(row.object.verb for row in answer.context["rows"] if row.object.verb != "role.given")


ALL = ["access.refused", "network.changed", "site.closed", "site.status-changed"]


def test_the_stream_shows_everything_of_this_network_alone(lived, signed_in):
    client = signed_in(lived.director)
    assert verbs(client) == ALL
    assert "Quetzal" not in text_of(client.get(LIST))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"verb": "site.closed"}, ["site.closed"]),
        ({"position": "director"}, ["network.changed", "site.closed"]),
        ({"position": "auditor"}, ["site.status-changed"]),
        ({"site": "B"}, ["site.status-changed"]),
        ({"result": "refused"}, ["access.refused"]),
        ({"object": "a"}, ["site.closed"]),
        ({"request_id": "request-of-rosa"}, ["network.changed", "site.closed"]),
        ({"recorded_at_from": "2001-01-01"}, ALL),
        ({"recorded_at_to": "2001-01-01"}, []),
        ({"object": "stations.site:999999999999999999999"}, []),
    ],
)
def test_filters(lived, signed_in, query, expected):
    assert verbs(signed_in(lived.director), **query) == expected


def test_the_filter_by_person_and_by_object(lived, signed_in):
    client = signed_in(lived.director)
    assert verbs(client, person=lived.auditor.pk) == ["site.status-changed"]
    assert verbs(client, object=f"stations.site:{lived.site.pk}") == ["site.closed"]
    page = client.get(LIST).content.decode()
    assert (">Rosa</option>" in page, ">Stan</option>" in page) == (True, False)


def test_another_networks_ids_in_the_filters_find_nothing(lived, signed_in):
    client = signed_in(lived.director)
    for query in ({"person": lived.stranger.pk}, {"object": f"stations.site:{lived.other_site.pk}"}):
        assert verbs(client, **query) == []


def test_a_record_shows_the_difference_and_the_ways_on(lived, signed_in):
    with network_scope(lived.network):
        row = WorkRecord.objects.get(verb="site.closed")
    page = text_of(signed_in(lived.auditor).get(f"{LIST}{row.pk}/"))
    assert re.search(r"Status Open Closed", page)
    assert "All of this request" in page
    assert "All of this object" in page
    assert "Open the object" in page
    assert "•••" in page


def test_a_record_of_another_network_is_not_found(lived, signed_in):
    with network_scope(lived.other):
        row = WorkRecord.objects.get(verb="site.closed")
    assert signed_in(lived.director).get(f"{LIST}{row.pk}/").status_code == 404


def test_nobody_changes_a_record_by_a_page(lived, signed_in):
    with network_scope(lived.network):
        pk = WorkRecord.objects.get(verb="site.closed").pk
    for path in (f"{LIST}new/", f"{LIST}{pk}/edit/", f"{LIST}{pk}/delete/"):
        assert signed_in(lived.director).post(path).status_code == 404


def test_without_the_right_there_is_no_stream(lived, signed_in):
    client = signed_in(lived.operator)
    assert client.get(LIST).status_code == 403
    assert "Work records" not in text_of(client.get("/n/harbour/"))


def test_somebody_with_a_right_at_a_site_sees_only_its_records(lived, signed_in):
    from django.contrib.auth.models import Permission

    from stations.models import SitePermission

    with network_scope(lived.network):
        group = RoleGroup.objects.get(role="site_operator", place_id=lived.site.pk)
        permission = Permission.objects.get(codename="security.view_workrecord", content_type__model="site")
        SitePermission(group=group, permission=permission, content_object=lived.site).save()
    assert verbs(signed_in(lived.operator)) == ["site.closed"]


def test_the_export_holds_what_the_list_shows(lived, signed_in):
    answer = signed_in(lived.auditor).get(f"{LIST}export/?format=csv&verb=site.closed&set=all")
    text = b"".join(answer.streaming_content).decode()
    assert ("gone" in text, "Quetzal" in text, text.count("\n")) == (True, False, 2)


def queries_of(client, path):
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    return len(queries)


def test_one_record_and_many_take_the_same_queries(lived, signed_in):
    client = signed_in(lived.director)
    client.get(LIST)
    few = queries_of(client, LIST)
    with network_scope(lived.network):
        for _ in range(20):
            record("site.closed", target=lived.site, actor=lived.director)
    assert queries_of(client, LIST) == few


def test_a_site_shows_its_latest_records_to_those_who_may_see_them(lived, signed_in):
    for who, shown in ((lived.auditor, True), (lived.operator, False)):
        page = text_of(signed_in(who).get("/n/harbour/sites/A/"))
        assert ("Site closed" in page) == shown


def test_open_pages_hear_of_new_records(lived):
    assert (permission_for("records"), permission_for("alerts")) == ("security.view_workrecord", "security.view_alert")
    assert (WorkRecordViews.live_topic, AlertViews.live_topic) == ("records", "alerts")


# --- Alerts and rules ------------------------------------------------------------------------------------------------


@pytest.fixture
def alert(cast):
    with network_scope(cast.network):
        row = Alert(
            number="ALR-2026-000001", rule=WatchRule.objects.get(kind="refusals"), cause="x", text="Otto was refused",
            count=3, first_at=now(), last_at=now(), raised_at=now(), due_at=now(), owner=cast.director,
            about=cast.operator,
        )  # fmt: skip
        row.save()
        return row


def test_an_alert_is_answered_on_its_page(cast, alert, signed_in):
    client, url = signed_in(cast.director), f"/n/harbour/alerts/{alert.number}/"
    assert "overdue" in text_of(client.get(url))
    assert client.post(f"{url}explain/", {"text": ""}).status_code == 422
    assert client.post(f"{url}explain/", {"text": "He was learning."}).url == url
    with network_scope(cast.network):
        alert.refresh_from_db()
    assert (alert.state, alert.answer, alert.answered_by) == ("explained", "He was learning.", cast.director)
    assert client.post(f"{url}escalate/", {"text": "again"}).status_code == 422
    assert client.post(f"{url}close/", {"text": "done"}).status_code == 302


def test_an_auditor_sees_alerts_and_answers_none(cast, alert, signed_in):
    client, url = signed_in(cast.auditor), f"/n/harbour/alerts/{alert.number}/"
    assert "Otto was refused" in text_of(client.get(url))
    assert client.post(f"{url}explain/", {"text": "x"}).status_code == 403


def test_a_network_changes_its_rules(cast, signed_in):
    client, url = signed_in(cast.director), "/n/harbour/watch-rules/exports/edit/"
    form = client.get(url).context["form"]
    values = {"threshold": "10", "window_minutes": "5", "owner_role": "auditor", "answer_hours": "2"}
    sent = values | {"row_version": form["row_version"].value()}
    assert client.post(url, {**sent, "threshold": "0"}).status_code == 422
    assert client.post(url, sent).status_code == 302
    with network_scope(cast.network):
        rule = WatchRule.objects.get(kind="exports")
        assert (rule.is_on, rule.threshold, rule.window_minutes, rule.owner_role) == (False, 10, 5, "auditor")
    with network_scope(cast.other):
        assert WatchRule.objects.get(kind="exports").threshold == 50_000

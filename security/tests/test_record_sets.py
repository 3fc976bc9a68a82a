"""Work record sets: what they sum up, when they are made, and that they stay as they were made."""

import datetime
import hashlib
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, transaction

from core.clock import day_of, now
from core.db.roles import as_owner
from core.jobs.actions import run_job
from core.jobs.models import Job
from core.records import record
from core.tenancy.scope import network_scope
from security.models import Alert, RecordSet, WatchRule, WorkRecord
from security.record_sets.actions import SetRefused, make_due_sets, make_set
from security.record_sets.periods import SetPeriod
from security.record_sets.proving import wrong_sets
from security.record_sets.views import RecordSetViews
from security.recording import store
from security.recording.sealing import last_seal, seal_records
from security.recording.verifying import verify

DAY = datetime.date(2026, 3, 4)  # a Wednesday
LONDON = ZoneInfo("Europe/London")


def at(day, hour=12):
    return datetime.datetime.combine(day, datetime.time(hour), LONDON)


AFTERWARDS = at(datetime.date(2026, 4, 20))


@pytest.fixture
def said(monkeypatch):
    """A function that records as if it were another day."""

    def say(verb, day, hour=12, **values):
        monkeypatch.setattr(store, "now", lambda: at(day, hour))
        record(verb, **values)

    return say


def line(made, dimension, key):
    (found,) = [line for line in made.figures[dimension] if line["key"] == key]
    return {name: found[name] for name in ("records", "refused", "failed", "corrections", "before")}


def test_the_figures_of_a_day(scoped, said):
    rosa, otto = scoped.director, scoped.operator
    said("site.closed", DAY - datetime.timedelta(days=1), target=scoped.site, actor=rosa)
    said("site.closed", DAY, target=scoped.site, actor=rosa)
    said("site.status-changed", DAY, target=scoped.site, actor=otto, before={"a": 1}, after={"a": 2})
    said("access.refused", DAY, actor=otto, result="refused")
    said("job.ended", DAY, result="failed", took=datetime.timedelta(seconds=3))
    said("site.closed", DAY + datetime.timedelta(days=1), 1, target=scoped.site, actor=rosa)
    made = make_set(kind="day", day=DAY, actor=rosa, now=AFTERWARDS)
    assert (made.record_count, made.refusal_count, made.figures["totals"]["took_ms"]) == (4, 1, 3000)
    assert line(made, "person", str(otto.pk)) == {
        "records": 2, "refused": 1, "failed": 0, "corrections": 1, "before": 0,
    }  # fmt: skip
    assert line(made, "person", str(rosa.pk))["before"] == 1
    assert line(made, "position", "site_operator")["records"] == 2
    assert line(made, "site", str(scoped.site.pk))["records"] == 2
    assert line(made, "verb", "job.ended")["failed"] == 1


def test_a_line_that_fell_away_since_the_period_before_is_said(scoped, said):
    said("site.closed", DAY - datetime.timedelta(days=1), target=scoped.site, actor=scoped.director)
    made = make_set(kind="day", day=DAY, actor=None, now=AFTERWARDS)
    assert line(made, "verb", "site.closed") == {
        "records": 0, "refused": 0, "failed": 0, "corrections": 0, "before": 1,
    }  # fmt: skip


def test_the_period_before_is_read_from_its_set(scoped, said):
    said("site.closed", DAY, target=scoped.site, actor=scoped.director)
    make_set(kind="day", day=DAY, actor=None, now=AFTERWARDS)
    after = make_set(kind="day", day=DAY + datetime.timedelta(days=1), actor=None, now=AFTERWARDS)
    assert (after.figures["totals"]["before"], line(after, "verb", "site.closed")["before"]) == (1, 1)


def test_alerts_stand_in_it_with_their_answers(scoped):
    Alert(
        number="ALR-2026-000007", rule=WatchRule.objects.get(kind="refusals"), cause="x", text="Otto was refused",
        count=3, first_at=at(DAY), last_at=at(DAY), raised_at=at(DAY), due_at=at(DAY), owner=scoped.director,
        state="explained", answer="He was learning.", answered_by=scoped.director,
    ).save()  # fmt: skip
    made = make_set(kind="week", day=DAY, actor=None, now=AFTERWARDS)
    (alert,) = made.figures["alerts"]
    assert (alert["number"], alert["state"], alert["answer"]) == ("ALR-2026-000007", "explained", "He was learning.")


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [
        ("day", DAY, DAY),
        ("week", datetime.date(2026, 3, 2), datetime.date(2026, 3, 8)),
        ("month", datetime.date(2026, 3, 1), datetime.date(2026, 3, 31)),
    ],
)
def test_periods(kind, first, last):
    period = SetPeriod.holding(kind, DAY)
    assert (period.first, period.last) == (first, last)
    assert SetPeriod.holding(kind, period.before().first) == period.before()
    assert period.before().last + datetime.timedelta(days=1) == first


def test_the_day_is_the_networks_business_day(scoped, said):
    scoped.network.day_starts_at = datetime.time(4)
    said("site.closed", DAY + datetime.timedelta(days=1), 3, target=scoped.site)  # 03:00: still the day before
    assert make_set(kind="day", day=DAY, actor=None, now=AFTERWARDS).record_count == 1


def test_a_set_is_made_once(scoped):
    one = make_set(kind="day", day=DAY, actor=None, now=AFTERWARDS)
    other = make_set(kind="day", day=DAY, actor=scoped.director, now=AFTERWARDS)
    assert (one.pk, RecordSet.objects.count()) == (other.pk, 1)
    assert one.number == "WRS-2026-000001"


def test_a_period_that_is_not_over_has_none(scoped):
    with pytest.raises(SetRefused, match="not over"):
        make_set(kind="month", day=day_of(now(), scoped.network), actor=None, now=now())


def test_it_carries_the_head_of_the_chain_that_covers_it(scoped, said):
    said("site.closed", DAY, target=scoped.site)
    made = make_set(kind="day", day=DAY, actor=None, now=AFTERWARDS)
    seal_records(now=now())
    assert (made.seal_number, last_seal().number) == (1, 2)
    assert verify().is_right


@pytest.mark.django_db(transaction=True)
def test_a_tail_cut_off_after_a_set_was_made_is_found_by_its_head(cast):
    with network_scope(cast.network):
        made = make_set(kind="day", day=DAY, actor=None, now=AFTERWARDS)
    with as_owner() as owner, owner.cursor() as cursor:
        for table in ("security_workrecord", "security_seal"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER; ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
            cursor.execute(f"DELETE FROM {table} WHERE network_id = %s", [cast.network.pk])
            cursor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY; ALTER TABLE {table} ENABLE TRIGGER USER")
            cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER chargenet_append_only")
    with network_scope(cast.network):
        cut = [finding for finding in verify().findings if finding.kind == "cut-off"]
        assert [finding.seal for finding in cut] == [made.seal_number]


def test_a_changed_set_is_found(scoped):
    made = make_set(kind="day", day=DAY, actor=None, now=AFTERWARDS)
    assert wrong_sets() == []
    assert hashlib.sha256(bytes(made.pdf)).hexdigest() == made.pdf_sha256


@pytest.mark.parametrize(
    "statement", ["UPDATE security_recordset SET record_count = 0", "DELETE FROM security_recordset"]
)
def test_a_set_is_never_changed(scoped, statement):
    make_set(kind="day", day=DAY, actor=None, now=AFTERWARDS)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_sets_are_made_when_the_business_day_ends_in_the_networks_zone(scoped):
    scoped.network.created_at = at(datetime.date(2026, 1, 1))
    scoped.network.time_zone = "Asia/Shanghai"
    morning = datetime.datetime(2026, 3, 2, 16, 30, tzinfo=datetime.UTC)  # 00:30 on Tuesday 3 March in Shanghai
    assert (make_due_sets(now=morning), make_due_sets(now=morning)) == (3, 0)
    made = dict(RecordSet.objects.values_list("kind", "first_day"))
    assert made == {
        "day": datetime.date(2026, 3, 2),
        "week": datetime.date(2026, 2, 23),
        "month": datetime.date(2026, 2, 1),
    }


def test_a_new_network_has_no_sets_of_the_time_before_it(scoped):
    assert make_due_sets(now=scoped.network.created_at + datetime.timedelta(minutes=1)) == 0


def test_two_networks_have_sets_of_their_own(cast, said):
    for network, site, times in ((cast.network, cast.site, 2), (cast.other, cast.other_site, 1)):
        with network_scope(network):
            for _ in range(times):
                said("site.closed", DAY, target=site, summary=network.slug)
    for network, times in ((cast.network, 2), (cast.other, 1)):
        with network_scope(network):
            made = make_set(kind="day", day=DAY, actor=None, now=AFTERWARDS)
            assert (made.number, made.record_count) == ("WRS-2026-000001", times)


# --- Pages -----------------------------------------------------------------------------------------------------------


def test_an_auditor_prints_a_set_and_gets_the_very_bytes(cast, signed_in, said):
    with network_scope(cast.network):
        said("site.closed", DAY, target=cast.site, actor=cast.director)
        made = make_set(kind="month", day=DAY, actor=None, now=AFTERWARDS)
        url = RecordSetViews.url(made)
    client = signed_in(cast.auditor)
    page = client.get(url).content.decode()
    assert all(text in page for text in ("Rosa", "A Alpha Quay", "Site closed", made.chain_head[:8]))
    paper = client.get(f"{url}print/")
    assert (paper["Content-Type"], paper.content == bytes(made.pdf), made.pdf[:5]) == (
        "application/pdf",
        True,
        b"%PDF-",
    )
    with network_scope(cast.network):
        assert WorkRecord.objects.get(verb="record-set.printed").account == cast.auditor
    assert client.get("/n/harbour/record-sets/make/").status_code == 403


def test_a_director_makes_a_set_of_a_past_period_by_a_job(cast, signed_in):
    client = signed_in(cast.director)
    answer = client.post("/n/harbour/record-sets/make/", {"kind": "day", "day": "2026-03-04"})
    assert answer.status_code == 302
    with network_scope(cast.network):
        job = Job.objects.get()
        run_job(job_id=job.pk)
        job.refresh_from_db()
        made = RecordSet.objects.get()
        assert (job.state, job.result_url) == ("done", RecordSetViews.url(made))
    again = client.post("/n/harbour/record-sets/make/", {"kind": "day", "day": "2026-03-04"})
    assert again.url == job.result_url


@pytest.mark.parametrize("day", ["", "x", "2199-01-01", "1066-10-14"])
def test_a_day_that_cannot_be_is_said(cast, signed_in, day):
    answer = signed_in(cast.director).post("/n/harbour/record-sets/make/", {"kind": "day", "day": day})
    assert answer.status_code == 422

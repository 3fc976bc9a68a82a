"""The life of networks: made, suspended, resumed, deleted; and that nothing of any other network changes by it."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django_celery_beat.models import IntervalSchedule, PeriodicTask
from redis import Redis

from chargenet.live.access import channels_for
from core.clock import now
from core.context import acting_as
from core.jobs.models import Job, JobState
from core.rate_limits import Limit, bucket, take
from core.tasks import run_job_task, working_networks
from core.tenancy.guard import tenant_tables
from core.tenancy.scope import network_scope
from security.models import Account, Network, NetworkDeletion, RoleGroup, WorkRecord
from security.networks.contents import contents_of, tables_in_order
from security.networks.deleting import delete_network, delete_waiting_networks
from security.networks.life import (
    NetworkLifeRefused,
    ask_for_deletion,
    create_network,
    resume_network,
    suspend_network,
)
from tests.world import populate

VALUES = {"slug": "new-town", "name": "New Town", "country": "GB", "currency": "GBP", "time_zone": "Europe/London"}


def suspended(network, actor):
    return suspend_network(network=network, reason="The contract has ended.", actor=actor, now=now())


def asked(network, actor):
    suspended(network, actor)
    return ask_for_deletion(network=network, typed=network.slug, reason="It moved.", actor=actor, now=now())


def verbs(network):
    with network_scope(network):
        return list(WorkRecord.objects.order_by("pk").values_list("verb", flat=True))


def test_a_network_is_made_and_records_it(cast):
    network = create_network(values=VALUES, actor=cast.director, now=now())
    assert verbs(network) == ["network.created"]


def test_a_network_with_a_wrong_value_is_refused_with_the_field(cast):
    with pytest.raises(NetworkLifeRefused) as caught:
        create_network(values=VALUES | {"currency": "XXX1"}, actor=None, now=now())
    assert caught.value.field == "currency"


def test_the_people_of_a_suspended_network_read_why_and_others_learn_nothing(cast, signed_in):
    suspended(cast.network, cast.director)
    answer = signed_in(cast.director).get("/n/harbour/sites/")
    assert answer.status_code == 403
    assert "The contract has ended." in answer.content.decode()
    assert signed_in(cast.operator).post("/n/harbour/people/give/").status_code == 403
    assert signed_in(cast.stranger).get("/n/harbour/").status_code == 404
    assert signed_in(cast.stranger).get("/n/hill/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_suspended_network_hears_nothing_live(cast, signed_in):
    client = signed_in(cast.director)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert channels_for(key, "harbour", ["jobs"]) is not None
    suspended(cast.network, cast.director)
    assert channels_for(key, "harbour", ["jobs"]) is None


def test_tasks_skip_a_suspended_network_and_its_jobs_wait(cast):
    with network_scope(cast.network):
        job = Job(kind="imports.check", title="x", actor=cast.director, created_at=now(), sent_at=now())
        job.save()
    suspended(cast.network, cast.director)
    assert list(working_networks()) == [cast.other]
    run_job_task(cast.network.pk, job.pk)
    with network_scope(cast.network):
        job.refresh_from_db()
    assert (job.state, job.cancel_requested) == (JobState.WAITING, True)


def test_suspending_and_resuming_twice_is_suspending_and_resuming_once(cast, signed_in):
    for _ in range(2):
        suspended(cast.network, cast.director)
    for _ in range(2):
        resume_network(network=cast.network, actor=cast.director, now=now())
    assert verbs(cast.network)[-2:] == ["network.suspended", "network.resumed"]
    assert verbs(cast.network).count("network.suspended") == 1
    assert signed_in(cast.director).get("/n/harbour/").status_code == 200


@pytest.mark.parametrize(
    ("typed", "reason", "field"), [("Harbour", "r", "typed"), ("", "r", "typed"), ("harbour", " ", "reason")]
)
def test_deleting_asks_for_the_exact_name_and_a_reason(cast, typed, reason, field):
    suspended(cast.network, cast.director)
    with pytest.raises(NetworkLifeRefused) as caught:
        ask_for_deletion(network=cast.network, typed=typed, reason=reason, actor=cast.director, now=now())
    assert caught.value.field == field
    assert not NetworkDeletion.objects.exists()


def test_only_a_suspended_network_without_running_jobs_is_deleted(cast):
    ask = {"network": cast.network, "typed": "harbour", "reason": "r", "actor": cast.director, "now": now()}
    with pytest.raises(NetworkLifeRefused, match="Suspend"):
        ask_for_deletion(**ask)
    suspended(cast.network, cast.director)
    with network_scope(cast.network):
        job = Job(kind="x", title="x", created_at=now(), state=JobState.RUNNING, beat_at=now())
        job.save()
    with pytest.raises(NetworkLifeRefused, match="job"):
        ask_for_deletion(**ask)


def test_a_deletion_is_never_taken_back(cast):
    deletion = asked(cast.network, cast.director)
    assert asked(cast.network, cast.director) == deletion
    with pytest.raises(NetworkLifeRefused, match="cannot be taken back"):
        resume_network(network=cast.network, actor=cast.director, now=now())
    with pytest.raises(DatabaseError, match="not taken back"), transaction.atomic():
        Network.objects.filter(pk=cast.network.pk).update(deleting_since=None)


def test_the_application_cannot_delete_rows_of_a_living_network(cast):
    with (
        pytest.raises(DatabaseError, match="is not being deleted"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT chargenet_delete_rows(%s, 'security_workrecord', 10)", [cast.network.pk])
    asked(cast.network, cast.director)
    with (
        pytest.raises(DatabaseError, match="no table of networks"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT chargenet_delete_rows(%s, 'security_account', 10)", [cast.network.pk])


def everything(network):
    """Every row of every table of a network, with its version, and what of the global tables is about it."""
    found = {}
    with network_scope(network), connection.cursor() as cursor:
        for table in sorted(tenant_tables()):
            cursor.execute(
                f'SELECT t.xmin::text, t::text FROM "{table}" t WHERE network_id = %s ORDER BY 1', [network.pk]
            )
            found[table] = cursor.fetchall()
    return found


def test_deleting_a_network_takes_everything_of_it_and_nothing_else(cast, monkeypatch, tmp_path, settings):
    settings.MEDIA_ROOT = str(tmp_path)
    every = IntervalSchedule.objects.create(every=1, period="hours")
    for network, site, account, prefix in (
        (cast.network, cast.site, cast.director, "Harbour"),
        (cast.other, cast.other_site, cast.stranger, "Hill"),
    ):
        site.latitude = site.longitude = 50
        with acting_as(account):
            sample = populate(network, site, account, prefix)
            with network_scope(network):
                site.name = f"{prefix} changed"
                site.save()
                sample.job.result_file.save("out.csv", ContentFile(b"x"))
        PeriodicTask.objects.create(name=prefix, task="x", interval=every, kwargs=f'{{"network_id": {network.pk}}}')
        take([(bucket("search", network.pk, "account:1"), Limit(5, 60))])
    before, accounts = everything(cast.other), list(Account.objects.order_by("pk").values())
    assert sum(bool(rows) for rows in everything(cast.network).values()) >= 15

    deletion = asked(cast.network, cast.director)
    assert deletion.expected["rows"]["stations.Site"] == 2
    assert deletion.expected["rows"]["stations.HistoricalSite"] >= 2
    monkeypatch.setattr("security.networks.deleting.BATCH", 2)
    assert delete_waiting_networks(now=now()) == 1

    assert {table: rows for table, rows in everything(cast.network).items() if rows} == {}
    assert not Network.objects.filter(slug="harbour").exists()
    assert not RoleGroup.objects.filter(network_id=cast.network.pk).exists()
    assert not cast.director.groups.exists()
    assert [task.name for task in PeriodicTask.objects.filter(task="x")] == ["Hill"]
    assert [path.name for path in Path(tmp_path).iterdir()] == [str(cast.other.pk)]
    assert {key.decode().split(":")[2] for key in Redis.from_url(settings.REDIS_URL).keys("limit:search:*")} == {
        str(cast.other.pk)
    }
    assert everything(cast.other) == before
    assert list(Account.objects.order_by("pk").values()) == accounts
    deletion.refresh_from_db()
    assert deletion.state == "done"
    assert deletion.deleted["stations_site"] == 2


def test_an_interrupted_deletion_is_taken_up_again(cast, monkeypatch):
    monkeypatch.setattr("security.networks.deleting.BATCH", 1)
    deletion = asked(cast.network, cast.director)
    assert delete_network(deletion, most_seconds=0) is False
    assert Network.objects.filter(pk=cast.network.pk).exists()
    assert delete_waiting_networks(now=now()) == 1
    assert delete_waiting_networks(now=now()) == 0
    assert delete_network(NetworkDeletion.objects.get()) is True
    assert not Network.objects.filter(pk=cast.network.pk).exists()


def test_a_deletion_that_runs_elsewhere_is_left_alone_until_its_worker_is_lost(cast):
    deletion = asked(cast.network, cast.director)
    deletion.state, deletion.beat_at = "running", now()
    deletion.save()
    assert delete_waiting_networks(now=now()) == 0
    assert delete_waiting_networks(now=now() + timedelta(minutes=3)) == 1


def test_its_people_find_nothing_afterwards(cast, signed_in):
    asked(cast.network, cast.director)
    delete_waiting_networks(now=now())
    client: Client = signed_in(cast.director)
    assert client.get("/n/harbour/").status_code == 404
    assert client.get("/networks/?choose").status_code == 200


def test_counting_names_histories_files_and_roles(scoped):
    contents = contents_of(scoped.network)
    assert (contents.rows["stations.Site"], contents.rows["stations.HistoricalSite"], contents.roles) == (2, 2, 3)
    order = tables_in_order()
    assert (
        order.index("charging_sessiondecision") < order.index("charging_chargingsession") < order.index("stations_site")
    )
    assert set(order) == tenant_tables()

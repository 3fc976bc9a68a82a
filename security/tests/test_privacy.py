"""Personal data: what a person gets, what is forgotten when, and that the books stay right."""

import io
import json
import zipfile
from datetime import timedelta

import pypdf
import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.test import Client

from core.clock import now
from core.context import acting_as
from core.history import update_with_history
from core.jobs.actions import run_job
from core.jobs.models import Job
from core.retention import retention_kind, retention_kinds
from core.tenancy.scope import network_scope
from security.actions import give_role
from security.models import Account, Assignment, ErasureRequest, Invitation, RetentionPeriod, WorkRecord
from security.privacy.collecting import collect
from security.privacy.erasing import ErasureRefused, ask_for_erasure, end_sessions, erase_account, erase_waiting
from security.privacy.exporting import export_person
from security.privacy.forgetting import (
    RetentionRefused,
    change_retention,
    forget_in_network,
    forget_on_platform,
    periods,
)
from security.signing.invitations import Proposal, invite
from security.signing.limits import name_digest
from services.charging.models import ChargingSession
from tests.cast import PASSWORD
from tests.world import CANARY, populate

LONG_AGO = timedelta(days=4000)


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def old(cast):
    """Both networks with rows of every kind that are four thousand days old."""
    samples = []
    for network, site, account, prefix in (
        (cast.network, cast.site, cast.director, "Harbour"),
        (cast.other, cast.other_site, cast.stranger, CANARY),
    ):
        site.latitude = site.longitude = 50
        sample = populate(network, site, account, prefix)
        with network_scope(network):
            sample.job.result_file.save("out.csv", ContentFile(b"x"))
            Job.objects.update(created_at=now() - LONG_AGO, result_file=sample.job.result_file.name)
            ChargingSession.objects.update(
                started_at=now() - LONG_AGO, state="rejected", doubt="", told={"card": "X"}, token="T"
            )
        samples.append(sample)
    return samples


# --- Retention ---------------------------------------------------------------------------------------------------


def test_every_kind_has_sensible_limits():
    assert {kind.name for kind in retention_kinds()} == {
        "charging.customers", "core.exports", "core.import_files",
    }  # fmt: skip
    assert [kind.name for kind in retention_kinds() if not 1 <= kind.least <= kind.days <= kind.most] == []


def test_what_is_past_its_period_goes_in_batches_and_is_recorded_and_other_networks_keep_theirs(cast, old):
    with network_scope(cast.network):
        due = {period.kind.name: period.due for period in periods(now=now())}
        assert (due["charging.customers"], due["core.exports"]) == (1, 1)
        assert forget_in_network(now=now(), batch=1) == {"charging.customers": 1, "core.exports": 1}
        assert [period.due for period in periods(now=now())] == [0, 0, 0]
        (session,) = ChargingSession.objects.all()
        assert (session.token, session.told, session.energy_wh) == ("", {}, 9000)
        job = Job.objects.get()
        assert not job.result_file
        assert not old[0].job.result_file.storage.exists(old[0].job.result_file.name)
        assert WorkRecord.objects.get(verb="retention.applied").after == {
            "charging.customers": 1, "core.exports": 1,
        }  # fmt: skip
        assert forget_in_network(now=now()) == {}
    with network_scope(cast.other):
        assert ChargingSession.objects.get().token == "T"
        assert old[1].job.result_file.storage.exists(Job.objects.get().result_file.name)


def test_the_row_of_the_source_waits_until_a_doubtful_session_is_decided(cast, old):
    with network_scope(cast.network):
        ChargingSession.objects.update(state="aside", doubt="overlap")
        forget_in_network(now=now())
        session = ChargingSession.objects.get()
        assert (session.token, session.told) == ("", {"card": "X"})


def test_a_network_chooses_its_periods_within_limits(cast):
    with network_scope(cast.network):
        change_retention(kind="core.exports", days=7, actor=cast.director, now=now())
        change_retention(kind="core.exports", days=7, actor=cast.director, now=now())
        assert {period.kind.name: period.days for period in periods(now=now())}["core.exports"] == 7
        assert WorkRecord.objects.filter(verb="retention.changed").count() == 1
        assert RetentionPeriod.history.count() == 1
        for kind, days in (("core.exports", 0), ("core.import_files", 6), ("no.such", 5)):
            with pytest.raises(RetentionRefused):
                change_retention(kind=kind, days=days, actor=cast.director, now=now())
    with network_scope(cast.other):
        assert {period.kind.name: period.days for period in periods(now=now())}["core.exports"] == 90


def test_sign_in_attempts_and_ended_sessions_go_from_the_platform(cast, client):
    client.post("/sign-in/", {"username": cast.operator.email, "password": PASSWORD})
    Client().post("/sign-in/", {"username": cast.auditor.email, "password": "wrong"})
    assert forget_on_platform(now=now()) == {
        "sessions": 0, "AccessAttempt": 0, "AccessFailureLog": 0, "AccessLog": 0,
    }  # fmt: skip
    later = forget_on_platform(now=now() + timedelta(days=91))
    assert later["sessions"] >= 1
    assert later["AccessAttempt"] == 1
    assert not AccessAttempt.objects.exists()


def test_the_page_shows_what_will_go_and_takes_new_periods(cast, old, signed_in):
    client = signed_in(cast.director)
    page = client.get("/n/harbour/privacy/").content.decode()
    assert "Cards and contracts of charging sessions" in page
    values = {period: retention_kind(period).days for period in (kind.name for kind in retention_kinds())}
    answer = client.post("/n/harbour/privacy/retention/", values | {"core.exports": 10})
    assert answer.status_code == 302
    answer = client.post("/n/harbour/privacy/retention/", values | {"core.import_files": 3})
    assert answer.status_code == 422
    assert signed_in(cast.auditor).get("/n/harbour/privacy/").status_code == 200
    assert signed_in(cast.auditor).post("/n/harbour/privacy/retention/", values).status_code == 403


# --- Export ------------------------------------------------------------------------------------------------------


def test_a_person_gets_everything_of_one_network_and_nothing_of_another(cast):
    with network_scope(cast.other):
        give_role(account=cast.director, role="auditor", place=cast.other, actor=cast.stranger, now=now())
    with network_scope(cast.network), acting_as(cast.director):
        cast.site.name = "Renamed"
        cast.site.save()
        content = export_person(account=cast.director, actor=cast.director, now=now())
        assert WorkRecord.objects.filter(verb="person.exported", target_id=cast.director.pk).count() == 1
    archive = zipfile.ZipFile(io.BytesIO(content))
    data = json.loads(archive.read("data.json"))
    assert data["account"]["email"] == "rosa@example.org"
    assert data["account"]["roles"] == ["Network director"]
    assert [row["account"] for row in data["security.assignment"]] == [cast.director.pk]
    assert [row["what"] for row in data["changes.stations.site"]] == ["changed"]
    assert {row["verb"] for row in data["security.workrecord"]} == {"role.given"}
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(archive.read("data.pdf"))).pages)
    assert "rosa@example.org" in text
    for word in ("Hill", "hill", "Stan"):
        assert word not in archive.read("data.json").decode()
        assert word not in text


def test_every_table_that_leads_to_an_account_is_found(scoped):
    groups = {group.name for group in collect(scoped.director, now=now()).groups}
    assert {"security.assignment", "security.workrecord"} <= groups


def test_the_director_has_it_put_together_as_a_job_and_only_of_people_of_the_network(cast, signed_in):
    client = signed_in(cast.director)
    assert client.post("/n/harbour/privacy/export/", {"account": cast.stranger.pk}).status_code == 422
    answer = client.post("/n/harbour/privacy/export/", {"account": cast.operator.pk})
    assert answer.status_code == 302
    with network_scope(cast.network):
        job = Job.objects.get()
        assert run_job(job_id=job.pk) == "done"
    file = client.get(f"/n/harbour/jobs/{job.pk}/result/")
    assert zipfile.ZipFile(io.BytesIO(b"".join(file.streaming_content))).namelist() == ["data.json", "data.pdf"]
    assert signed_in(cast.auditor).get(f"/n/harbour/jobs/{job.pk}/result/").status_code == 403
    assert signed_in(cast.auditor).get("/n/harbour/privacy/export/").status_code == 403


def test_the_command_writes_the_archive(cast, tmp_path, capsys):
    call_command("export_person", "--network=harbour", "--email=OTTO@example.org", f"--to={tmp_path / 'otto.zip'}")
    assert zipfile.ZipFile(tmp_path / "otto.zip").namelist() == ["data.json", "data.pdf"]
    assert "otto@" not in capsys.readouterr().out


# --- Erasure -----------------------------------------------------------------------------------------------------


def erase(cast, account, **values):
    ask = {"typed": account.email, "reason": "Asked for it on 1 May.", "actor": cast.director, "now": now()} | values
    with network_scope(cast.network):
        ask_for_erasure(account=account, **ask)


def test_an_erased_person_is_gone_but_the_books_still_name_the_account(cast, signed_in):
    client = Client()
    client.post("/sign-in/", {"username": cast.operator.email, "password": PASSWORD})
    with network_scope(cast.network), acting_as(cast.operator):
        cast.site.name = "Renamed by Otto"
        cast.site.save()
    Client().post("/sign-in/", {"username": cast.operator.email, "password": "wrong"})
    attempts = AccessAttempt.objects.filter(username__startswith=name_digest(cast.operator.email))
    assert attempts.exists()
    with network_scope(cast.network):
        invite(proposal=Proposal(cast.operator.email, "Otto", "auditor", cast.network), actor=cast.director, now=now())
    erase(cast, cast.operator)
    assert erase_waiting(now=now()) == 1
    account = Account.objects.get(pk=cast.operator.pk)
    assert (account.name, account.email, account.is_active) == (
        f"#{account.pk}", f"person-{account.pk}@erased.invalid", False,
    )  # fmt: skip
    assert not account.has_usable_password()
    assert not account.groups.exists()
    assert not attempts.exists()
    assert client.get("/networks/").status_code == 302
    with network_scope(cast.network):
        assert cast.site.history.latest().history_user_id == account.pk
        assert "otto" not in json.dumps(list(Invitation.objects.values("email", "name"))).lower()
        assert Invitation.objects.get().withdrawn_at is not None
        kept = list(WorkRecord.objects.values_list("verb", "account_name", "target_text", "summary", "before", "after"))
        assert [line for line in kept if "Otto" in json.dumps(line).replace("Renamed by Otto", "")] == []
        assert "otto@" not in json.dumps(kept)
        assert WorkRecord.objects.filter(target_type="security.account", target_id=account.pk).count() >= 2
    director = signed_in(cast.director)
    for path in ("/n/harbour/people/?ended", "/n/harbour/sites/A/history/"):
        assert "Otto" not in director.get(path).content.decode().replace("Renamed by Otto", "")
    assert erase_waiting(now=now()) == 0


def test_somebody_whom_another_network_needs_stays_until_that_one_lets_go(cast):
    with network_scope(cast.other):
        held = give_role(account=cast.operator, role="auditor", place=cast.other, actor=cast.stranger, now=now())
    erase(cast, cast.operator)
    assert erase_waiting(now=now()) == 0
    assert Account.objects.get(pk=cast.operator.pk).email == "otto@example.org"
    with network_scope(cast.network):
        assert not Assignment.objects.filter(account=cast.operator).exclude(ends_at__lte=now()).exists()
    with network_scope(cast.other):
        update_with_history(Assignment.objects.filter(pk=held.pk), ends_at=now() + timedelta(microseconds=1))
    assert erase_waiting(now=now() + timedelta(seconds=1)) == 1


@pytest.mark.parametrize(
    ("values", "field"), [({"typed": "otto"}, "typed"), ({"reason": " "}, "reason"), ({"actor": "self"}, None)]
)
def test_erasing_is_refused(cast, values, field):
    values = {key: cast.operator if value == "self" else value for key, value in values.items()}
    with pytest.raises(ErasureRefused) as caught:
        erase(cast, cast.operator, **values)
    assert caught.value.field == field
    assert not ErasureRequest.objects.exists()


def test_an_administrator_of_the_platform_is_not_erased(cast):
    Account.objects.filter(pk=cast.nobody.pk).update(is_staff=True)
    assert erase_account(account=cast.nobody, actor=None, now=now()) is False


def test_the_page_asks_for_the_address_and_takes_people_of_the_network_only(cast, signed_in):
    client = signed_in(cast.director)
    good = {"account": cast.operator.pk, "typed": cast.operator.email, "reason": "asked"}
    assert client.post("/n/harbour/privacy/erase/", good | {"account": cast.stranger.pk}).status_code == 422
    assert client.post("/n/harbour/privacy/erase/", good | {"typed": "x"}).status_code == 422
    assert client.post("/n/harbour/privacy/erase/", good).status_code == 302
    assert ErasureRequest.objects.get().account == cast.operator
    assert signed_in(cast.auditor).post("/n/harbour/privacy/erase/", good).status_code == 403


def test_ending_sessions_ends_those_of_the_account_alone(cast, signed_in):
    mine, others = Client(), Client()
    for client, account in ((mine, cast.operator), (others, cast.auditor)):
        client.post("/sign-in/", {"username": account.email, "password": PASSWORD})
    assert end_sessions(cast.operator) == 1
    assert mine.get("/networks/?choose").status_code == 302
    assert others.get("/networks/?choose").status_code == 200
    assert Session.objects.count() == 1

"""The admin pages: who comes in, inside of which network, what is recorded, and that no other network ever shows."""

import logging
import re
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib import admin
from django.test import Client
from django.urls import get_resolver
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from core.clock import now
from core.jobs.models import Job
from core.tenancy.guard import is_tenant_model
from core.tenancy.scope import network_scope
from security.admin.bases import PlatformAdmin, TenantAdmin
from security.models import Account, Assignment, Network, NetworkDeletion, WorkRecord
from security.signing.sessions import PROVED
from tests.cast import PASSWORD, make_account
from tests.world import CANARY, populate

REASON = "Ticket 17: the director cannot sign in."


@pytest.fixture
def boss(cast):
    """A platform administrator without any role."""
    account = make_account("Petra")
    account.is_staff = account.is_superuser = True
    account.save()
    return account


@pytest.fixture
def office(boss, signed_in):
    return signed_in(boss)


@pytest.fixture
def world(cast):
    cast.site.latitude = cast.site.longitude = cast.other_site.latitude = cast.other_site.longitude = 50
    return (
        populate(cast.network, cast.site, cast.director, "Harbour"),
        populate(cast.other, cast.other_site, cast.stranger, CANARY),
    )


def enter(client, network, reason=REASON):
    return client.post("/admin/network/", {"network": network.pk, "reason": reason})


def records(network, verb):
    with network_scope(network):
        return list(WorkRecord.objects.filter(verb=verb).values_list("account__name", "summary"))


def platform_log(caplog):
    return [record for record in caplog.records if record.name == "chargenet.platform"]


# --- Who comes in ------------------------------------------------------------------------------------------------


def test_only_platform_administrators_come_in(cast, signed_in):
    for account in (cast.director, cast.nobody):
        assert signed_in(account).get("/admin/").status_code == 302
    Account.objects.filter(pk=cast.nobody.pk).update(is_staff=True)
    assert signed_in(Account.objects.get(pk=cast.nobody.pk)).get("/admin/").status_code == 302
    assert Client().get("/admin/security/account/").url.startswith("/admin/login/")
    assert Client().get("/admin/login/?next=/admin/").url.startswith("/sign-in/")


def test_every_page_is_of_a_recorded_kind_that_fits_its_table():
    wrong = [
        model._meta.label
        for model, page in admin.site._registry.items()
        if not isinstance(page, TenantAdmin if is_tenant_model(model) else PlatformAdmin)
    ]
    assert wrong == []
    assert {model._meta.label for model in admin.site._registry} == {
        "security.Account", "security.Network", "security.NetworkDeletion", "security.ErasureRequest",
        "security.Assignment", "core.Job", "django_celery_beat.PeriodicTask", "django_celery_beat.IntervalSchedule",
        "django_celery_beat.CrontabSchedule", "axes.AccessAttempt",
    }  # fmt: skip


@pytest.mark.parametrize("path", ["password_change/", "r/4/1/", "auth/group/", "axes/accesslog/", "stations/site/"])
def test_pages_that_would_go_past_the_rules_do_not_exist(office, path):
    assert office.get(f"/admin/{path}").status_code == 404


# --- Entering a network ------------------------------------------------------------------------------------------


def test_tables_of_networks_are_reached_through_a_network_only(office, cast):
    answer = office.get("/admin/core/job/")
    assert answer.status_code == 302
    assert answer.url == "/admin/network/?next=%2Fadmin%2Fcore%2Fjob%2F"
    assert "People and roles" not in office.get("/admin/").content.decode()
    answer = office.post("/admin/network/", {"network": cast.network.pk, "reason": REASON, "next": "/admin/core/job/"})
    assert answer.url == "/admin/core/job/"
    assert office.get("/admin/core/job/").status_code == 200
    assert "People and roles" in office.get("/admin/").content.decode()
    office.post("/admin/network/leave/")
    assert office.get("/admin/core/job/").status_code == 302


def test_whoever_has_no_role_says_why_and_the_network_reads_it(office, cast):
    for reason in ("", "test"):
        assert enter(office, cast.network, reason).status_code == 422
    assert records(cast.network, "network.entered") == []
    assert enter(office, cast.network).status_code == 302
    assert records(cast.network, "network.entered") == [("Petra", REASON)]
    assert records(cast.other, "network.entered") == []


def test_whoever_has_a_role_there_enters_without_a_reason(cast, signed_in):
    Account.objects.filter(pk=cast.director.pk).update(is_staff=True, is_superuser=True)
    client = signed_in(Account.objects.get(pk=cast.director.pk))
    assert enter(client, cast.network, "").status_code == 302
    assert enter(client, cast.other, "").status_code == 422


def test_the_stay_ends_by_itself(office, cast, settings):
    settings.ADMIN_NETWORK_SECONDS = -1
    enter(office, cast.network)
    assert office.get("/admin/core/job/").status_code == 302


@pytest.mark.parametrize(
    "trick", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_the_way_back_leads_nowhere_else(office, cast, trick):
    answer = office.post("/admin/network/", {"network": cast.network.pk, "reason": REASON, "next": trick})
    assert answer.url == "/admin/"


def test_getting_changes_nothing_and_tokens_are_wanted(cast, boss):
    client = Client(enforce_csrf_checks=True)
    client.force_login(boss, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/admin/network/leave/").status_code == 405
    for path in ("network/", f"security/network/{cast.network.pk}/suspend/", "security/account/add/"):
        assert client.post(f"/admin/{path}", {}).status_code == 403


# --- No other network shows --------------------------------------------------------------------------------------


def admin_paths(sample, network):
    """Every admin address with its parameters filled from one network's rows."""
    ids = {"job": sample.job.pk, "assignment": sample.assignment.pk, "network": network.pk}
    found = []
    for model, page in admin.site._registry.items():
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        pk = ids.get(model._meta.model_name) or getattr(model._base_manager.first(), "pk", 0)
        found += [base, f"{base}add/", f"{base}{pk}/change/", f"{base}{pk}/history/", f"{base}{pk}/delete/"]
        found += [f"{base}?q={CANARY.lower()}"] if page.search_fields else []
    return [
        *found, "/admin/", "/admin/security/", "/admin/core/", "/admin/network/", "/admin/jsi18n/",
        f"/admin/security/network/{network.pk}/suspend/", f"/admin/security/network/{network.pk}/erase/",
        "/admin/autocomplete/?app_label=security&model_name=assignment&field_name=account&term=a",
    ]  # fmt: skip


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("walls", ["both", "first", "second"])
def test_no_page_fails_or_shows_another_network(walls, cast, boss, world, signed_in, request):
    own, foreign = world
    if walls == "first":
        request.getfixturevalue("without_second_wall")
    office = signed_in(boss)
    enter(office, cast.network)
    if walls == "second":
        request.getfixturevalue("without_first_wall")
    wrong = []
    for sample, network in ((own, cast.network), (foreign, cast.network)):
        for path in admin_paths(sample, network):
            answer = office.get(path)
            if answer.status_code >= 500 or CANARY in answer.content.decode():
                wrong.append((path, answer.status_code))
    assert wrong == []


def test_rows_of_another_network_are_neither_found_nor_changed(cast, office, world):
    _own, foreign = world
    enter(office, cast.network)
    for path in (f"core/job/{foreign.job.pk}", f"security/assignment/{foreign.assignment.pk}"):
        assert office.get(f"/admin/{path}/change/").status_code == 302  # back to the index with "does not exist"
        assert office.get(f"/admin/{path}/history/").status_code == 404
    stop = {"action": "stop", "_selected_action": [foreign.job.pk]}
    office.post("/admin/core/job/", stop)
    with network_scope(cast.other):
        assert Job.objects.get(pk=foreign.job.pk).cancel_requested is False


def test_pages_of_the_platform_run_outside_of_the_entered_network(cast, office):
    enter(office, cast.network)
    assert office.get("/admin/security/account/").status_code == 200
    text = office.get("/admin/").content.decode()
    assert "Alpha Quay" not in text


# --- Deeds are recorded ------------------------------------------------------------------------------------------


def test_a_network_is_made_changed_suspended_and_resumed(cast, office, caplog):
    caplog.set_level(logging.INFO, "chargenet.platform")
    values = {
        "name": "New Town", "slug": "new-town", "country": "GB", "currency": "GBP", "time_zone": "Europe/London",
        "day_starts_at": "00:00", "language": "en",
    }  # fmt: skip
    assert office.post("/admin/security/network/add/", values | {"currency": "nope"}).status_code == 200
    assert office.post("/admin/security/network/add/", values).status_code == 302
    made = Network.objects.get(slug="new-town")
    change = {"name": "Newer Town", "country": "GB", "language": "en"}
    assert office.post(f"/admin/security/network/{made.pk}/change/", change).status_code == 302
    assert office.post(f"/admin/security/network/{made.pk}/suspend/", {"reason": ""}).status_code == 422
    assert office.post(f"/admin/security/network/{made.pk}/suspend/", {"reason": "Moving."}).status_code == 302
    assert office.post(f"/admin/security/network/{made.pk}/resume/").status_code == 302
    made.refresh_from_db()
    assert (made.name, made.is_suspended) == ("Newer Town", False)
    with network_scope(made):
        verbs = list(WorkRecord.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["network.created", "network.changed", "network.suspended", "network.resumed"]
    assert [record.verb for record in platform_log(caplog)] == verbs


def test_a_network_is_deleted_with_its_name_typed_after_a_page_that_counts(cast, office):
    path = f"/admin/security/network/{cast.network.pk}/"
    assert office.post(f"{path}erase/", {"typed": "harbour", "reason": "r"}).status_code == 422
    office.post(f"{path}suspend/", {"reason": "Moving."})
    page = office.get(f"{path}erase/").content.decode()
    assert re.search(r"Sites</th><td[^>]*>2<", page)
    assert re.search(r"Historical sites</th><td[^>]*>2<", page)
    assert office.post(f"{path}erase/", {"typed": "Harbour", "reason": "r"}).status_code == 422
    assert office.post(f"{path}erase/", {"typed": "harbour", "reason": "It moved."}).status_code == 302
    assert NetworkDeletion.objects.get().asked_by.name == "Petra"
    assert office.get(f"/admin/security/networkdeletion/{NetworkDeletion.objects.get().pk}/change/").status_code == 200
    assert office.post(f"{path}delete/", {"post": "yes"}).status_code == 403


def test_a_suspended_network_is_still_seen_here(cast, office):
    office.post(f"/admin/security/network/{cast.network.pk}/suspend/", {"reason": "Moving."})
    assert enter(office, cast.network).status_code == 302
    assert office.get("/admin/security/assignment/").status_code == 200


def test_accounts_are_made_changed_and_deactivated_at_once(cast, office, signed_in, caplog):
    caplog.set_level(logging.INFO, "chargenet.platform")
    password = "violet-harbour-9-tram"
    new = {"email": "new@example.org", "name": "Nele", "password1": password, "password2": password}
    assert office.post("/admin/security/account/add/", new | {"usable_password": "true"}).status_code == 302
    made = Account.objects.get(email="new@example.org")
    client = signed_in(cast.operator)
    values = {"email": cast.operator.email, "name": "Otto the Second", "language": ""}
    assert office.post(f"/admin/security/account/{cast.operator.pk}/change/", values).status_code == 302
    assert client.get("/networks/").status_code == 302
    assert client.get("/n/harbour/").url.startswith("/sign-in/")
    log = platform_log(caplog)
    assert [(record.verb, record.target) for record in log] == [
        ("account.created", f"security.account:{made.pk}"),
        ("account.deactivated", f"security.account:{cast.operator.pk}"),
        ("account.changed", f"security.account:{cast.operator.pk}"),
    ]
    assert log[2].fields == ["is_active", "name"]
    assert "Otto" not in caplog.text
    assert password not in caplog.text


def test_sessions_are_ended_and_accounts_deactivated_from_the_list_but_not_ones_own(cast, boss, office, signed_in):
    client = Client()
    client.post("/sign-in/", {"username": cast.operator.email, "password": PASSWORD})
    chosen = {"_selected_action": [cast.operator.pk]}
    office.post("/admin/security/account/", {"action": "end_their_sessions", **chosen})
    assert client.get("/n/harbour/").url.startswith("/sign-in/")
    office.post("/admin/security/account/", {"action": "deactivate", "_selected_action": [cast.operator.pk, boss.pk]})
    assert not Account.objects.get(pk=cast.operator.pk).is_active
    assert Account.objects.get(pk=boss.pk).is_active
    own = {"email": boss.email, "name": "Petra", "language": ""}
    assert office.post(f"/admin/security/account/{boss.pk}/change/", own).status_code == 302
    assert Account.objects.get(pk=boss.pk).is_superuser
    assert office.post(f"/admin/security/account/{cast.operator.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_new_address_is_told_to_the_old_one_too(cast, office, mailed):
    changed = {"email": "otto@elsewhere.example", "name": "Otto", "language": "", "is_active": "on"}
    with mailed() as box:
        assert office.post(f"/admin/security/account/{cast.operator.pk}/change/", changed).status_code == 302
    assert [letter.to for letter in box] == [["otto@example.org"], ["otto@elsewhere.example"]]


def test_an_account_is_changed_after_a_fresh_proof_only(cast, office):
    session = office.session
    session[PROVED] = now().timestamp() - 3600
    session.save()
    url = f"/admin/security/account/{cast.operator.pk}/change/"
    for answer in (office.get(url), office.post(url, {"email": "x@example.org"})):
        assert answer.url.startswith("/account/proof/")
    assert Account.objects.get(pk=cast.operator.pk).email == "otto@example.org"


def test_a_role_is_given_and_withdrawn_in_the_entered_network(cast, office):
    enter(office, cast.network)
    given = {"email": cast.nobody.email, "role": "director", "until": ""}
    for wrong in ({"email": "no@example.org"}, {"role": "king"}, {"until": "soon"}):
        assert office.post("/admin/security/assignment/add/", given | wrong).status_code == 200
    past = office.post("/admin/security/assignment/add/", given | {"until": "2001-01-01T00:00"}, follow=True)
    assert "must be in the future" in past.content.decode()
    assert records(cast.network, "role.given")[0][0] is None
    assert office.post("/admin/security/assignment/add/", given).status_code == 302
    with network_scope(cast.network):
        row = Assignment.objects.get(account=cast.nobody)
        assert row.group.place == cast.network
    assert records(cast.network, "role.given")[0] == ("Petra", "director: Harbour")
    office.post("/admin/security/assignment/", {"action": "withdraw", "_selected_action": [row.pk]})
    with network_scope(cast.network):
        assert not Assignment.objects.filter(account=cast.nobody, ends_at=None).exists()
    assert len(records(cast.network, "role.withdrawn")) == 1
    with network_scope(cast.other):
        assert Assignment.objects.count() == 1


def test_a_job_is_asked_to_stop(cast, office):
    with network_scope(cast.network):
        job = Job(kind="x", title="Long work", created_at=now() - timedelta(hours=1))
        job.save()
    enter(office, cast.network)
    office.post("/admin/core/job/", {"action": "stop", "_selected_action": [job.pk]})
    with network_scope(cast.network):
        job.refresh_from_db()
    assert job.state == "cancelled"
    assert len(records(cast.network, "job.changed")) == 1
    assert "Job changed" in office.get(f"/admin/core/job/{job.pk}/history/").content.decode()


def test_schedules_take_our_own_tasks_only_and_changes_are_recorded(office, caplog):
    caplog.set_level(logging.INFO, "chargenet.platform")
    every = IntervalSchedule.objects.create(every=5, period="minutes")
    values = {"name": "sweep", "task": "core.sweep_jobs", "interval": every.pk, "enabled": "on", "description": ""}
    path = "/admin/django_celery_beat/periodictask/"
    assert office.post(f"{path}add/", values | {"task": "os.system"}).status_code == 200
    assert office.post(f"{path}add/", values | {"interval": ""}).status_code == 200
    assert office.post(f"{path}add/", values).status_code == 302
    task = PeriodicTask.objects.get(name="sweep")
    assert office.post(f"{path}{task.pk}/delete/", {"post": "yes"}).status_code == 302
    assert [record.verb for record in platform_log(caplog)] == ["platform.changed", "platform.changed"]


def test_somebody_who_is_locked_out_gets_a_fresh_start(office, cast):
    Client().post("/sign-in/", {"username": cast.operator.email, "password": "wrong"})
    attempt = AccessAttempt.objects.get()
    assert office.get("/admin/axes/accessattempt/").status_code == 200
    office.post(f"/admin/axes/accessattempt/{attempt.pk}/delete/", {"post": "yes"})
    assert not AccessAttempt.objects.exists()


def test_the_catch_all_knows_no_other_page():
    (pages,) = [one for one in get_resolver().url_patterns if getattr(one, "namespace", "") == "admin"]
    names = {pattern.name for pattern in pages.url_patterns if getattr(pattern, "name", "")}
    assert names <= {
        "index",
        "login",
        "logout",
        "autocomplete",
        "jsi18n",
        "choose-network",
        "leave-network",
        "app_list",
    }

"""The door into a network, signing in and out."""

import datetime
import json
import re

import pytest
from django.urls import reverse

from core.clock import now
from core.tenancy.scope import network_scope
from security.actions import give_role, withdraw_role
from security.models import Account, Assignment, Network, WorkRecord
from tests.cast import PASSWORD, give_second_factor, make_account, make_network

DASHBOARD = "/n/harbour/people/"


def without_token(answer, slug):
    """The page without what differs in every answer."""
    return re.sub(r"[A-Za-z0-9]{32,64}", "", answer.content.decode()).replace(slug, "")


@pytest.mark.parametrize(
    ("who", "status"), [("director", 200), ("auditor", 200), ("operator", 403), ("stranger", 404), ("nobody", 404)]
)
def test_the_door_opens_for_those_with_a_role_there(cast, signed_in, who, status):
    assert signed_in(getattr(cast, who)).get(DASHBOARD).status_code == status


def test_a_network_that_does_not_exist_looks_like_one_that_is_not_mine(cast, signed_in):
    client = signed_in(cast.stranger)
    hidden, missing = client.get("/n/harbour/people/"), client.get("/n/nowhere/people/")
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert without_token(hidden, "harbour") == without_token(missing, "nowhere")


def test_somebody_unknown_is_sent_to_sign_in_and_back(cast, client):
    answer = client.get("/n/harbour/people/?ended")
    assert (answer.status_code, answer.url) == (302, "/sign-in/?next=%2Fn%2Fharbour%2Fpeople%2F%3Fended")


def test_signing_in_works_with_the_address_in_any_case(cast, client):
    answer = client.post("/sign-in/", {"username": "ADA@example.org", "password": PASSWORD})
    assert (answer.status_code, answer.url) == (302, reverse("security:network-list"))
    assert client.get(DASHBOARD).status_code == 200


def test_a_wrong_password_is_refused_in_words(cast, client):
    answer = client.post("/sign-in/", {"username": "rosa@example.org", "password": "wrong"})
    assert answer.status_code == 200
    assert "do not go together" in answer.content.decode()


def test_too_many_wrong_passwords_lock_the_pair_of_account_and_address(cast, client):
    for _ in range(8):
        answer = client.post("/sign-in/", {"username": "rosa@example.org", "password": "wrong"})
    assert answer.status_code == 429
    assert client.post("/sign-in/", {"username": "rosa@example.org", "password": PASSWORD}).status_code == 429
    elsewhere = {"username": "rosa@example.org", "password": PASSWORD}
    assert client.post("/sign-in/", elsewhere, REMOTE_ADDR="192.0.2.7").status_code == 302


def test_signing_out_ends_the_session(cast, signed_in):
    client = signed_in(cast.director)
    client.post("/sign-out/")
    assert client.get(DASHBOARD).status_code == 302


def test_a_deactivated_account_is_out_at_once(cast, signed_in):
    client = signed_in(cast.director)
    Account.objects.filter(pk=cast.director.pk).update(is_active=False)
    assert client.get(DASHBOARD).status_code == 302


def test_a_right_ends_with_its_assignment_to_the_second(cast, signed_in):
    client = signed_in(cast.nobody)
    moment = now()
    with network_scope(cast.network):
        give_role(
            account=cast.nobody,
            role="auditor",
            place=cast.network,
            actor=cast.director,
            now=moment - datetime.timedelta(hours=1),
            until=moment + datetime.timedelta(hours=1),
        )
    assert client.get(DASHBOARD).status_code == 200
    with network_scope(cast.network):
        assignment = Assignment.objects.get(account=cast.nobody)
        assignment.ends_at = now()
        assignment.save()
    assert client.get(DASHBOARD).status_code == 404


def test_one_network_leads_straight_to_its_dashboard(cast, signed_in):
    assert signed_in(cast.director).get("/networks/").url == "/n/harbour/"


def test_several_networks_can_be_chosen_and_no_others_show(cast, signed_in):
    third = make_network("third")
    with network_scope(third):
        give_role(account=cast.director, role="auditor", place=third, actor=None, now=now())
    page = signed_in(cast.director).get("/networks/").content.decode()
    assert ("/n/harbour/" in page, "/n/third/" in page, "/n/hill/" in page) == (True, True, False)


def test_a_language_is_kept_and_no_foreign_page_is_led_to(cast, signed_in):
    client = signed_in(cast.director)
    answer = client.post("/language/", {"language": "zh-hans", "next": "https://elsewhere.example/"})
    assert answer.url == "/"
    assert Account.objects.get(pk=cast.director.pk).language == "zh-hans"


def test_the_platform_administrator_sees_no_network_by_that(db, signed_in):
    make_network("harbour")
    admin = Account.objects.create_superuser("petra@example.org", PASSWORD, name="Petra")
    client = signed_in(admin)
    assert client.get(DASHBOARD).status_code == 404
    assert client.get("/admin/security/network/").status_code == 200


def test_the_admin_pages_use_the_front_door(db, client):
    assert client.get("/admin/login/?next=/admin/").url.startswith("/sign-in/")


def test_the_admin_makes_a_network_and_its_first_director(db, signed_in):
    admin = Account.objects.create_superuser("petra@example.org", PASSWORD, name="Petra")
    rosa, client = make_account("Rosa"), signed_in(admin)
    values = {"name": "Harbour", "slug": "harbour", "country": "GB", "currency": "GBP", "time_zone": "Europe/London"}
    values |= {"day_starts_at": "00:00", "language": "en"}
    client.post("/admin/security/network/add/", values)
    assert Network.objects.get().slug == "harbour"
    client.post("/admin/security/account/", {"action": "direct_harbour", "_selected_action": [rosa.pk]})
    give_second_factor(rosa)
    client.post("/admin/network/", {"network": Network.objects.get().pk, "reason": "The first director is made."})
    client.post("/admin/security/assignment/add/", {"email": rosa.email, "role": "director", "until": ""})
    assert signed_in(rosa).get(DASHBOARD).status_code == 200


class TestRolesPage:
    """Giving and withdrawing roles in the browser."""

    def test_a_director_gives_a_role_at_a_site(self, cast, signed_in):
        form = {"email": "nora@example.org", "role": "site_operator", "place": "B", "until": ""}
        assert signed_in(cast.director).post("/n/harbour/people/give/", form).status_code == 302
        with network_scope(cast.network):
            assert Assignment.objects.get(account=cast.nobody).group.place == cast.second_site
            record = WorkRecord.objects.filter(verb="role.given").latest("id")
        assert (record.account, record.target_text) == (cast.director, f"#{cast.nobody.pk}")

    def test_giving_it_again_changes_nothing(self, scoped):
        for _ in range(2):
            give_role(account=scoped.nobody, role="auditor", place=scoped.network, actor=None, now=now())
        assert Assignment.objects.filter(account=scoped.nobody).count() == 1

    def test_an_unknown_address_is_an_error_beside_its_field(self, cast, signed_in):
        form = {"email": "who@example.org", "role": "auditor", "place": "network"}
        page = signed_in(cast.director).post("/n/harbour/people/give/", form).content.decode()
        assert "no active account" in page

    def test_a_site_of_another_network_cannot_be_chosen(self, cast, signed_in):
        page = signed_in(cast.director).get("/n/harbour/people/give/").content.decode()
        assert "Quetzal" not in page

    def test_a_withdrawn_role_is_gone_at_once(self, cast, signed_in):
        with network_scope(cast.network):
            number = Assignment.objects.get(account=cast.operator).pk
        client = signed_in(cast.director)
        assert "Otto" in client.get(f"/n/harbour/people/{number}/withdraw/").content.decode()
        client.post(f"/n/harbour/people/{number}/withdraw/")
        assert signed_in(cast.operator).get("/n/harbour/").status_code == 404

    def test_an_assignment_of_another_network_is_not_found(self, cast, signed_in):
        with network_scope(cast.other):
            number = Assignment.objects.get(account=cast.stranger).pk
        client = signed_in(cast.director)
        assert client.get(f"/n/harbour/people/{number}/withdraw/").status_code == 404
        assert client.post(f"/n/harbour/people/{number}/withdraw/").status_code == 404

    def test_an_auditor_gives_no_roles(self, cast, signed_in):
        assert signed_in(cast.auditor).get("/n/harbour/people/give/").status_code == 403

    def test_withdrawing_twice_is_as_once(self, scoped):
        assignment = Assignment.objects.get(account=scoped.operator)
        for _ in range(2):
            withdraw_role(assignment=assignment, actor=scoped.director, now=now())
        assert WorkRecord.objects.filter(verb="role.withdrawn").count() == 1

    def test_settings_of_the_network_are_changed_and_recorded(self, cast, signed_in):
        form = {"name": "Harbour City", "language": "en", "time_zone": "Europe/Paris", "day_starts_at": "04:00"}
        assert signed_in(cast.director).post("/n/harbour/settings/", form).status_code == 302
        network = Network.objects.get(slug="harbour")
        assert (network.name, network.time_zone, network.day_starts_at) == (
            "Harbour City",
            "Europe/Paris",
            datetime.time(4),
        )
        with network_scope(cast.network):
            after = WorkRecord.objects.get(verb="network.changed").after
        assert json.loads(json.dumps(after))["time_zone"] == "Europe/Paris"

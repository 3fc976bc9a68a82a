"""A fresh proof before sensitive deeds."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.http import HttpResponse
from django.utils.decorators import method_decorator

from core.clock import now
from core.tenancy.scope import network_scope
from security.models import Assignment
from security.signing.sensitive import sensitive
from security.signing.sessions import PROVED
from tests.cast import PASSWORD, SECRET
from tests.totp import code

GIVE = "/n/harbour/people/give/"
FORM = {"email": "nora@example.org", "role": "auditor", "place": "", "until": ""}


@pytest.fixture
def client(cast, signed_in):
    """The director, whose last proof is eleven minutes old."""
    client = signed_in(cast.director)
    session = client.session
    session[PROVED] = now().timestamp() - 11 * 60
    session.save()
    return client


@pytest.mark.parametrize(
    "path",
    [
        GIVE,
        "/n/harbour/settings/",
        "/n/harbour/people/invitations/new/",
        "/account/email/",
        "/account/second-factor/app/",
        "/account/second-factor/app/remove/",
        "/account/second-factor/keys/add/",
        "/account/recovery-codes/new/",
    ],
)
def test_sensitive_pages_ask_first(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer.url.startswith("/account/proof/?next=")) == (302, True)


def test_withdrawing_asks_first(client, cast):
    with network_scope(cast.network):
        number = Assignment.objects.get(account=cast.operator).pk
    assert client.post(f"/n/harbour/people/{number}/withdraw/").url.startswith("/account/proof/")
    with network_scope(cast.network):
        assert Assignment.objects.get(pk=number).ends_at is None


def test_other_pages_do_not_ask(client):
    assert client.get("/n/harbour/people/").status_code == 200


def test_the_password_leads_back_to_the_page(client):
    ask = client.get(f"{GIVE}?from=list").url
    assert "Is it you?" in client.get(ask).content.decode()
    answer = client.post(ask, {"password": PASSWORD})
    assert answer.url == f"{GIVE}?from=list"
    assert client.get(answer.url).status_code == 200


def test_the_second_factor_does_too(client):
    cache.clear()
    answer = client.post(f"/account/proof/code/?next={GIVE}", {"code": code(SECRET)})
    assert answer.url == GIVE
    assert client.get(GIVE).status_code == 200


def test_a_wrong_password_opens_nothing(client):
    page = client.post(f"/account/proof/?next={GIVE}", {"password": "wrong"})
    assert page.status_code == 200
    assert client.get(GIVE).status_code == 302


def test_guessing_here_is_limited_as_at_the_front_door(client):
    answers = [client.post(f"/account/proof/?next={GIVE}", {"password": "wrong"}).status_code for _ in range(9)]
    assert answers[-1] == 429


def test_nobody_is_led_elsewhere(client):
    answer = client.post("/account/proof/?next=https://elsewhere.example/", {"password": PASSWORD})
    assert "elsewhere" not in answer.url


def test_a_form_that_was_interrupted_is_kept_and_sent_by_hand(client, cast):
    ask = client.post(GIVE, FORM).url
    with network_scope(cast.network):
        assert not Assignment.objects.filter(account=cast.nobody).exists()
    after = client.post(ask, {"password": PASSWORD}).url
    page = client.get(after).content.decode()
    with network_scope(cast.network):
        assert not Assignment.objects.filter(account=cast.nobody).exists()
    kept = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    assert {name: kept[name] for name in FORM} == FORM
    assert client.post(GIVE, kept).status_code == 302
    with network_scope(cast.network):
        assert Assignment.objects.filter(account=cast.nobody).count() == 1


def test_the_kept_form_of_another_moment_is_not_shown(client):
    client.post(GIVE, FORM)
    assert client.get("/account/go-on/?form=guessed").url == "/"


def test_passwords_are_never_kept(client):
    client.post(GIVE, FORM | {"password": "hunter2hunter2"})
    assert "hunter2" not in str(dict(client.session))


def test_a_part_of_a_page_sends_the_whole_page_to_ask(client):
    answer = client.get(GIVE, headers={"HX-Request": "true"})
    assert answer["HX-Redirect"].startswith("/account/proof/")


def test_it_wraps_methods_of_admin_pages_too(rf, db, client, cast):
    class Page:
        @method_decorator(sensitive)
        def change_view(self, request, object_id):
            return HttpResponse(object_id)

    request = rf.get("/admin/security/account/7/change/")
    request.session, request.user = client.session, AnonymousUser()
    assert Page().change_view(request, "7").status_code == 302
    request.user = cast.director
    assert Page().change_view(request, "7").status_code == 302
    request.session[PROVED] = now().timestamp()
    assert Page().change_view(request, "7").content == b"7"

"""Mails and records when something about signing in changes; e-mail addresses and resets; the admin pages."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from security.models import Account
from security.tests.conftest import verbs_of
from tests.cast import PASSWORD

NEW = {"password1": "lantern otter glacier", "password2": "lantern otter glacier"}


def path_in(letter):
    """The path of the link in a mail."""
    return re.search(r"https?://[^/\s]+(/account/\S+)", letter.body).group(1)


def test_a_new_device_is_told_and_a_known_one_is_not(cast, come_in, mailed):
    client = Client()
    with mailed() as box:
        come_in(cast.operator, client, REMOTE_ADDR="192.0.2.7")
    assert [letter.subject for letter in box] == ["Sign-in from a new device"]
    assert "192.0.2.7" in box[0].body
    client.post("/sign-out/")
    with mailed() as box:
        come_in(cast.operator, client)
    assert box == []


def test_a_new_address_counts_once_its_link_was_opened_and_both_are_told(cast, signed_in, mailed):
    client = signed_in(cast.operator)
    with mailed() as box:
        client.post("/account/email/", {"action_add": "1", "email": "Otto.New@example.org"})
    (letter,) = box
    assert letter.to == ["otto.new@example.org"]
    assert Account.objects.get(pk=cast.operator.pk).email == "otto@example.org"
    page = client.get(path_in(letter)).content.decode()
    assert "otto.new@example.org becomes the address" in page
    with mailed() as box:
        client.post(path_in(letter))
    assert Account.objects.get(pk=cast.operator.pk).email == "otto.new@example.org"
    assert sorted(letter.to[0] for letter in box) == ["otto.new@example.org", "otto@example.org"]
    assert [address.email for address in EmailAddress.objects.filter(user=cast.operator)] == ["otto.new@example.org"]
    assert "account.email-changed" in verbs_of(cast.network, cast.operator)


def test_the_address_of_another_account_is_never_taken(cast, signed_in, mailed):
    client = signed_in(cast.operator)
    with mailed() as box:
        answer = client.post("/account/email/", {"action_add": "1", "email": "rosa@example.org"})
    assert answer.status_code in (200, 302)
    for letter in box:
        client.post(path_in(letter))
    assert Account.objects.get(pk=cast.operator.pk).email == "otto@example.org"


def test_a_forged_or_old_link_verifies_nothing(cast, client):
    page = client.get("/account/email/verify/MQ:1abc:forged/")
    assert (page.status_code, "does not work" in page.content.decode()) == (200, True)
    assert client.post("/account/email/verify/MQ:1abc:forged/").status_code == 404


def test_an_address_that_nobody_vouched_for_is_verified_first(db, mailed):
    account = Account(email="made@example.org", name="Made by hand")
    account.set_password(PASSWORD)
    account.save()
    client = Client()
    with mailed() as box:
        answer = client.post("/sign-in/", {"username": account.email, "password": PASSWORD})
    assert answer.url == "/sign-in/verify/"
    assert "_auth_user_id" not in client.session
    client.post(path_in(box[0]))
    answer = Client().post("/sign-in/", {"username": account.email, "password": PASSWORD})
    assert answer.url == "/networks/"


def test_a_password_is_reset_by_mail_and_all_sessions_end(cast, come_in, mailed):
    client = come_in(cast.operator)
    with mailed() as box:
        Client().post("/account/password/forgotten/", {"email": "OTTO@example.org"})
    (letter,) = box
    assert letter.body.count("http://localhost:8000/account/password/new/") == 1
    other = Client()
    form = other.get(path_in(letter)).url
    assert "set-password" in form
    with mailed() as box:
        assert other.post(form, NEW).url == "/account/password/done/"
    assert [letter.subject for letter in box] == ["Your password was changed"]
    assert client.get("/n/harbour/sites/").status_code == 302
    assert "account.password-reset" in verbs_of(cast.network, cast.operator)
    page = Client().get(path_in(letter), follow=True).content.decode()
    assert "This link does not work" in page


def test_a_reset_does_not_go_around_the_second_factor(cast, mailed):
    with mailed() as box:
        Client().post("/account/password/forgotten/", {"email": cast.director.email})
    other = Client()
    other.post(other.get(path_in(box[0])).url, NEW)
    answer = other.post("/sign-in/", {"username": cast.director.email, "password": NEW["password1"]})
    assert answer.url == "/sign-in/second-factor/"


@pytest.mark.parametrize("password", ["short", "otto-harbour-1", "password1234"])
def test_bad_passwords_are_refused_on_every_page(cast, signed_in, password):
    form = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    page = signed_in(cast.operator).post("/account/password/", form)
    assert "This password" in page.content.decode()
    assert Account.objects.get(pk=cast.operator.pk).check_password(PASSWORD)


def test_mails_are_written_in_the_language_of_the_reader(cast, come_in, mailed):
    Account.objects.filter(pk=cast.operator.pk).update(language="en", name="<b>Otto</b>")
    with mailed() as box:
        come_in(Account.objects.get(pk=cast.operator.pk))
    html = box[0].alternatives[0].content
    assert "<b>Otto" not in html
    assert 'lang="en"' in html


def test_there_is_no_signing_up(client, db):
    for path in ("/sign-up/", "/account/signup/", "/accounts/signup/"):
        assert client.get(path).status_code == 404


class TestAdmin:
    """The admin pages are as strong as the front door, because they have no door of their own."""

    @pytest.fixture
    def admin(self, db):
        return Account.objects.create_superuser("petra@example.org", PASSWORD, name="Petra")

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_its_sign_in_is_the_front_door(self, admin, client, method):
        answer = getattr(client, method)("/admin/login/", {"username": admin.email, "password": PASSWORD})
        assert answer.url.startswith("/sign-in/")
        assert "_auth_user_id" not in client.session

    def test_the_lock_holds_for_it(self, admin, client):
        for _ in range(8):
            client.post("/sign-in/?next=/admin/", {"username": admin.email, "password": "wrong"})
        answer = client.post("/sign-in/?next=/admin/", {"username": admin.email, "password": PASSWORD})
        assert answer.status_code == 429
        assert client.get("/admin/").status_code == 302

    def test_the_second_factor_holds_for_it(self, admin, client, settings):
        settings.DEMO_WITHOUT_SECOND_FACTOR = False
        answer = client.post("/sign-in/?next=/admin/", {"username": admin.email, "password": PASSWORD})
        assert answer.url == "/admin/"
        assert client.get("/admin/").url.startswith("/account/second-factor/needed/")

    def test_switching_an_account_off_there_ends_its_sessions(self, admin, cast, come_in, signed_in):
        client = come_in(cast.operator)
        form = {"email": cast.operator.email, "name": "Otto", "language": "en"}
        answer = signed_in(admin).post(f"/admin/security/account/{cast.operator.pk}/change/", form)
        assert answer.status_code == 302, answer.content.decode()
        assert client.get("/n/harbour/sites/").status_code == 302
        assert "account.deactivated" in verbs_of(cast.network, admin)

    def test_a_password_set_there_is_told_to_its_owner(self, admin, cast, signed_in, mailed):
        path = f"/admin/security/account/{cast.operator.pk}/password/"
        with mailed() as box:
            answer = signed_in(admin).post(path, NEW | {"usable_password": "true"})
        assert answer.status_code == 302
        assert [(letter.to, letter.subject) for letter in box] == [(["otto@example.org"], "Your password was changed")]
        assert "account.password-changed" in verbs_of(cast.network, admin)

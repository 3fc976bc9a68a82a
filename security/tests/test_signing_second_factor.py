"""The second factor: who must have one, how it is set up, used, kept and removed."""

import re
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client

from chargenet.live.access import channels_for
from core.tenancy.scope import network_scope
from security.actions import change_network
from security.models import Account, Network
from security.signing.gate import must_have_second_factor
from security.tests.conftest import verbs_of
from tests.cast import PASSWORD, SECRET, make_account
from tests.totp import code

NEEDED = "/account/second-factor/needed/"


@pytest.fixture
def without_factor(cast):
    """The director before she has set up anything."""
    Authenticator.objects.all().delete()
    return cast.director


def set_up_app(client):
    """Set up an app through the pages; gives its secret and the page of recovery codes."""
    page = client.get("/account/second-factor/app/").content.decode()
    secret = re.search(r"data-secret>([A-Z2-7]+)<", page).group(1)
    answer = client.post("/account/second-factor/app/", {"code": code(secret)})
    return secret, answer


class TestWhoMust:
    """Directors, accountants, administrators; and everybody where the network wants it."""

    @pytest.mark.parametrize(("who", "must"), [("director", True), ("auditor", False), ("operator", False)])
    def test_roles(self, cast, who, must):
        assert must_have_second_factor(getattr(cast, who)) is must

    def test_administrators(self, db, settings):
        admin = Account.objects.create_superuser("petra@example.org", PASSWORD, name="Petra")
        settings.DEMO_WITHOUT_SECOND_FACTOR = False
        assert must_have_second_factor(admin)
        settings.DEMO_WITHOUT_SECOND_FACTOR = True
        assert not must_have_second_factor(admin)

    def test_a_network_asks_it_of_all_of_its_own(self, cast, signed_in):
        client = signed_in(cast.auditor)
        assert client.get("/n/harbour/").status_code == 200
        with network_scope(cast.network):
            change_network(network=cast.network, values={"requires_second_factor": True}, actor=cast.director)
        assert client.get("/n/harbour/").url.startswith(NEEDED)
        assert not must_have_second_factor(cast.stranger.__class__.objects.get(pk=cast.nobody.pk))

    def test_the_director_switches_it_on_the_settings_page(self, cast, signed_in):
        form = {"name": "Harbour", "language": "en", "time_zone": "Europe/London", "day_starts_at": "00:00"}
        signed_in(cast.director).post("/n/harbour/settings/", form | {"requires_second_factor": "on"})
        assert Network.objects.get(slug="harbour").requires_second_factor

    def test_demonstrations_are_spared(self, cast):
        Network.objects.filter(pk=cast.network.pk).update(is_demo=True, requires_second_factor=True)
        assert not must_have_second_factor(Account.objects.get(pk=cast.director.pk))
        assert not must_have_second_factor(Account.objects.get(pk=cast.auditor.pk))


class TestTheGate:
    """Nothing goes before the set-up."""

    @pytest.mark.parametrize("path", ["/n/harbour/", "/networks/", "/n/harbour/sites/", "/n/harbour/people/"])
    def test_leads_to_the_set_up(self, cast, without_factor, signed_in, path):
        answer = signed_in(cast.director).get(path)
        assert (answer.status_code, answer.url.startswith(NEEDED)) == (302, True)

    def test_leads_the_whole_page_away_from_a_part_of_it(self, cast, without_factor, signed_in):
        answer = signed_in(cast.director).get("/n/harbour/sites/", headers={"HX-Request": "true"})
        assert (answer.content, answer["HX-Redirect"]) == (b"", NEEDED)

    def test_holds_for_forms_too(self, cast, without_factor, signed_in):
        form = {"email": "nora@example.org", "role": "auditor", "place": "network", "until": ""}
        assert signed_in(cast.director).post("/n/harbour/people/give/", form).url.startswith(NEEDED)

    def test_holds_for_the_admin_pages(self, db, settings, signed_in):
        settings.DEMO_WITHOUT_SECOND_FACTOR = False
        admin = Account.objects.create_superuser("petra@example.org", PASSWORD, name="Petra")
        client = signed_in(admin)
        for path in ("/admin/", "/admin/security/account/", "/admin/security/network/add/"):
            assert client.get(path).url.startswith(NEEDED)

    @pytest.mark.django_db(transaction=True)
    def test_holds_for_live_streams(self, cast, without_factor, signed_in):
        key = signed_in(cast.director).session.session_key
        assert channels_for(key, "harbour", ["sites"]) is None

    def test_says_why_and_leaves_the_way_out_open(self, cast, without_factor, signed_in):
        client = signed_in(cast.director)
        assert "asks for a second factor" in client.get(NEEDED).content.decode()
        assert client.post("/sign-out/").status_code == 302

    def test_opens_after_the_set_up_and_leads_back(self, cast, without_factor, signed_in):
        client = signed_in(cast.director)
        client.get("/n/harbour/people/", follow=True)
        _secret, answer = set_up_app(client)
        assert answer.url == "/account/recovery-codes/"
        assert client.get("/account/second-factor/done/").url == "/n/harbour/people/"
        assert client.get("/n/harbour/people/").status_code == 200

    def test_stays_open_for_those_with_a_factor(self, cast, signed_in):
        assert signed_in(cast.director).get("/n/harbour/people/").status_code == 200


class TestSigningIn:
    """Password first, then the code."""

    def test_the_password_alone_opens_nothing(self, cast, client):
        answer = client.post("/sign-in/", {"username": cast.director.email, "password": PASSWORD})
        assert answer.url == "/sign-in/second-factor/"
        assert client.get("/n/harbour/").url.startswith("/sign-in/")
        assert "_auth_user_id" not in client.session

    def test_the_right_code_opens(self, cast, come_in):
        assert come_in(cast.director).get("/n/harbour/people/").status_code == 200

    def test_a_wrong_code_is_told(self, cast, client):
        client.post("/sign-in/", {"username": cast.director.email, "password": PASSWORD})
        page = client.post("/sign-in/second-factor/", {"code": "000000"})
        assert "not right" in page.content.decode()
        assert "_auth_user_id" not in client.session

    def test_a_code_opens_once(self, cast, come_in):
        digits = code(SECRET)
        come_in(cast.director)
        again = Client()
        again.post("/sign-in/", {"username": cast.director.email, "password": PASSWORD})
        page = again.post("/sign-in/second-factor/", {"code": digits})
        assert page.status_code == 200
        assert "_auth_user_id" not in again.session

    def test_codes_are_limited(self, cast, client):
        client.post("/sign-in/", {"username": cast.director.email, "password": PASSWORD})
        for _ in range(8):
            client.post("/sign-in/second-factor/", {"code": "000000"})
        page = client.post("/sign-in/second-factor/", {"code": code(SECRET)})
        assert page.status_code == 200
        assert "Too many" in page.content.decode()
        assert "_auth_user_id" not in client.session

    def test_the_page_of_codes_needs_the_password_first(self, client, db):
        assert client.get("/sign-in/second-factor/").url == "/sign-in/"

    def test_a_recovery_code_opens_once_and_is_told(self, cast, come_in, mailed):
        client = come_in(cast.auditor)
        _secret, _answer = set_up_app(client)
        page = client.get("/account/recovery-codes/").content.decode()
        codes = re.findall(r'class="code">(\d{8})<', page)
        assert len(codes) == 10
        for expected in (True, False):
            cache.clear()
            other = Client()
            other.post("/sign-in/", {"username": cast.auditor.email, "password": PASSWORD})
            with mailed() as box:
                other.post("/sign-in/second-factor/", {"code": codes[0]})
            assert ("_auth_user_id" in other.session) is expected
            assert ("A recovery code was used" in [letter.subject for letter in box]) is expected
        assert "account.recovery-code-used" in verbs_of(cast.network, cast.auditor)

    def test_recovery_codes_are_shown_once(self, cast, signed_in):
        client = signed_in(cast.auditor)
        set_up_app(client)
        assert re.search(r'class="code">\d{8}<', client.get("/account/recovery-codes/").content.decode())
        assert not re.search(r"\d{8}<", client.get("/account/recovery-codes/").content.decode())


class TestKeeping:
    """How factors are kept and removed."""

    def test_secrets_are_encrypted(self, cast, signed_in):
        secret, _answer = set_up_app(signed_in(cast.auditor))
        data = str(Authenticator.objects.filter(user=cast.auditor).values_list("data", flat=True))
        assert secret not in data

    def test_keys_can_be_changed(self, cast, come_in, settings):
        settings.SECOND_FACTOR_KEYS = ["a-new-key-of-the-installation", settings.SECRET_KEY]
        assert come_in(cast.director).get("/n/harbour/people/").status_code == 200

    def test_the_last_factor_stays_with_those_who_must(self, cast, signed_in):
        client = signed_in(cast.director)
        page = client.post("/account/second-factor/app/remove/")
        assert "Add another one first" in page.content.decode()
        assert Authenticator.objects.filter(user=cast.director).exists()

    def test_others_may_remove_it(self, cast, signed_in, mailed):
        client = signed_in(cast.auditor)
        set_up_app(client)
        with mailed() as box:
            client.post("/account/second-factor/app/remove/")
        assert not Authenticator.objects.filter(user=cast.auditor).exists()
        assert [letter.subject for letter in box] == ["A second factor was removed"]
        assert verbs_of(cast.network, cast.auditor) == [
            "account.second-factor-added",
            "account.recovery-codes-made",
            "account.second-factor-removed",
        ]

    def test_nobody_removes_the_key_of_another(self, cast, signed_in):
        key = Authenticator.objects.create(user=cast.nobody, type="webauthn", data={"name": "mine"})
        client = signed_in(cast.director)
        for deed in ("remove", "name"):
            assert client.post(f"/account/second-factor/keys/{key.pk}/{deed}/").status_code == 404

    def test_broken_answers_of_keys_are_refused_in_words(self, cast, signed_in):
        client = signed_in(cast.auditor)
        client.get("/account/second-factor/keys/add/")
        for credential in ("", "{}", "[]", '{"id": 1}', "no json", '{"id":"x","rawId":"x","response":{},"type":"y"}'):
            answer = client.post("/account/second-factor/keys/add/", {"name": "n", "credential": credential})
            assert answer.status_code == 200
        assert not Authenticator.objects.filter(user=cast.auditor).exists()


def test_an_account_without_networks_can_have_one(db, signed_in):
    set_up_app(signed_in(make_account("Nora")))
    assert Authenticator.objects.filter(type="totp").count() == 1


def test_the_command_resets_records_and_tells(cast, come_in, mailed):
    client = come_in(cast.director)
    with mailed() as box:
        call_command("reset_second_factor", "ROSA@example.org", stdout=StringIO())
    assert not Authenticator.objects.filter(user=cast.director).exists()
    assert [letter.subject for letter in box] == ["A second factor was removed"]
    assert verbs_of(cast.network, cast.director)[-1] == "account.second-factor-removed"
    assert client.get("/n/harbour/").url.startswith("/sign-in/")


def test_the_command_knows_no_stranger(db):
    with pytest.raises(CommandError, match="no account"):
        call_command("reset_second_factor", "who@example.org")

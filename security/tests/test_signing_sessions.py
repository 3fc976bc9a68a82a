"""How long sessions last, when their key changes, and how they end."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from chargenet.live.access import channels_for
from core.clock import now
from core.tenancy.scope import network_scope
from security.actions import give_role, withdraw_role
from security.models import Account, Assignment
from security.signing.sessions import PROVED, SEEN, SIGNED_IN, forget_ended, why_over
from security.tests.conftest import verbs_of
from tests.cast import PASSWORD

PAGE = "/n/harbour/sites/"
HOUR = 3600
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:130.0) Gecko/20100101 Firefox/130.0"


def turn_clock(client, **hours):
    """Move the moments of a session back, as if the clock had gone on: signed_in_at=13, seen_at=0."""
    session = client.session
    for name, value in hours.items():
        session[name] = now().timestamp() - value * HOUR
    session.save()


@pytest.mark.parametrize(
    ("begun", "seen", "lasts"), [(2.9, 2.9, True), (11.9, 0, True), (3.1, 3.1, False), (12.1, 0, False), (0, 0, True)]
)
def test_idle_and_absolute_limits(cast, signed_in, begun, seen, lasts):
    client = signed_in(cast.operator)
    turn_clock(client, **{SIGNED_IN: begun, SEEN: seen})
    answer = client.get(PAGE)
    assert answer.status_code == (200 if lasts else 302)
    if not lasts:
        assert answer.url == "/sign-in/?next=%2Fn%2Fharbour%2Fsites%2F"
        assert "_auth_user_id" not in client.session
        assert "signed out for safety" in client.get(answer.url).content.decode()
        assert verbs_of(cast.network, cast.operator) == ["account.session-ended"]


def test_using_it_prolongs_a_session_up_to_the_absolute_limit(cast, signed_in):
    client = signed_in(cast.operator)
    for hours in (2, 4, 6, 8, 10, 11.5):
        turn_clock(client, **{SIGNED_IN: hours, SEEN: 2})
        assert client.get(PAGE).status_code == 200
    turn_clock(client, **{SIGNED_IN: 12.1})
    assert client.get(PAGE).status_code == 302


def test_a_page_that_refreshes_itself_prolongs_nothing(cast, signed_in):
    client = signed_in(cast.operator)
    turn_clock(client, **{SEEN: 2})
    client.get(PAGE, headers={"HX-Request": "true", "X-Live": "1"})
    assert now().timestamp() - client.session[SEEN] > 1.9 * HOUR
    client.get(PAGE)
    assert now().timestamp() - client.session[SEEN] < 60


def test_a_session_without_stamps_is_over():
    assert why_over({}) == "absolute"


@pytest.mark.django_db(transaction=True)
def test_limits_hold_for_live_streams(cast, signed_in):
    client = signed_in(cast.operator)
    key = client.session.session_key
    assert channels_for(key, "harbour", ["sites"]) is not None
    turn_clock(client, **{SEEN: 3.1})
    assert channels_for(key, "harbour", ["sites"]) is None


def test_signing_in_gives_a_new_key(cast, come_in):
    client = Client()
    client.get("/sign-in/")
    session = client.session
    session["planted"] = "1"
    session.save()
    client.cookies["sessionid"] = before = session.session_key
    come_in(cast.operator, client)
    assert client.session.session_key != before
    assert client.get(PAGE).status_code == 200


def test_changed_rights_give_a_new_key_and_keep_the_session(cast, come_in):
    client = come_in(cast.operator)
    before = client.session.session_key
    with network_scope(cast.network):
        give_role(account=cast.operator, role="auditor", place=cast.network, actor=cast.director, now=now())
    part = client.get(PAGE, headers={"HX-Request": "true"})
    assert (part.status_code, client.session.session_key) == (200, before)
    assert client.get(PAGE).status_code == 200
    after = client.session.session_key
    assert after != before
    assert UserSession.objects.get(user=cast.operator).session_key == after
    with network_scope(cast.network):
        role = Assignment.objects.get(account=cast.operator, group__role="auditor")
        withdraw_role(assignment=role, actor=cast.director, now=now())
    client.get(PAGE)
    assert client.session.session_key != after


def test_own_sessions_are_listed_and_no_others(cast, come_in):
    client = come_in(cast.operator, HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR="192.0.2.7")
    come_in(cast.auditor, REMOTE_ADDR="198.51.100.9")
    page = client.get("/account/sessions/").content.decode()
    assert "Firefox on Windows" in page
    assert "this session" in page
    assert ("192.0.2.7" in page, "198.51.100.9" in page) == (True, False)


def test_one_session_can_be_ended_from_another(cast, come_in):
    first, second = come_in(cast.operator), come_in(cast.operator)
    number = UserSession.objects.get(session_key=first.session.session_key).pk
    assert second.post(f"/account/sessions/{number}/end/").status_code == 302
    assert (first.get(PAGE).status_code, second.get(PAGE).status_code) == (302, 200)
    assert verbs_of(cast.network, cast.operator)[-1] == "account.session-ended"


def test_nobody_ends_the_session_of_another(cast, come_in, signed_in):
    own = come_in(cast.operator)
    number = UserSession.objects.get(user=cast.operator).pk
    assert signed_in(cast.director).post(f"/account/sessions/{number}/end/").status_code == 404
    assert own.get(PAGE).status_code == 200


def test_all_others_can_be_ended(cast, come_in):
    clients = [come_in(cast.operator) for _ in range(3)]
    clients[1].post("/account/sessions/end-others/")
    assert [client.get(PAGE).status_code for client in clients] == [302, 200, 302]


def test_a_new_password_ends_all_others(cast, come_in, mailed):
    first, second = come_in(cast.operator), come_in(cast.operator)
    form = {"oldpassword": PASSWORD, "password1": "lantern otter glacier", "password2": "lantern otter glacier"}
    with mailed() as box:
        assert second.post("/account/password/", form).url == "/account/"
    assert (first.get(PAGE).status_code, second.get(PAGE).status_code) == (302, 200)
    assert [letter.subject for letter in box] == ["Your password was changed"]
    assert verbs_of(cast.network, cast.operator).count("account.password-changed") == 1


def test_a_deactivated_account_is_out_at_once_everywhere(cast, come_in):
    client = come_in(cast.operator)
    key = client.session.session_key
    account = Account.objects.get(pk=cast.operator.pk)
    account.is_active = False
    account.save()
    assert client.get(PAGE).status_code == 302
    assert not client.session.exists(key)
    assert not UserSession.objects.filter(user=account).exists()
    assert verbs_of(cast.network)[-1] == "account.deactivated"


@pytest.mark.django_db(transaction=True)
def test_streams_of_a_deactivated_account_end_at_their_next_check(cast, signed_in):
    key = signed_in(cast.operator).session.session_key
    assert channels_for(key, "harbour", ["sites"]) is not None
    Account.objects.filter(pk=cast.operator.pk).update(is_active=False)
    assert channels_for(key, "harbour", ["sites"]) is None


def test_signing_in_and_out_are_recorded_in_the_own_networks_only(cast, come_in):
    client = come_in(cast.operator)
    client.post("/sign-out/")
    assert verbs_of(cast.network, cast.operator) == ["account.signed-in", "account.signed-out"]
    assert verbs_of(cast.other) == []


def test_name_and_language_can_be_changed(cast, signed_in):
    client = signed_in(cast.operator)
    assert client.post("/account/", {"name": "Otto O.", "language": "en"}).status_code == 302
    account = Account.objects.get(pk=cast.operator.pk)
    assert (account.name, account.language) == ("Otto O.", "en")
    assert verbs_of(cast.network, cast.operator) == ["account.changed"]
    page = client.post("/account/", {"name": "", "language": "xx"})
    assert page.status_code == 200


def test_what_is_over_is_forgotten_and_what_runs_stays(cast, come_in):
    over, running = come_in(cast.operator), come_in(cast.auditor)
    Session.objects.filter(session_key=over.session.session_key).update(expire_date=now() - timedelta(minutes=1))
    assert forget_ended(now=now()) == 1
    assert [session.user for session in UserSession.objects.all()] == [cast.auditor]
    assert running.get(PAGE).status_code == 200


def test_the_proof_of_signing_in_is_kept(cast, come_in):
    assert now().timestamp() - come_in(cast.operator).session[PROVED] < 60

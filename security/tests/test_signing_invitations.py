"""Invitations: from the director's form to the role."""

import datetime
import re
import threading

import pytest
from django.db import connections
from django.test import Client

from core.clock import now
from core.history import update_with_history
from core.rights import may
from core.tenancy.scope import network_scope
from security.actions import give_role, withdraw_role
from security.models import Account, Assignment, Invitation, Network
from security.signing.invitations import InvitationRefused, Proposal, accept, invite, resend
from security.tests.conftest import verbs_of
from tests.cast import PASSWORD

FORM = {"name": "Clara Clerk", "email": "Clara@example.org", "role": "site_operator", "place": "A", "until": ""}
NEW = {"name": "Clara Clerk", "password1": "lantern otter glacier", "password2": "lantern otter glacier"}


def link_in(letter):
    """The path of the link in a mail."""
    return re.search(r"https?://[^/\s]+(/invitation/\S+)", letter.body).group(1)


@pytest.fixture
def invited(cast, signed_in, mailed):
    """The path of the link by which Clara is invited to site A."""
    with mailed() as box:
        answer = signed_in(cast.director).post("/n/harbour/people/invitations/new/", FORM)
    assert answer.status_code == 302, answer.content.decode()
    return link_in(box[0])


def opened(path):
    """(client, the answer of the page) after following a link."""
    client = Client()
    return client, client.get(path, follow=True)


def test_the_mail_says_who_invites_to_what(cast, signed_in, mailed):
    with mailed() as box:
        signed_in(cast.director).post("/n/harbour/people/invitations/new/", FORM)
    (letter,) = box
    html = letter.alternatives[0].content
    assert letter.to == ["clara@example.org"]
    for part in ("Rosa", "Harbour", "Station operator", "Alpha Quay"):
        assert part in letter.body
        assert part in html


def test_a_new_account_is_made_signed_in_and_sees_its_place_only(cast, invited):
    client, page = opened(invited)
    assert "Rosa invites you" in page.content.decode()
    answer = client.post("/invitation/", NEW)
    assert (answer.status_code, answer.url) == (302, "/n/harbour/")
    clara = Account.objects.get(email="clara@example.org")
    with network_scope(cast.network):
        assert may(clara, "stations.view_site", cast.site)
        assert not may(clara, "stations.view_site", cast.second_site)
    assert clara.emailaddress_set.get().verified
    assert client.get("/n/harbour/sites/").status_code == 200
    assert verbs_of(cast.network, clara) == ["invitation.accepted", "account.signed-in"]


def test_the_token_stands_neither_in_the_database_nor_in_the_page(cast, invited):
    token = invited.strip("/").split("/")[-1]
    with network_scope(cast.network):
        values = Invitation.objects.values_list()[0]
    assert token not in str(values)
    client = Client()
    assert client.get(invited).url == "/invitation/"
    assert token not in client.get("/invitation/").content.decode()


@pytest.mark.parametrize(
    ("change", "heading"),
    [
        ({"expires_at": now() - datetime.timedelta(days=1)}, "too old"),
        ({"withdrawn_at": now()}, "was withdrawn"),
    ],
)
def test_a_link_that_is_over_says_why(cast, invited, change, heading):
    with network_scope(cast.network):
        update_with_history(Invitation.objects.all(), **change)
    client, page = opened(invited)
    assert (page.status_code, heading in page.content.decode()) == (410, True)
    assert client.post("/invitation/", NEW).status_code == 410
    assert not Account.objects.filter(email="clara@example.org").exists()


def test_a_link_works_once(cast, invited):
    client, _page = opened(invited)
    client.post("/invitation/", NEW)
    _client, page = opened(invited)
    assert (page.status_code, "accepted already" in page.content.decode()) == (410, True)


def test_an_unknown_token_and_an_unknown_network_look_the_same(cast):
    answers = [opened(f"/invitation/{slug}/{'x' * 43}/")[1] for slug in ("harbour", "nowhere")]
    texts = [re.sub(r"[A-Za-z0-9+/]{22,64}=*", "", answer.content.decode()) for answer in answers]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert texts[0] == texts[1]


def test_a_token_of_one_network_opens_nothing_in_another(cast, invited):
    _client, page = opened(invited.replace("/harbour/", "/hill/"))
    assert page.status_code == 404


def test_sending_again_replaces_the_link(cast, invited, signed_in, mailed):
    with network_scope(cast.network):
        number = Invitation.objects.get().pk
    with mailed() as box:
        signed_in(cast.director).post(f"/n/harbour/people/invitations/{number}/resend/")
    assert opened(invited)[1].status_code == 404
    assert opened(link_in(box[0]))[1].status_code == 200


def test_withdrawing_is_recorded_and_safe_to_repeat(cast, invited, signed_in):
    with network_scope(cast.network):
        number = Invitation.objects.get().pk
    for _ in range(2):
        signed_in(cast.director).post(f"/n/harbour/people/invitations/{number}/withdraw/")
    assert verbs_of(cast.network, cast.director) == ["invitation.sent", "invitation.withdrawn"]


def test_an_existing_account_signs_in_and_accepts(cast, signed_in, mailed):
    with mailed() as box:
        signed_in(cast.director).post(
            "/n/harbour/people/invitations/new/", FORM | {"email": "nora@example.org", "name": "Nora"}
        )
    path = link_in(box[0])
    client, page = opened(path)
    assert "Sign in, then accept" in page.content.decode()
    assert "already" in client.post("/invitation/", NEW).content.decode()
    client = signed_in(cast.nobody)
    client.get(path)
    assert client.post("/invitation/").url == "/n/harbour/"
    assert client.get("/n/harbour/sites/").status_code == 200


def test_somebody_else_cannot_accept(cast, invited, signed_in):
    client = signed_in(cast.nobody)
    page = client.get(invited, follow=True)
    assert (page.status_code, "somebody else" in page.content.decode()) == (403, True)
    assert client.post("/invitation/").status_code == 403
    with network_scope(cast.network):
        assert not Assignment.objects.filter(account=cast.nobody).exists()


@pytest.mark.parametrize("password", ["short", "harbour-clara1", "password12345"])
def test_a_bad_password_makes_no_account(cast, invited, password):
    client, _page = opened(invited)
    page = client.post("/invitation/", NEW | {"password1": password, "password2": password})
    assert page.status_code == 200
    assert "This password" in page.content.decode()
    assert not Account.objects.filter(email="clara@example.org").exists()


def test_passwords_that_differ_are_told(cast, invited):
    client, _page = opened(invited)
    assert "differ" in client.post("/invitation/", NEW | {"password2": "something else here"}).content.decode()


def test_an_invitation_ends_with_the_right_of_who_invited(cast, invited):
    with network_scope(cast.network):
        role = Assignment.objects.get(account=cast.director)
        give_role(account=cast.nobody, role="director", place=cast.network, actor=None, now=now())
        withdraw_role(assignment=role, actor=cast.nobody, now=now())
    client, _page = opened(invited)
    assert client.post("/invitation/", NEW).status_code == 410
    assert not Account.objects.filter(email="clara@example.org").exists()


@pytest.mark.parametrize(("who", "status"), [("auditor", 403), ("operator", 403), ("stranger", 404)])
def test_only_directors_invite(cast, signed_in, who, status):
    answer = signed_in(getattr(cast, who)).post("/n/harbour/people/invitations/new/", FORM)
    assert answer.status_code == status
    with network_scope(cast.network):
        assert Invitation.objects.count() == 0


def test_open_invitations_are_listed_without_those_of_others(cast, invited, signed_in):
    with network_scope(cast.other):
        proposal = Proposal("quetzal@example.org", "Quetzal", "auditor", cast.other)
        invite(proposal=proposal, actor=cast.stranger, now=now())
    page = signed_in(cast.auditor).get("/n/harbour/people/invitations/").content.decode()
    assert ("clara@example.org" in page, "quetzal" in page.lower()) == (True, False)


def test_an_invitation_of_another_network_is_not_found(cast, signed_in):
    with network_scope(cast.other):
        proposal = Proposal("quetzal@example.org", "Quetzal", "auditor", cast.other)
        number = invite(proposal=proposal, actor=cast.stranger, now=now()).pk
    client = signed_in(cast.director)
    for deed in ("resend", "withdraw"):
        assert client.get(f"/n/harbour/people/invitations/{number}/{deed}/").status_code == 404
        assert client.post(f"/n/harbour/people/invitations/{number}/{deed}/").status_code == 404


def test_inviting_the_same_again_sends_anew_and_makes_no_second(scoped):
    for _ in range(2):
        invite(proposal=Proposal("a@example.org", "A", "auditor", scoped.network), actor=scoped.director, now=now())
    assert Invitation.objects.count() == 1


def test_who_holds_the_role_already_is_not_invited(scoped):
    proposal = Proposal("ada@example.org", "Ada", "auditor", scoped.network)
    with pytest.raises(InvitationRefused, match="already"):
        invite(proposal=proposal, actor=scoped.director, now=now())


def test_an_end_in_the_past_is_refused(scoped):
    proposal = Proposal("a@example.org", "A", "auditor", scoped.network, until=now() - datetime.timedelta(days=1))
    with pytest.raises(InvitationRefused, match="future"):
        invite(proposal=proposal, actor=scoped.director, now=now())


def test_a_platform_administrator_invites_the_first_director(cast, signed_in, mailed):
    admin = Account.objects.create_superuser("petra@example.org", PASSWORD, name="Petra")
    network = Network.objects.create(slug="new", name="New", country="GB", currency="GBP", time_zone="Europe/London")
    form = {"name": "Dan", "email": "dan@example.org", "role": "director", "place": "", "until": ""}
    assert signed_in(cast.director).post("/invite/new/", form).status_code == 404
    with mailed() as box:
        assert signed_in(admin).post("/invite/new/", form).status_code == 302
    client, _page = opened(link_in(box[0]))
    assert client.post("/invitation/", NEW).url == "/n/new/"
    assert "second-factor/needed" in client.get("/n/new/").url
    with network_scope(network):
        assert Assignment.objects.get().account.email == "dan@example.org"


@pytest.mark.django_db(transaction=True)
def test_two_who_accept_at_once_make_one_account(cast, monkeypatch):
    tokens = []
    monkeypatch.setattr("security.signing.invitations.link_of", lambda network, token: tokens.append(token) or "")
    with network_scope(cast.network):
        invite(proposal=Proposal("c@example.org", "C", "auditor", cast.network), actor=cast.director, now=now())
    outcomes, start = [], threading.Barrier(4)

    def take():
        start.wait()
        try:
            with network_scope(cast.network):
                accept(token=tokens[0], account=None, name="C", password="lantern otter glacier", now=now())
            outcomes.append("accepted")
        except Exception as error:
            outcomes.append(getattr(error, "code", type(error).__name__))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["accepted", "used", "used", "used"]
    with network_scope(cast.network):
        assert Assignment.objects.filter(account__email="c@example.org").count() == 1


def test_an_expired_invitation_can_be_sent_again(scoped):
    proposal = Proposal("a@example.org", "A", "auditor", scoped.network)
    invitation = invite(proposal=proposal, actor=scoped.director, now=now() - datetime.timedelta(days=30))
    assert not invitation.is_open(now())
    assert resend(invitation=invitation, actor=scoped.director, now=now()).is_open(now())

"""Limits on guessing, and that nobody can lock somebody else out by them."""

import time
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client

from security.models import Account
from security.signing import devices
from security.tests.conftest import verbs_of
from tests.cast import PASSWORD

HERE, THERE = {"REMOTE_ADDR": "192.0.2.7"}, {"REMOTE_ADDR": "198.51.100.9"}


def fail(account, times, client=None, **where):
    """Wrong passwords; gives the last answer."""
    client = client or Client()
    for _ in range(times):
        answer = client.post("/sign-in/", {"username": account.email, "password": "wrong"}, **where)
    return answer


def enter(account, client=None, **where):
    """The right password; the status of the answer (302: in)."""
    form = {"username": account.email, "password": PASSWORD}
    return (client or Client()).post("/sign-in/", form, **where).status_code


def test_the_page_says_when_to_try_again(cast):
    answer = fail(cast.auditor, 8, **HERE)
    assert answer.status_code == 429
    assert 840 <= int(answer["Retry-After"]) <= 900
    assert "Try again in 15 minutes" in answer.content.decode()


def test_further_attempts_do_not_prolong_a_lock(cast):
    fail(cast.auditor, 8, **HERE)
    begun = AccessAttempt.objects.get().attempt_time
    fail(cast.auditor, 3, **HERE)
    assert AccessAttempt.objects.get().attempt_time == begun
    AccessAttempt.objects.update(attempt_time=begun - timedelta(minutes=16))
    assert enter(cast.auditor, **HERE) == 302


def test_a_stranger_locks_himself_out_and_not_the_owner(cast):
    fail(cast.auditor, 10, **HERE)
    assert enter(cast.auditor, **HERE) == 429
    assert enter(cast.auditor, **THERE) == 302


def test_a_device_that_the_account_knows_is_not_locked_by_its_neighbour(cast, come_in):
    own = come_in(cast.auditor, **HERE)
    own.post("/sign-out/")
    fail(cast.auditor, 10, **HERE)
    assert enter(cast.auditor, own, **HERE) == 302


def test_a_known_device_has_a_limit_too(cast, come_in):
    own = come_in(cast.auditor, **HERE)
    own.post("/sign-out/")
    assert fail(cast.auditor, 8, own, **HERE).status_code == 429
    assert enter(cast.auditor, own, **HERE) == 429


def test_a_known_device_is_known_for_its_own_account_only(cast, come_in, rf):
    request = rf.get("/")
    request.COOKIES[devices.COOKIE] = come_in(cast.auditor).cookies[devices.COOKIE].value
    assert devices.device_of(request, cast.auditor.email)
    assert not devices.device_of(request, cast.director.email)


@pytest.mark.parametrize("value", ["", "x", "a:b:c", "eyJpZCI6IngifQ:1:x"])
def test_a_forged_device_is_unknown(rf, value):
    request = rf.get("/")
    request.COOKIES[devices.COOKIE] = value
    assert devices.device_of(request, "ada@example.org") == ""


def test_one_address_may_fail_so_often_over_all_accounts(cast, settings):
    settings.SIGN_IN_FAILURES_AN_HOUR = 6
    for number in range(6):
        Client().post("/sign-in/", {"username": f"n{number}@example.org", "password": "wrong"}, **HERE)
    assert enter(cast.auditor, **HERE) == 429
    assert enter(cast.auditor, **THERE) == 302


def test_the_same_household_is_one_address(cast, settings):
    settings.SIGN_IN_FAILURES_AN_HOUR = 3
    for number in range(4):
        where = {"REMOTE_ADDR": f"2001:db8:1:2::{number}"}
        answer = Client().post("/sign-in/", {"username": "n@example.org", "password": "wrong"}, **where)
    assert answer.status_code == 429
    assert enter(cast.auditor, REMOTE_ADDR="2001:db8:1:3::1") == 302


def test_signing_in_does_not_use_up_the_share(cast, settings):
    settings.SIGN_IN_FAILURES_AN_HOUR = 3
    assert [enter(cast.auditor, **HERE) for _ in range(6)] == [302] * 6


def test_unknown_inactive_and_known_accounts_get_the_same_answer(cast):
    Account.objects.filter(pk=cast.nobody.pk).update(is_active=False)
    pages = []
    for email, password in (("who@example.org", "x"), (cast.nobody.email, PASSWORD), (cast.auditor.email, "x")):
        answer = Client().post("/sign-in/", {"username": email, "password": password}, **HERE)
        text = answer.content.decode().replace(email, "")
        pages.append((answer.status_code, "do not go together" in text, len(text)))
    assert len({page[:2] for page in pages}) == 1


def test_every_refusal_takes_the_same_time(cast, settings):
    settings.REFUSAL_SECONDS = 0.4
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    for email in ("who@example.org", cast.auditor.email):
        started = time.monotonic()
        Client().post("/sign-in/", {"username": email, "password": "wrong"})
        assert time.monotonic() - started >= 0.4


def test_a_right_password_does_not_wait(cast, settings):
    settings.REFUSAL_SECONDS = 30
    started = time.monotonic()
    assert enter(cast.auditor) == 302
    assert time.monotonic() - started < 20


def test_unknown_accounts_cost_a_hash_as_known_ones_do(cast, settings, monkeypatch):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    hashed = []
    encode = PBKDF2PasswordHasher.encode
    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", lambda *args: hashed.append(1) or encode(*args))
    Client().post("/sign-in/", {"username": "who@example.org", "password": "wrong"})
    assert len(hashed) == 1


def test_refusals_and_locks_are_recorded_once_each(cast):
    fail(cast.auditor, 12, **HERE)
    verbs = verbs_of(cast.network, cast.auditor)
    # The eighth failure is the lock.
    assert (verbs.count("account.sign-in-refused"), verbs.count("account.locked-out")) == (7, 1)
    assert verbs_of(cast.other) == []


def test_what_was_typed_is_not_kept_as_text(cast):
    Client().post("/sign-in/", {"username": "my secret typed here@x.org", "password": "hunter2hunter2"})
    Client().post("/sign-in/", {"username": "typed@example.org", "password": "hunter2hunter2"})
    rows = str(list(AccessAttempt.objects.values()))
    assert AccessAttempt.objects.count() >= 1
    assert "hunter2" not in rows
    assert "typed@" not in str(list(AccessAttempt.objects.values_list("username", flat=True)))


def test_mails_of_resets_are_limited_and_say_nothing(cast, mailed):
    with mailed() as box:
        for email in (cast.auditor.email, cast.auditor.email, "who@example.org"):
            answer = Client().post("/account/password/forgotten/", {"email": email}, **THERE)
            assert answer.url == "/account/password/sent/"
    assert [letter.to for letter in box] == [[cast.auditor.email]]
    answers = [
        Client().post("/account/password/forgotten/", {"email": "a@example.org"}, **HERE).status_code for _ in range(12)
    ]
    assert (answers[0], answers[-1]) == (302, 429)

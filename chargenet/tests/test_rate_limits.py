"""Rate limits: who is asked to wait, who is not, and what it costs."""

import statistics
import time

import pytest
from django.core.cache import cache
from redis import Redis

from core import rate_limits
from core.rate_limits import Limit, bucket, take
from tests.cast import PASSWORD


@pytest.fixture(autouse=True)
def _empty(settings):
    Redis.from_url(settings.REDIS_URL).flushdb()
    cache.clear()


def test_a_bucket_gives_what_it_holds_then_says_when_to_come_again():
    limit = Limit(3, 30)
    assert [take([("limit:test", limit)]) for _ in range(4)] == [0, 0, 0, 10]


def test_a_bucket_fills_again(monkeypatch):
    limit, clock = Limit(2, 20), [1000.0]
    monkeypatch.setattr(rate_limits.time, "time", lambda: clock[0])
    assert [take([("limit:test", limit)]) for _ in range(3)] == [0, 0, 10]
    clock[0] += 10
    assert [take([("limit:test", limit)]) for _ in range(2)] == [0, 10]


def test_a_refused_request_takes_from_no_bucket():
    take([("limit:small", Limit(1, 60))])
    assert take([("limit:small", Limit(1, 60)), ("limit:large", Limit(1, 60))]) > 0
    assert take([("limit:large", Limit(1, 60))]) == 0


def test_exports_are_limited_by_account_and_network_with_a_page_that_says_when(cast, signed_in, settings):
    settings.RATE_LIMITS = {"export": "2/60"}
    client = signed_in(cast.director)
    answers = [client.get("/n/harbour/sites/export/") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 25 <= int(answers[2]["Retry-After"]) <= 31
    assert "Try again in" in answers[2].content.decode()
    assert client.get("/n/harbour/sites/").status_code == 200
    assert signed_in(cast.auditor).get("/n/harbour/sites/export/").status_code == 200
    assert signed_in(cast.stranger).get("/n/hill/sites/export/").status_code == 200


def test_an_address_shared_by_many_is_limited_later_and_by_network(cast, signed_in, settings):
    settings.RATE_LIMITS = {"search": "1/60"}
    assert signed_in(cast.director).get("/n/harbour/sites/?q=a").status_code == 200
    key = bucket("search", cast.network.pk, "address:127.0.0.1")
    while take([(key, Limit(5, 60))]) == 0:
        pass
    assert signed_in(cast.auditor).get("/n/harbour/sites/?q=a").status_code == 429
    assert signed_in(cast.stranger).get("/n/hill/sites/?q=a").status_code == 200


def test_reports_and_choices_have_limits_of_their_own(cast, signed_in, settings):
    settings.RATE_LIMITS = {"report": "1/60", "search": "1/60"}
    client = signed_in(cast.director)
    assert [client.get("/n/harbour/reports/operations/").status_code for _ in range(2)] == [200, 429]
    assert [client.get("/n/harbour/sites/choices/district/").status_code for _ in range(2)] == [200, 429]


def test_signing_in_is_limited_by_address_whoever_is_tried(client, cast, settings):
    settings.RATE_LIMITS = {"sign-in": "3/60"}
    tries = [client.post("/sign-in/", {"username": f"{n}@example.org", "password": "x"}) for n in range(4)]
    assert [answer.status_code for answer in tries] == [200, 200, 200, 429]
    assert client.get("/sign-in/").status_code == 200
    right = {"username": cast.director.email, "password": PASSWORD}
    assert client.post("/sign-in/", right).status_code == 429
    assert client.post("/sign-in/", right, REMOTE_ADDR="10.0.0.9").status_code == 302


def test_keys_hold_no_address_and_no_account(cast, signed_in, settings):
    settings.RATE_LIMITS = {"search": "9/60"}
    signed_in(cast.director).get("/n/harbour/sites/?q=a", REMOTE_ADDR="203.0.113.77")
    keys = [key.decode() for key in Redis.from_url(settings.REDIS_URL).keys("limit:*")]
    assert len(keys) == 2
    assert {key.split(":")[2] for key in keys} == {str(cast.network.pk)}
    assert "203.0.113" not in " ".join(keys)


def test_without_redis_nobody_is_kept_from_working(settings, monkeypatch):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(rate_limits, "_away_until", 0.0)
    assert [take([("limit:test", Limit(1, 60))]) for _ in range(3)] == [0, 0, 0]
    monkeypatch.setattr(rate_limits, "_away_until", 0.0)


def test_a_limit_costs_less_than_a_millisecond():
    limit = Limit(100_000, 60)
    pair = [("limit:one", limit), ("limit:two", limit)]
    take(pair)
    spent = []
    for _ in range(200):
        started = time.perf_counter()
        take(pair)
        spent.append(time.perf_counter() - started)
    assert statistics.median(spent) < 0.001


@pytest.mark.parametrize("text", ["", "5", "0/60", "5/0", "a/b"])
def test_a_limit_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        Limit.parse(text)

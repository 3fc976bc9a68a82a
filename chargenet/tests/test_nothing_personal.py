"""Nothing personal in addresses, logs and Redis: a walk over the pages with a name, an e-mail and a phone to find."""

import logging
import re

import pytest
from django.test import Client
from redis import Redis

from chargenet.logging import configure
from core.checks import all_patterns
from core.jobs.actions import run_job
from core.jobs.models import Job
from core.tenancy.scope import network_scope
from security.models import Account
from tests.cast import PASSWORD
from tests.test_walk import INSIDE, filled
from tests.world import populate

NAME, EMAIL, PHONE = "Quillian Xerxes", "quillian.xerxes@canary.example", "+44 7700 900461"
CANARIES = ("Quillian", "quillian", "7700 900461", "canary.example", PASSWORD)


@pytest.fixture
def person(cast):
    """The director, with a name and an address that stand nowhere else."""
    cast.director.name, cast.director.email = NAME, EMAIL
    cast.director.save()
    cast.site.latitude = cast.site.longitude = 50
    with network_scope(cast.network):
        cast.site.phone = PHONE
        cast.site.save()
    return Account.objects.get(pk=cast.director.pk)


def everything_in_redis(address):
    """All keys and values as text."""
    redis, found = Redis.from_url(address), []
    readers = {b"string": redis.get, b"hash": redis.hgetall, b"list": lambda key: redis.lrange(key, 0, -1),
               b"set": redis.smembers, b"zset": lambda key: redis.zrange(key, 0, -1)}  # fmt: skip
    for key in redis.scan_iter(count=1000):
        if b"contrib.sessions" in key:
            continue  # a session is the person's own: it names the address it was opened with, and ends with the day
        found.append(f"{key!r} {readers[redis.type(key)](key)!r}")
    return "\n".join(found)


@pytest.fixture
def logged(capfd):
    """The log as it is written in production: JSON lines on the standard error output."""
    configure({"level": "INFO", "json": True})
    root = logging.getLogger()
    yield lambda: capfd.readouterr()
    configure({"level": "INFO", "json": False})
    assert root.handlers


def test_names_addresses_and_phones_stay_out_of_logs_redis_and_addresses(cast, person, logged, settings, caplog):
    caplog.set_level(logging.DEBUG, "chargenet")
    settings.RATE_LIMITS = {"search": "9999/60", "export": "9999/60", "report": "9999/60", "sign-in": "99/60"}
    Redis.from_url(settings.REDIS_URL).flushdb()
    sample = populate(cast.network, cast.site, person, "Harbour")
    client = Client(raise_request_exception=False)
    client.post("/sign-in/", {"username": EMAIL, "password": "a wrong one"})
    assert client.post("/sign-in/", {"username": EMAIL, "password": PASSWORD}).status_code == 302  # asks for the code
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    links, seen = set(), 0
    for route, name, _callback in all_patterns():
        if not route.startswith(INSIDE):
            continue
        path = filled(route, name, sample, "harbour")
        answer = client.get(path, {"q": NAME})
        if not answer.streaming:
            seen += any(word in answer.content.decode("utf-8", "replace") for word in CANARIES)
            text = re.sub(r"<input[^>]*>", "", answer.content.decode("utf-8", "replace"))
            links |= set(re.findall(r'(?:href|action|hx-get|src)="([^"?]*)', text))
        client.post(path, {"phone": PHONE, "email": EMAIL, "name": NAME})
    form = {"account": cast.operator.pk}
    client.post("/n/harbour/privacy/export/", form)
    with network_scope(cast.network):
        for job in Job.objects.filter(state="waiting"):
            run_job(job_id=job.pk)
    assert seen > 5  # the control: pages do show them
    out = logged()
    for where, text in (
        ("the log", out.err + out.out),
        (
            "the log",
            caplog.text + "".join(str(record.__dict__) for record in caplog.records if record.name != "asyncio"),
        ),
        ("Redis", everything_in_redis(settings.REDIS_URL)),
        ("addresses", "\n".join(sorted(link for link in links if not link.startswith(("mailto:", "tel:"))))),
    ):
        assert [word for word in CANARIES if word in text] == [], where

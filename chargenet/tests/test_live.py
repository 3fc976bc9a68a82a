"""The live process: who hears what."""

import asyncio
import contextlib
import json
import socket
import threading
import time
import urllib.error
import urllib.request

import pytest
import uvicorn
from django.db import connections
from django.test import Client

from chargenet.live.app import app
from chargenet.live.hub import WAITING_MOST, Hub
from core.events import publish
from core.tenancy.scope import network_scope


@pytest.fixture
def live_server_address(transactional_db):
    """The real process's app under uvicorn, in a thread, on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = server.force_exit = True
    thread.join(10)
    connections.close_all()


def cookie_of(account):
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies["sessionid"].value


def open_stream(address, path, cookie=""):
    request = urllib.request.Request(f"{address}{path}", headers={"Cookie": f"sessionid={cookie}"})
    return urllib.request.urlopen(request, timeout=5)


def next_event(stream):
    """(event, data) of the next event of a stream."""
    fields = {}
    while line := stream.readline().decode().strip():
        name, _, value = line.partition(": ")
        fields[name] = value
    return fields.get("event"), json.loads(fields["data"]) if "data" in fields else None


def status_of(address, path, cookie=""):
    try:
        with contextlib.closing(open_stream(address, path, cookie)) as stream:
            return stream.status
    except urllib.error.HTTPError as error:
        with contextlib.closing(error):
            return error.code


def test_a_page_hears_of_its_network_within_a_second(cast, live_server_address):
    with contextlib.closing(
        open_stream(live_server_address, "/live/harbour/?topics=sites", cookie_of(cast.director))
    ) as s:
        assert next_event(s) == (None, None)  # the retry line
        time.sleep(0.3)
        with network_scope(cast.other):
            publish("sites", {"site": "canary"})
        with network_scope(cast.network):
            publish("jobs", {"job": 1})
            started = time.monotonic()
            publish("sites", {"site": "A"})
        assert next_event(s) == ("sites", {"site": "A"})
        assert time.monotonic() - started < 1


@pytest.mark.parametrize("who", ["stranger", "nobody"])
def test_a_stranger_finds_no_stream(cast, live_server_address, who):
    cookie = cookie_of(getattr(cast, who))
    assert status_of(live_server_address, "/live/harbour/?topics=sites", cookie) == 404
    assert status_of(live_server_address, "/live/no-such-network/?topics=sites", cookie) == 404


def test_nobody_listens_without_signing_in(cast, live_server_address):
    assert status_of(live_server_address, "/live/harbour/?topics=sites") == 404
    assert status_of(live_server_address, "/live/harbour/?topics=sites", "invented") == 404


def test_a_topic_without_the_right_stays_silent(cast, live_server_address):
    from chargenet.live.access import channels_for

    heard = channels_for(cookie_of(cast.auditor), "harbour", ["sites", "no-such-topic"])
    assert heard == [f"live:{cast.network.pk}:sites"]


def test_the_process_says_that_it_lives(live_server_address):
    assert status_of(live_server_address, "/live/healthz") == 200


def test_a_slow_page_does_not_fill_the_memory():
    async def fill():
        hub = Hub("redis://unused")
        with hub.listening(["live:1:sites"]) as queue:
            for number in range(WAITING_MOST * 2):
                hub.hand_on("live:1:sites", str(number))
            assert (queue.qsize(), hub.listeners) == (WAITING_MOST, 1)
        assert hub.listeners == 0

    asyncio.run(fill())

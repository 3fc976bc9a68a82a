"""The helper processes: what they survive, and that they know nothing of us."""

import contextlib
import json
import os
import signal
import threading
import time

import psutil
import pytest

from core.rendering import wire
from core.rendering.pool import HelperDied, HelperError, HelperPool, HelperTimeout

SPEC = {"data": {"values": [{"a": 1}]}, "mark": "bar", "encoding": {"x": {"field": "a", "type": "ordinal"}}}
SPECS = json.dumps([SPEC]).encode()
PAGE = {
    "job": "plan", "title": "T", "author": "A", "language": "en", "tagged": True, "folder": "",
    "created": "2024-01-01T00:00:00+00:00",
}  # fmt: skip


@pytest.fixture
def charts():
    pool = HelperPool("charts", 1)
    yield pool
    pool.close()


@pytest.fixture
def paper():
    pool = HelperPool("paper", 1)
    yield pool
    pool.close()


def helper_of(pool: HelperPool):
    (helper,) = pool._idle
    return helper


def test_one_helper_does_job_after_job(charts):
    for _ in range(2):
        charts.call({"job": "draw"}, SPECS, timeout=60)
    assert helper_of(charts).jobs_done == 2


def test_a_failed_job_says_why_and_leaves_the_helper_sound(charts):
    with pytest.raises(HelperError, match="chart 1 cannot be drawn"):
        charts.call({"job": "draw"}, b'[{"mark": 5}]', timeout=60)
    charts.call({"job": "draw"}, SPECS, timeout=60)
    assert helper_of(charts).jobs_done == 2


def test_a_job_that_takes_too_long_is_ended_with_its_helper(paper):
    rows = "<p>text</p>" * 3000
    with pytest.raises(HelperTimeout):
        paper.call(PAGE, f"<body>{rows}</body>".encode(), timeout=1.5)
    assert paper._idle == []
    paper.call(PAGE, b"<body>x</body>", timeout=60)


def test_a_helper_that_is_killed_at_work_is_reported(paper):
    def kill() -> None:
        time.sleep(1.5)
        for child in paper_helpers():
            os.kill(child, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(HelperDied):
        paper.call(PAGE, b"<body>" + b"<p>text</p>" * 5000 + b"</body>", timeout=60)
    killer.join()


def paper_helpers() -> list[int]:
    found = []
    for child in psutil.Process().children():
        # Helpers of earlier tests may be gone, or wait to be collected.
        with contextlib.suppress(psutil.NoSuchProcess):
            if child.cmdline()[-2:] == ["core.rendering.child", "paper"]:
                found.append(child.pid)
    return found


def test_a_resting_helper_that_has_gone_is_replaced_unseen(charts):
    charts.call({"job": "draw"}, SPECS, timeout=60)
    helper_of(charts).process.kill()
    time.sleep(0.2)
    charts.call({"job": "draw"}, SPECS, timeout=60)
    assert helper_of(charts).jobs_done == 1


def test_threads_share_the_helpers(charts):
    drawn = []
    threads = [
        threading.Thread(target=lambda: drawn.append(charts.call({"job": "draw"}, SPECS, timeout=60)[1]))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(drawn)) == 1
    assert len(drawn) == 4
    assert helper_of(charts).jobs_done == 4


def test_a_thread_that_finds_no_free_helper_in_time_is_told(charts):
    with charts._helper(time.monotonic() + 60), pytest.raises(HelperTimeout, match="every helper is busy"):
        charts.call({"job": "draw"}, SPECS, timeout=0.1)


def test_a_forked_child_takes_helpers_of_its_own(charts):
    charts.call({"job": "draw"}, SPECS, timeout=60)
    before = helper_of(charts).process.pid
    child = os.fork()
    if child == 0:
        try:
            charts.call({"job": "draw"}, SPECS, timeout=60)
            os._exit(0 if helper_of(charts).process.pid != before else 1)
        except BaseException:
            os._exit(2)
        finally:
            charts.close()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    charts.call({"job": "draw"}, SPECS, timeout=60)
    assert helper_of(charts).process.pid == before


def test_a_helper_learns_no_secrets_of_the_environment(charts, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://owner:secret@db/x")
    charts.call({"job": "draw"}, SPECS, timeout=60)
    with open(f"/proc/{helper_of(charts).process.pid}/environ", "rb") as file:
        assert b"DATABASE_URL" not in file.read()


def test_a_helper_ends_when_its_owner_has_gone(charts):
    charts.call({"job": "draw"}, SPECS, timeout=60)
    process = helper_of(charts).process
    charts.close()
    assert process.poll() == 0


def test_a_chart_may_not_fetch_its_figures_from_an_address(charts):
    spec = SPEC | {"data": {"url": "http://127.0.0.1:9/figures.json"}}
    with pytest.raises(HelperError, match=r"[Aa]llowed|[Aa]ccess|[Ff]orbidden|denied"):
        charts.call({"job": "draw"}, json.dumps([spec]).encode(), timeout=60)


def test_a_message_arrives_as_it_was_sent():
    reading, writing = os.pipe()
    body = bytes(range(256)) * 20
    wire.send(writing, {"job": "drücken"}, body)
    assert wire.receive(reading) == ({"job": "drücken"}, body)


def test_reading_from_the_dead_says_so():
    reading, writing = os.pipe()
    os.close(writing)
    with pytest.raises(wire.WireClosed):
        wire.receive(reading)


def test_reading_ends_at_the_deadline():
    reading, _writing = os.pipe()
    with pytest.raises(wire.WireTimeout):
        wire.receive(reading, deadline=time.monotonic() + 0.05)


def test_a_helper_of_a_large_owner_is_not_taken_for_a_large_one(charts):
    large = bytearray(300 * 1024 * 1024)
    large[::4096] = b"x" * len(large[::4096])
    reply, _ = charts.call({"job": "draw"}, SPECS, timeout=60)
    del large
    assert reply["peak_bytes"] < 200 * 1024 * 1024
    assert not reply["retires"]

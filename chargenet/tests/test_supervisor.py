"""`make run`: the whole system under its supervisor, started, hurt, stopped and started again."""

import http.cookiejar
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

from chargenet.embedded import servers, stop_servers
from chargenet.embedded.processes import LOOPBACK, MARK, is_alive, wait_until
from chargenet.embedded.urls import PROJECT_ROOT
from chargenet.supervisor import StartError, choose_port, demo_lines, end_leftovers, process_environment

COLD, WARM, BACK = 400.0, 60.0, 20.0  # seconds; bounds for a busy machine, docs/performance.md has the measured ones


@dataclass
class System:
    """One installation in its own directory; `start` returns when the address is printed."""

    var_dir: Path
    process: subprocess.Popen[bytes] | None = None
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        dropped = {"DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_BACKUP_URL", "REDIS_URL", "PORT", "SITE_URL"}
        self.environment = {name: value for name, value in os.environ.items() if name not in dropped}
        self.environment |= {"VAR_DIR": str(self.var_dir), "DEBUG": "1"}

    def start(self, within: float) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as log:
            # A session of its own stands for the terminal: Ctrl-C goes to the whole of it.
            self.process = subprocess.Popen(
                [sys.executable, "-m", "chargenet.supervisor"],
                cwd=PROJECT_ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        assert wait_until(lambda: "ChargeNet runs" in self.printed or not self.runs, within), self.printed
        assert self.runs, self.printed

    def ensure(self) -> None:
        if not self.runs:
            self.start(COLD)
        assert wait_until(self.ready, BACK), self.printed

    def ctrl_c(self) -> int:
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(timeout=30)

    @property
    def log(self) -> Path:
        return self.var_dir.parent / "run.log"

    @property
    def printed(self) -> str:
        return self.log.read_text(errors="replace")

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def address(self) -> str:
        [address] = re.findall(r"ChargeNet runs: (http://\S+)/", self.printed)
        return str(address)

    def ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/readyz", timeout=3) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def marked(self, word: str = "") -> list[psutil.Process]:
        """The supervised processes, those whose command has this word."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get(MARK) == str(self.var_dir) and word in " ".join(process.cmdline()):
                    found.append(process)
            except psutil.Error:
                continue
        return found


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    system = System(tmp_path_factory.mktemp("make-run") / "var")
    yield system
    if system.runs:
        system.ctrl_c()
    end_leftovers(system.var_dir)
    stop_servers(system.var_dir)


@pytest.fixture
def system(installation: System) -> System:
    """The system runs when a test begins, whatever the one before did to it."""
    installation.ensure()
    return installation


# One worker runs all of these (conftest.py): starting the whole system, demonstration included, takes the time.
pytestmark = pytest.mark.slow


def test_the_printed_accounts_can_sign_in(system: System) -> None:
    accounts = json.loads((system.var_dir / "demo-accounts.json").read_text())
    assert [line for one in accounts for line in system.printed.splitlines() if one["email"] in line] != []
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    page = opener.open(f"{system.address}/sign-in/", timeout=20).read().decode()
    [token] = set(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page))
    values = {"csrfmiddlewaretoken": token, "username": accounts[0]["email"], "password": accounts[0]["password"]}
    answer = opener.open(f"{system.address}/sign-in/", urllib.parse.urlencode(values).encode(), timeout=30)
    assert "/sign-in/" not in answer.url, answer.read().decode()
    assert answer.status == 200


def test_passwords_are_in_a_file_for_one_account_only(system: System) -> None:
    assert (system.var_dir / "demo-accounts.json").stat().st_mode & 0o777 == 0o600


def test_the_doctor_finds_every_part_well(system: System) -> None:
    def findings() -> list[dict[str, Any]]:
        done = subprocess.run(
            [sys.executable, "manage.py", "doctor", "--json"],
            cwd=PROJECT_ROOT, env=system.environment, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        return [one for one in json.loads(done.stdout) if one["state"] != "OK" and one["name"] not in ("disk", "fonts")]

    # Workers and beat need some seconds more than the pages.
    assert wait_until(lambda: findings() == [], 30), findings()


def test_the_live_process_answers(system: System) -> None:
    [live] = system.marked("uvicorn")
    port = live.environ()["LIVE_PORT"]
    with urllib.request.urlopen(f"http://{LOOPBACK}:{port}/live/healthz", timeout=10) as answer:
        assert answer.read() == b"ok"


def test_a_second_one_on_the_same_data_says_that_one_runs(system: System) -> None:
    assert system.process is not None
    done = subprocess.run(
        [sys.executable, "-m", "chargenet.supervisor"],
        cwd=PROJECT_ROOT, env=system.environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith(f"\nChargeNet already runs on {system.var_dir} (process {system.process.pid}).")


@pytest.mark.parametrize("word", ["gunicorn", "uvicorn", "celery --quiet -A chargenet worker", "beat"])
def test_a_killed_process_is_started_again(system: System, word: str) -> None:
    killed = min(system.marked(word), key=lambda process: process.pid)
    os.kill(killed.pid, signal.SIGKILL)
    assert wait_until(lambda: min((one.pid for one in system.marked(word)), default=0) > killed.pid, BACK)
    assert wait_until(system.ready, BACK)


def test_pages_answer_again_after_both_servers_were_killed(system: System) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DATABASE_URL", "REDIS_URL"):
            patch.delenv(name, raising=False)
        pids = servers.servers_state(system.var_dir)
    for pid in pids.values():
        os.kill(pid or 0, signal.SIGKILL)
    assert wait_until(lambda: not any(is_alive(pid or 0) for pid in pids.values()), 5)
    assert wait_until(system.ready, BACK)


def test_ctrl_c_stops_everything_and_the_data_is_there_at_the_next_start(system: System) -> None:
    accounts = (system.var_dir / "demo-accounts.json").read_bytes()
    assert system.ctrl_c() == 0
    assert system.marked() == []
    assert system.printed.endswith("Everything is stopped; the data is kept.\n")
    left = [
        one for one in psutil.process_iter(["cmdline"]) if str(system.var_dir) in " ".join(one.info["cmdline"] or [])
    ]
    assert left == []
    system.start(WARM)
    assert (system.var_dir / "demo-accounts.json").read_bytes() == accounts
    assert "The demonstration is not loaded" in system.printed or "There is a network already" in system.printed


@pytest.mark.parametrize("also", [True, False], ids=["everything", "the supervisor alone"])
def test_after_kill_9_it_starts_again(system: System, also: bool) -> None:
    assert system.process is not None
    pids = [system.process.pid]
    if also:
        pids += [one.pid for one in system.marked()]
        pids += [one.pid for one in psutil.process_iter() if _works_in(one, system.var_dir)]
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    system.process.wait(timeout=10)
    system.start(WARM)
    assert wait_until(system.ready, BACK)


def _works_in(process: psutil.Process, directory: Path) -> bool:
    try:
        return process.cwd().startswith(str(directory))
    except psutil.Error:
        return False


# --- Parts of it --------------------------------------------------------------------------------


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.create_server((LOOPBACK, 0)) as listener:
        yield listener.getsockname()[1]


def test_the_first_free_port_is_taken(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PORT", raising=False)
    assert choose_port("PORT", taken) > taken


def test_a_port_that_was_asked_for_and_is_in_use_is_an_error(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", str(taken))
    with pytest.raises(StartError, match=f"Port {taken} is in use"):
        choose_port("PORT", 8000)


def test_a_site_with_a_name_of_its_own_has_one_origin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LIVE_URL", raising=False)
    monkeypatch.setenv("SITE_URL", "https://charge.example.org")
    assert "LIVE_URL" not in process_environment(tmp_path)


def test_without_a_proxy_pages_are_told_where_live_events_come_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LIVE_URL", "SITE_URL"):
        monkeypatch.delenv(name, raising=False)
    environment = process_environment(tmp_path)
    assert environment["LIVE_URL"] == f"http://localhost:{environment['LIVE_PORT']}"


def test_left_over_processes_are_ended_and_no_others(tmp_path: Path) -> None:
    sleep = [sys.executable, "-c", "import time; time.sleep(60)"]
    ours = subprocess.Popen(sleep, env=os.environ | {MARK: str(tmp_path)})
    other = subprocess.Popen(sleep, env=os.environ | {MARK: str(tmp_path / "another")})
    try:
        assert wait_until(lambda: _is_marked(ours) and _is_marked(other), 5)
        end_leftovers(tmp_path)
        assert (is_alive(ours.pid), is_alive(other.pid)) == (False, True)
    finally:
        other.kill()
        other.wait()
        ours.wait()


def _is_marked(process: subprocess.Popen[bytes]) -> bool:
    return MARK in psutil.Process(process.pid).environ()


@pytest.mark.parametrize("content", [None, "", "{", '[{"email": "a@b.example"}]', "[]"])
def test_a_missing_or_broken_list_of_accounts_is_left_out(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "demo-accounts.json").write_text(content)
    assert demo_lines(tmp_path) == []


def test_a_process_that_ends_again_and_again_stops_everything(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom chargenet.supervisor import Supervisor\n"
        "s = Supervisor(lambda: True)\n"
        "s.add_process('broken', 'exit 7')\ns.add_process('good', 'exec sleep 60')\ns.loop()\n"
        "sys.exit(9 if s.gave_up else 0)"
    )
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT_ROOT, capture_output=True, text=True, timeout=50)
    assert (done.returncode, time.monotonic() - began < 30) == (9, True)
    assert "broken ends again and again" in done.stdout

"""A real Celery worker for tests that follow a job from the button to its result."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def running_worker() -> Iterator[None]:
    """A worker process on this test's own database and Redis database; stopped at the end."""
    values = connection.settings_dict
    url = f"postgresql://{values['USER']}:{values['PASSWORD']}@{values['HOST']}:{values['PORT']}/{values['NAME']}"
    environment = os.environ | {"DATABASE_URL": url, "REDIS_URL": settings.REDIS_URL}
    environment |= {"MEDIA_ROOT": str(settings.MEDIA_ROOT)}
    command = [sys.executable, "-m", "celery", "-A", "chargenet", "worker", "--pool", "solo", "--loglevel", "WARNING"]
    command += ["--queues", "default,reports,backups", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.communicate(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def wait_until(holds: object, seconds: float = 60.0) -> None:
    """Ask every tenth of a second until `holds()` is true. Raises AssertionError when it never is."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds:.0f} s")

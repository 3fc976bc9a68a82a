"""One run of a job: progress, cancelling and signs of life."""

import threading
from typing import Any

from django.db import connection, connections

from core.clock import now
from core.events import publish
from core.jobs.models import Job
from core.tenancy.scope import network_scope, require_network

PULSE_SECONDS = 1.0


class JobCancelled(Exception):
    """Somebody asked the job to stop; raised out of `progress()`, so that the work is rolled back."""


class JobRun:
    """What the function of a job gets: its job, its parameters, and `progress()`.

    Progress is written by a second thread over a connection of its own, because the work itself may be one long
    transaction whose changes nobody sees before its end.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self.params: dict[str, Any] = job.params
        self.actor = job.actor
        self.done = 0
        self.total: int | None = None
        self.message = ""
        self._cancelled = threading.Event()

    def progress(self, done: int, total: int | None = None, message: str = "") -> None:
        """Say how far the work is. Call it often, it costs nothing.

        Raises:
            JobCancelled: somebody asked the job to stop.
        """
        self.done = done
        self.total = total if total is not None else self.total
        self.message = message or self.message
        if self._cancelled.is_set():
            raise JobCancelled

    def write(self) -> None:
        """Write progress and a sign of life, and look whether the job shall stop."""
        values = {"done": self.done, "total": self.total, "message": self.message[:300], "beat_at": now()}
        Job.objects.filter(pk=self.job.pk).update(**values)
        if Job.objects.filter(pk=self.job.pk, cancel_requested=True).exists():
            self._cancelled.set()
        publish("jobs", {"job": self.job.pk})


class Pulse:
    """Writes the progress of a run every second until the work ends."""

    def __init__(self, run: JobRun) -> None:
        self._run = run
        self._network = require_network()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"job-{run.job.pk}", daemon=True)

    def __enter__(self) -> "Pulse":
        # Inside a transaction (a test) another connection would not see the job; then there is no pulse.
        if not connection.in_atomic_block:
            self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _beat(self) -> None:
        try:
            with network_scope(self._network):
                while not self._stop.wait(PULSE_SECONDS):
                    self._run.write()
        finally:
            connections.close_all()

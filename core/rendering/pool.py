"""The caller's side of the helper processes: a small pool of each kind in every process that needs one."""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import subprocess  # starts our own interpreter with our own module
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

from core.rendering import wire

logger = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parent.parent.parent
#: What a helper may know of our environment: how to find fonts and to write temporary files, no secrets.
KEPT_VARIABLES = (
    "PATH", "HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_DATA_DIRS", "FONTCONFIG_FILE", "FONTCONFIG_PATH",
    "LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "SOURCE_DATE_EPOCH",
)  # fmt: skip
Answer = Callable[[wire.Header], tuple[wire.Header, bytes]]


class HelperError(Exception):
    """A helper could not do the job. `code` is the helper's word for what went wrong, `trace` where."""

    def __init__(self, message: str, code: str = "error", trace: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.trace = trace


class HelperTimeout(HelperError):
    """The job was not done in time; the helper was ended."""


class HelperDied(HelperError):
    """The helper ended in the middle of the job, for example killed for its memory."""


class Helper:
    """One child process. It speaks with one thread at a time; the pool sees to that."""

    def __init__(self, kind: str) -> None:
        environment = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
        environment |= {"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", "PYTHONUTF8": "1", "MALLOC_ARENA_MAX": "2"}
        self.process = subprocess.Popen(  # noqa: S603 - no shell; a fixed module of this project
            [sys.executable, "-m", "core.rendering.child", kind],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            cwd=ROOT,
            env=environment,
        )
        if self.process.stdin is None or self.process.stdout is None:
            raise HelperDied("the helper has no pipes")
        self._pipes = (self.process.stdin, self.process.stdout)
        self.jobs_done = 0
        self.retired = False

    def call(
        self, header: wire.Header, body: bytes, deadline: float, answer: Answer | None
    ) -> tuple[wire.Header, bytes]:
        """Sends a job and returns what came of it; questions in between go to `answer`.

        Raises wire.WireClosed, wire.WireTimeout (then the helper is of no more use) or HelperError.
        """
        to_helper, from_helper = (pipe.fileno() for pipe in self._pipes)
        wire.send(to_helper, header, body)
        while True:
            reply, content = wire.receive(from_helper, deadline=deadline)
            if reply["type"] in {"done", "failed"}:
                break
            if answer is None:
                raise HelperError(f"the helper asks for {reply['type']}, which nobody here answers")
            wire.send(to_helper, *answer(reply))
        self.jobs_done += 1
        self.retired = bool(reply.get("retires"))
        if reply["type"] == "failed":
            raise HelperError(reply["message"], reply["code"], reply.get("trace", ""))
        return reply, content

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def end(self, *, kill: bool = False) -> None:
        """Closes the pipes (a resting helper then ends by itself), or kills a helper in the middle of its work."""
        if kill:
            self.process.kill()
        for pipe in self._pipes:
            pipe.close()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def forget(self) -> None:
        """Lets go of a helper that belongs to the process we were forked from."""
        for pipe in self._pipes:
            pipe.close()
        # It is not our child: Popen must neither wait for it nor complain that nobody did.
        self.process.returncode = 0


class HelperPool:
    """At most `size` helpers of one kind; threads wait for a free one. Safe to use from many threads and after fork."""

    def __init__(self, kind: str, size: int) -> None:
        self.kind = kind
        self.size = size
        self._start_empty()
        _pools.add(self)

    def _start_empty(self) -> None:
        self._free = threading.Condition()
        self._idle: list[Helper] = []
        self._busy = 0

    def call(
        self, header: wire.Header, body: bytes = b"", *, timeout: float, answer: Answer | None = None
    ) -> tuple[wire.Header, bytes]:
        """Has a helper do one job within `timeout` seconds, waiting for a free helper included.

        Raises HelperTimeout, HelperDied, or HelperError with the helper's own words.
        """
        deadline = time.monotonic() + timeout
        while True:
            with self._helper(deadline) as helper:
                rested = helper.jobs_done > 0
                try:
                    return helper.call(header, body, deadline, answer)
                except wire.WireTimeout:
                    raise HelperTimeout(f"{self.kind}: not done within {timeout:g} s", "timeout") from None
                except wire.WireClosed:
                    # A rested helper may have gone home just as we called; a fresh one that vanishes has failed.
                    if not rested:
                        raise HelperDied(f"{self.kind}: the helper ended in the middle of the job", "died") from None
                    logger.debug("A resting %s helper had gone; starting another", self.kind)

    @contextlib.contextmanager
    def _helper(self, deadline: float) -> Iterator[Helper]:
        """A helper for this thread alone. One that is left in the middle of a job is killed, not given back."""
        helper = self._take(deadline)
        sound = False
        try:
            yield helper
            sound = True
        except HelperTimeout:
            raise
        except HelperError as error:
            sound = error.code not in {"died"}
            raise
        finally:
            keep = sound and not helper.retired and helper.is_alive
            if not keep:
                helper.end(kill=not helper.retired)
            with self._free:
                self._busy -= 1
                if keep:
                    self._idle.append(helper)
                self._free.notify()

    def _take(self, deadline: float) -> Helper:
        with self._free:
            while self._busy >= self.size:
                if not self._free.wait(max(0.0, deadline - time.monotonic())):
                    raise HelperTimeout(f"{self.kind}: every helper is busy", "busy")
            self._busy += 1
            while self._idle:
                helper = self._idle.pop()
                if helper.is_alive:
                    return helper
                helper.end()
        try:
            return Helper(self.kind)
        except BaseException:
            with self._free:
                self._busy -= 1
                self._free.notify()
            raise

    def close(self) -> None:
        """Ends the resting helpers; those at work end when their caller is done."""
        with self._free:
            idle, self._idle = self._idle, []
        for helper in idle:
            helper.end()

    def _forget(self) -> None:
        inherited = self._idle
        self._start_empty()
        for helper in inherited:
            helper.forget()


_pools: weakref.WeakSet[HelperPool] = weakref.WeakSet()


def close_all() -> None:
    """Ends every resting helper of this process."""
    for pool in list(_pools):
        pool.close()


def _forget_all() -> None:
    for pool in list(_pools):
        pool._forget()


atexit.register(close_all)
os.register_at_fork(after_in_child=_forget_all)

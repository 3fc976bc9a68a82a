"""The helper process: `python -m core.rendering.child charts|paper`.

Reads jobs from its standard input and answers on its standard output until the input ends, nothing comes for a while,
or it has grown too large; its owner starts a new one when there is work. It has no settings and no database, and it
opens no file or address by itself: what a page refers to, it asks of its owner (`Ask`).
"""

from __future__ import annotations

import gc
import importlib
import os
import resource
import signal
import sys
import time
import traceback

from core.rendering import wire
from core.rendering.jobs import Ask, Handler, JobFailed

HANDLERS = {"charts": "core.rendering.charts", "paper": "core.rendering.paper"}
IDLE_SECONDS = 60.0
RETIRE_ABOVE_BYTES = 200 * 1024 * 1024


def main(kind: str) -> int:
    """Serves jobs of one kind until there is no more work. Returns the exit status."""
    # Ctrl-C goes to the whole terminal; the owner ends us by closing our input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    source, target = os.dup(0), os.dup(1)
    # Whatever a library prints must not fall into the conversation.
    os.dup2(2, 1)
    handler: Handler = importlib.import_module(HANDLERS[kind]).handle
    # The libraries stay for good: looking for garbage among them after every job would cost more than a short job.
    gc.collect()
    gc.freeze()

    def ask(question: wire.Header) -> tuple[wire.Header, bytes]:
        wire.send(target, question)
        return wire.receive(source)

    try:
        while True:
            wire.wait_for_input(source, time.monotonic() + IDLE_SECONDS)
            header, body = wire.receive(source)
            begun = time.process_time()
            answer, content = _work(handler, header, body, ask)
            spent = {"cpu_seconds": time.process_time() - begun, "peak_bytes": peak_memory()}
            retire = spent["peak_bytes"] > RETIRE_ABOVE_BYTES
            wire.send(target, answer | spent | {"retires": retire}, content)
            if retire:
                return 0
            del header, body, answer, content
            gc.collect()
    except (wire.WireClosed, wire.WireTimeout):
        return 0


def _work(handler: Handler, header: wire.Header, body: bytes, ask: Ask) -> tuple[wire.Header, bytes]:
    """One job; a failure becomes an answer, for the helper itself is still sound."""
    # A layout grows until it is done: looking for garbage meanwhile finds none, and takes a quarter of the time.
    gc.disable()
    try:
        answer, content = handler(header, body, ask)
    except JobFailed as error:
        return {"type": "failed", "code": error.code, "message": str(error)}, b""
    except wire.WireClosed:
        raise
    except Exception as error:
        trace = traceback.format_exc(limit=-6)
        return {"type": "failed", "code": "error", "message": f"{type(error).__name__}: {error}", "trace": trace}, b""
    finally:
        gc.enable()
    return {"type": "done", **answer}, content


def peak_memory() -> int:
    """The largest resident size this process has had, in bytes."""
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            (line,) = [line for line in status if line.startswith("VmHWM:")]
        return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        # Where there is no such file. On Linux this figure would not do: it is inherited from the owner.
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

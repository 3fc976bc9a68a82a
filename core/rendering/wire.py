"""The messages between a process and its helper: a JSON header and a binary body, each with its length in front."""

from __future__ import annotations

import json
import os
import select
import struct
import time
from typing import Any

Header = dict[str, Any]
_LENGTHS = struct.Struct(">IQ")
_CHUNK = 1 << 20
_MOST_HEADER = 1 << 24


class WireClosed(Exception):
    """The other side is gone: it closed its end or died."""


class WireTimeout(Exception):
    """The other side did not speak in time."""


def send(fd: int, header: Header, body: bytes = b"") -> None:
    """Writes one message. Raises WireClosed when nobody reads."""
    head = json.dumps(header, separators=(",", ":")).encode()
    try:
        _write(fd, _LENGTHS.pack(len(head), len(body)) + head)
        _write(fd, body)
    except BrokenPipeError as error:
        raise WireClosed from error


def _write(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view[:_CHUNK]) :]


def receive(fd: int, *, deadline: float | None = None) -> tuple[Header, bytes]:
    """Reads one message. `deadline` is a reading of `time.monotonic`.

    Raises WireClosed when the other side has gone, WireTimeout when the deadline passes first.
    """
    head_length, body_length = _LENGTHS.unpack(_read(fd, _LENGTHS.size, deadline))
    if head_length > _MOST_HEADER:
        raise WireClosed("what was read is not a message")
    header = json.loads(_read(fd, head_length, deadline))
    return header, _read(fd, body_length, deadline)


def _read(fd: int, length: int, deadline: float | None) -> bytes:
    data = bytearray()
    while len(data) < length:
        wait_for_input(fd, deadline)
        piece = os.read(fd, min(_CHUNK, length - len(data)))
        if not piece:
            raise WireClosed
        data += piece
    return bytes(data)


def wait_for_input(fd: int, deadline: float | None) -> None:
    """Returns when there is something to read (or the end of it). Raises WireTimeout at the deadline."""
    if deadline is None:
        return
    poll = select.poll()
    poll.register(fd, select.POLLIN | select.POLLHUP | select.POLLERR)
    if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
        raise WireTimeout

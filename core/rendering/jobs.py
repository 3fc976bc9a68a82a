"""What the jobs of helpers have in common."""

from __future__ import annotations

from collections.abc import Callable

from core.rendering.wire import Header

#: Asks the owner of the helper something, and returns its answer.
Ask = Callable[[Header], tuple[Header, bytes]]
#: Does one job: its header and body in, the answer's out.
Handler = Callable[[Header, bytes, Ask], tuple[Header, bytes]]


class JobFailed(Exception):
    """A job cannot be done; `code` tells the caller's side what to raise."""

    def __init__(self, message: str, code: str = "failed") -> None:
        super().__init__(message)
        self.code = code

"""What an authenticator app shows (RFC 6238), written without the library that checks it."""

import base64
import hashlib
import hmac
import struct
import time


def code(secret: str, *, at: float | None = None) -> str:
    """The six digits of `secret` at a moment (now)."""
    counter = int((time.time() if at is None else at) // 30)
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", counter), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"

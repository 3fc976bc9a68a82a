"""Rate limits: token buckets in Redis, one for each kind of work, network and account (or address).

A bucket holds `count` tokens and fills evenly in `seconds`; each request takes one. Buckets of one network are never
those of another, and keys hold neither an address nor a name.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from redis import Redis, RedisError
from redis.commands.core import Script

logger = logging.getLogger(__name__)
TIMEOUT = 0.25  # seconds; a page does not wait for its limit
AGAIN_AFTER = 5.0  # seconds without limits after Redis did not answer

# KEYS: buckets. ARGV: now (seconds), then size and fill time (seconds) of each bucket. Takes one token of every bucket,
# or of none of them; returns the milliseconds until all of them have one (0: taken).
_TAKE = """
local wait = 0
local left = {}
for i, key in ipairs(KEYS) do
  local size, seconds = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
  local kept = redis.call('HMGET', key, 't', 'at')
  local tokens, at = tonumber(kept[1]) or size, tonumber(kept[2]) or tonumber(ARGV[1])
  tokens = math.min(size, tokens + math.max(0, tonumber(ARGV[1]) - at) * size / seconds)
  left[i] = tokens
  if tokens < 1 then wait = math.max(wait, (1 - tokens) * seconds / size * 1000) end
end
if wait == 0 then
  for i, key in ipairs(KEYS) do
    redis.call('HSET', key, 't', tostring(left[i] - 1), 'at', ARGV[1])
    redis.call('EXPIRE', key, math.ceil(tonumber(ARGV[2 * i + 1])) + 1)
  end
end
return math.ceil(wait)
"""
_away_until = 0.0


@dataclass(frozen=True)
class Limit:
    """At most `count` requests at once, and as many again evenly within `seconds`."""

    count: int
    seconds: int

    @classmethod
    def parse(cls, text: str) -> Limit:
        """A limit as settings write it: "60/300" is 60 requests in 300 seconds. Raises ValueError for anything else."""
        count, _, seconds = text.partition("/")
        limit = cls(int(count), int(seconds))
        if limit.count < 1 or limit.seconds < 1:
            raise ValueError(f"{text!r}: a limit needs at least one request in at least one second.")
        return limit

    def times(self, factor: int) -> Limit:
        """A limit for several people behind one address."""
        return Limit(self.count * factor, self.seconds)


def bucket(kind: str, network_id: int | None, who: str) -> str:
    """The key of a bucket. `who` (an account's number, an address) stands in it as a keyed hash only."""
    hashed = hmac.new(settings.SECRET_KEY.encode(), f"{kind}:{who}".encode(), hashlib.sha256).hexdigest()[:24]
    return f"limit:{kind}:{network_id or 0}:{hashed}"


def take(buckets: Sequence[tuple[str, Limit]]) -> int:
    """Take a token of every bucket; returns 0, or in how many whole seconds to try again (then none was taken).

    Where Redis does not answer nobody is kept from working: there is no limit for a moment.
    """
    global _away_until  # noqa: PLW0603 (one process, one moment)
    if time.monotonic() < _away_until:
        return 0
    arguments: list[float] = [time.time()]
    for _key, limit in buckets:
        arguments += [limit.count, limit.seconds]
    try:
        waiting = _script(settings.REDIS_URL)(keys=[key for key, _limit in buckets], args=arguments)
    except RedisError:
        _away_until = time.monotonic() + AGAIN_AFTER
        logger.warning("Redis does not answer: no rate limits for %s s", AGAIN_AFTER)
        return 0
    return math.ceil(int(waiting) / 1000)


@cache
def _script(url: str) -> Script:
    client = Redis.from_url(url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT)
    return client.register_script(_TAKE)

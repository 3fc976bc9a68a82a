"""One subscription to Redis for the whole process, handed on to the pages that listen."""

import asyncio
import contextlib
import logging
from collections import defaultdict

from redis.asyncio import Redis
from redis.exceptions import RedisError

from core.events import PREFIX

logger = logging.getLogger(__name__)
WAITING_MOST = 100  # events that one slow page may leave unread; it fetches everything anew anyway
RETRY_SECONDS = 2.0

Listener = asyncio.Queue[tuple[str, str]]


class Hub:
    """Listens to all channels and puts each event into the queues of those who asked for its channel."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._listeners: dict[str, set[Listener]] = defaultdict(set)

    @contextlib.contextmanager
    def listening(self, channels: list[str]):  # type: ignore[no-untyped-def]
        """A queue of (channel, message) of these channels, as long as the block runs."""
        queue: Listener = asyncio.Queue(WAITING_MOST)
        for channel in channels:
            self._listeners[channel].add(queue)
        try:
            yield queue
        finally:
            for channel in channels:
                self._listeners[channel].discard(queue)
                if not self._listeners[channel]:
                    del self._listeners[channel]

    @property
    def listeners(self) -> int:
        """How many pages listen."""
        return len({id(queue) for queues in self._listeners.values() for queue in queues})

    def hand_on(self, channel: str, message: str) -> None:
        """Give one event to its listeners; one whose queue is full misses it (it has enough to fetch anew)."""
        for queue in self._listeners.get(channel, ()):
            with contextlib.suppress(asyncio.QueueFull):
                queue.put_nowait((channel, message))

    async def run(self) -> None:
        """Read from Redis for ever; when it is away, try again until it is back."""
        while True:
            try:
                await self._read()
            except (RedisError, OSError):
                logger.warning("Redis does not answer; live events wait")
                await asyncio.sleep(RETRY_SECONDS)

    async def _read(self) -> None:
        async with Redis.from_url(self._url, decode_responses=True) as client, client.pubsub() as pubsub:
            await pubsub.psubscribe(f"{PREFIX}:*")
            async for event in pubsub.listen():
                if event["type"] == "pmessage":
                    self.hand_on(event["channel"], event["data"])

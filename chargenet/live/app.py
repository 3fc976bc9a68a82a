"""`/live/<network>/?topics=a,b`: the stream of one page."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from django.conf import settings
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from chargenet.live.access import channels_for
from chargenet.live.hub import Hub, Listener

PING_SECONDS = 15.0
RECHECK_SECONDS = 60.0  # a session that ended, or a right that was taken, closes the stream within this time
MOST_TOPICS = 20

hub = Hub(settings.REDIS_URL)


async def stream(request: Request) -> Response:
    """The events of the topics that the account may hear of; 404 without a session or a role in the network."""
    slug = request.path_params["slug"]
    topics = [topic for topic in request.query_params.get("topics", "").split(",") if topic][:MOST_TOPICS]
    key = request.cookies.get(settings.SESSION_COOKIE_NAME, "")
    channels = await run_in_threadpool(channels_for, key, slug, topics)
    if channels is None:
        return PlainTextResponse("Not found", status_code=404, headers=_headers(request))
    events = _events(key, slug, topics, channels)
    return StreamingResponse(events, media_type="text/event-stream", headers=_headers(request))


async def _events(key: str, slug: str, topics: list[str], channels: list[str]) -> AsyncIterator[str]:
    yield "retry: 2000\n\n"
    checked = time.monotonic()
    with hub.listening(channels) as queue:
        while True:
            event = await _next(queue)
            if time.monotonic() - checked > RECHECK_SECONDS:
                if await run_in_threadpool(channels_for, key, slug, topics) != channels:
                    return
                checked = time.monotonic()
            yield event


async def _next(queue: Listener) -> str:
    try:
        channel, message = await asyncio.wait_for(queue.get(), PING_SECONDS)
    except TimeoutError:
        return "event: ping\ndata: {}\n\n"
    return f"event: {channel.rsplit(':', 1)[1]}\ndata: {message}\n\n"


def _headers(request: Request) -> dict[str, str]:
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "Vary": "Origin, Cookie"}
    origin = request.headers.get("origin", "")
    # In development the pages come from another port of the same machine; behind the proxy it is one origin.
    if settings.LIVE_URL and origin and urlsplit(origin).netloc == urlsplit(settings.SITE_URL).netloc:
        headers |= {"Access-Control-Allow-Origin": origin, "Access-Control-Allow-Credentials": "true"}
    return headers


async def healthz(request: Request) -> Response:
    """The process answers; without data."""
    return PlainTextResponse("ok")


@contextlib.asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """Reads from Redis as long as the process lives."""
    reader = asyncio.create_task(hub.run())
    try:
        yield
    finally:
        reader.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await reader


app = Starlette(
    routes=[Route("/live/healthz", healthz), Route("/live/{slug}/", stream)],
    lifespan=lifespan,
)

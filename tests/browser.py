"""Chromium for tests that look at pages as people do, and a server of pages that need no database."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

EXECUTABLES = ("chromium", "chromium-browser", "google-chrome")
# A browser that asks nobody else anything; as root Chromium refuses its sandbox.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class QuietHandler(WSGIRequestHandler):
    """Does not print a line for each request."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  named as in the base class
        return


class ThreadedServer(ThreadingMixIn, WSGIServer):
    """Answers several requests at once, as a browser sends them."""

    daemon_threads = True


@contextmanager
def served_pages() -> Iterator[str]:
    """Serve the project, static files included, on a free port; gives the address without a slash at its end."""
    server = make_server(
        "127.0.0.1",
        0,
        StaticFilesHandler(get_wsgi_application()),
        server_class=ThreadedServer,
        handler_class=QuietHandler,
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def started_chromium() -> Iterator[Browser]:
    """Start the installed Chromium, or skip the test with the reason."""
    executable = next(filter(None, map(shutil.which, EXECUTABLES)), None)
    if executable is None:
        pytest.skip("no Chromium is installed (apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


class Complaints:
    """What a page complains about: errors of scripts, violated policies, requests that were not answered."""

    def __init__(self, page: Page) -> None:
        self.heard: list[str] = []
        page.on("pageerror", lambda error: self.heard.append(str(error)))
        page.on("console", lambda message: message.type == "error" and self.heard.append(message.text))
        page.on("response", lambda answer: answer.status >= 400 and self.heard.append(f"{answer.status} {answer.url}"))


def new_page(browser: Browser, *, width: int = 1280, bypass_csp: bool = False) -> tuple[BrowserContext, Page]:
    """Open a page of its own, without animation; ``bypass_csp`` only for tools that must put a script into it."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, reduced_motion="reduce", bypass_csp=bypass_csp, locale="en-GB"
    )
    return context, context.new_page()


def look_at_everything(page: Page) -> None:
    """Scroll through the page, so that what waits to be seen is drawn."""
    height = page.evaluate("document.documentElement.scrollHeight")
    for top in range(0, height, 600):
        page.evaluate("top => window.scrollTo(0, top)", top)
        page.wait_for_timeout(30)
    page.evaluate("window.scrollTo(0, 0)")

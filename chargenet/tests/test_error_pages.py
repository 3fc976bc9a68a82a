"""Error pages: the right status, one look, no secret, and no need of what may be broken."""

from collections.abc import Callable
from typing import Any

import pytest
import redis
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from chargenet.urls import handler400, handler403, handler404, handler500  # noqa: F401 (Django looks for them here)
from chargenet.urls import urlpatterns as own_patterns
from core.rights import public

SECRET = "the password is sesame"
RAISED = {
    "bad": SuspiciousOperation(SECRET),
    "denied": PermissionDenied(SECRET),
    "missing": Http404(SECRET),
    "broken": ValueError(SECRET),
    "database-away": OperationalError(SECRET),
    "redis-away": redis.ConnectionError(SECRET),
}
STATUS = {"bad": 400, "denied": 403, "missing": 404, "broken": 500, "database-away": 503, "redis-away": 503}


def raising(name: str) -> Callable[[HttpRequest], HttpResponse]:
    """A view that fails in its own way."""

    @public
    def view(request: HttpRequest) -> HttpResponse:
        raise RAISED[name]

    return view


urlpatterns = [*own_patterns, *(path(f"fails/{name}", raising(name)) for name in RAISED)]
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def browser(settings: Any) -> Client:
    """A client that gets the answer instead of the exception, as a browser does."""
    settings.DEBUG = False
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("name", list(RAISED))
def test_each_failure_has_its_status_and_tells_no_secret(browser: Client, name: str) -> None:
    response = browser.get(f"/fails/{name}")
    text = response.content.decode()
    assert response.status_code == STATUS[name]
    assert SECRET not in text
    assert "<h1>" in text


@pytest.mark.parametrize("name", list(RAISED))
def test_an_error_page_names_the_request(browser: Client, name: str) -> None:
    response = browser.get(f"/fails/{name}", headers={"X-Request-ID": "look-for-this-one"})
    assert "look-for-this-one" in response.content.decode()
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", ["database-away", "redis-away"])
def test_what_is_away_comes_back_by_itself(browser: Client, name: str) -> None:
    assert browser.get(f"/fails/{name}")["Retry-After"] == "15"


def test_error_pages_need_no_database(browser: Client) -> None:
    # The mark django_db is missing on purpose: any query would fail this test.
    assert browser.get("/fails/missing").status_code == 404


def test_a_form_without_a_token_is_refused_in_words(settings: Any) -> None:
    settings.DEBUG = False
    response = Client(enforce_csrf_checks=True).post("/sign-in/", {"username": "a@example.org"})
    assert response.status_code == 403
    assert "The form was too old" in response.content.decode()


def test_the_door_that_stays_shut_looks_like_any_missing_page(cast: Any, signed_in: Any, settings: Any) -> None:
    settings.DEBUG = False
    client = signed_in(cast.stranger)
    there, nowhere = client.get("/n/harbour/"), client.get("/n/nowhere/")
    strip = {response["X-Request-ID"]: "" for response in (there, nowhere)}
    texts = []
    for response in (there, nowhere):
        text = response.content.decode()
        for request_id in strip:
            text = text.replace(request_id, "")
        texts.append((response.status_code, text))
    assert texts[0] == texts[1]
    assert texts[0][0] == 404

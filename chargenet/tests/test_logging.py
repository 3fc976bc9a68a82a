"""Request ids, the caller's address and what a log line carries."""

import json
import logging
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client, RequestFactory

from chargenet.celery import REQUEST_ID, app, enter, leave, stamp
from chargenet.logging import ConsoleFormatter, ContextFilter, json_formatter
from chargenet.middleware import RequestIdMiddleware
from core import context
from core.tenancy.scope import network_scope


def record(**extra: Any) -> logging.LogRecord:
    made = logging.getLogger("chargenet.test").makeRecord(
        "chargenet.test", logging.INFO, __file__, 1, "sold %s", ("cable",), None, extra=extra
    )
    ContextFilter().filter(made)
    return made


def test_a_json_line_carries_request_network_and_account(cast: Any) -> None:
    token = context.request_id.set("request-1")
    try:
        with network_scope(cast.network), context.acting_as(cast.director):
            line = json.loads(json_formatter().format(record(article="é 充电")))
    finally:
        context.request_id.reset(token)
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "INFO",
        "logger": "chargenet.test",
        "message": "sold cable",
        "request_id": "request-1",
        "network": cast.network.slug,
        "account": cast.director.pk,
        "article": "é 充电",
    }


def test_work_outside_of_requests_has_empty_fields() -> None:
    made = record()
    assert [made.request_id, made.network, made.account] == ["", "", ""]


def test_a_console_line_is_short_and_readable() -> None:
    formatter = ConsoleFormatter("{levelname} {name}{where} {message}", style="{")
    made = record(request_id="0123456789abcdef", network="harbour", account=7)
    assert formatter.format(made) == "INFO chargenet.test [01234567 harbour 7] sold cable"


@pytest.mark.parametrize("given", ["proxy-made-id-1", "0f" * 16])
def test_the_request_id_of_the_proxy_is_kept(client: Client, given: str) -> None:
    assert client.get("/healthz", headers={"x-request-id": given}).headers["X-Request-ID"] == given


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "two words here", "line\tbreak-in-it"])
def test_a_request_id_of_any_other_shape_is_replaced(client: Client, given: str) -> None:
    answered = client.get("/healthz", headers={"x-request-id": given}).headers["X-Request-ID"]
    assert (answered != given, len(answered)) == (True, 32)


def test_two_requests_have_two_ids(client: Client) -> None:
    assert client.get("/healthz").headers["X-Request-ID"] != client.get("/healthz").headers["X-Request-ID"]


def test_the_request_line_names_network_and_account(cast: Any, caplog: pytest.LogCaptureFixture) -> None:
    client = Client()
    client.force_login(cast.director, backend="django.contrib.auth.backends.ModelBackend")
    with caplog.at_level(logging.INFO, "chargenet.request"):
        client.get(f"/n/{cast.network.slug}/nowhere/", headers={"x-request-id": "request-12"})
    [line] = [made for made in caplog.records if made.name == "chargenet.request"]
    assert (line.network, line.account, line.status) == (cast.network.slug, cast.director.pk, 404)


def test_tokens_in_a_path_do_not_reach_the_log(client: Client, db: None, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "chargenet.request"):
        client.get("/password/c8k2mz-0123456789abcdef0123456789abcdef/?key=secret")
    assert ["/password/…/" in caplog.text, "abcdef" in caplog.text, "secret" in caplog.text] == [True, False, False]


def address_seen(forwarded: str) -> str:
    seen: list[str] = []

    def view(request: Any) -> Any:
        seen.append(request.META["REMOTE_ADDR"])
        return {}

    class Answer(dict):
        status_code = 200

    middleware = RequestIdMiddleware(lambda request: Answer(view(request)))
    middleware(RequestFactory().get("/x", headers={"x-forwarded-for": forwarded} if forwarded else {}))
    return seen[0]


@pytest.mark.parametrize(
    ("behind_proxy", "forwarded", "expected"),
    [
        (True, "203.0.113.9", "203.0.113.9"),
        (True, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (True, "", "127.0.0.1"),
        (False, "203.0.113.9", "127.0.0.1"),
    ],
)
def test_only_our_own_proxy_is_believed_about_the_caller(
    settings: LazySettings, behind_proxy: bool, forwarded: str, expected: str
) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if behind_proxy else None
    assert address_seen(forwarded) == expected


def test_a_task_works_under_the_request_that_sent_it() -> None:
    token = context.request_id.set("request-9")
    headers: dict[str, Any] = {}
    stamp(headers=headers)
    context.request_id.reset(token)

    class Task:
        request = type("Request", (), headers)()

    enter(task_id="task-1", task=Task())
    inside = context.request_id.get()
    leave(task_id="task-1")
    assert (inside, context.request_id.get()) == ("request-9", "")


def test_a_task_that_nobody_asked_for_works_under_its_own_id() -> None:
    class Task:
        request = type("Request", (), {REQUEST_ID: ""})()

    enter(task_id="task-2", task=Task())
    inside = context.request_id.get()
    leave(task_id="task-2")
    assert inside == "task-2"


def test_celery_leaves_our_logging_alone() -> None:
    handlers = logging.getLogger().handlers[:]
    app.log.setup(loglevel="DEBUG")
    assert logging.getLogger().handlers == handlers

"""The Celery app: worker and beat (``celery -A chargenet worker``, ``celery -A chargenet beat``).

Messages carry, beside the task, when they were sent (the age of the queue) and the request that sent them (the log).
Limits and queues are settings; the visibility timeout must stay above the hard time limit (``check`` looks).
"""

from __future__ import annotations

import os
import time
from typing import Any

from celery import Celery, signals

from core import context

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chargenet.settings")

SENT_AT = "chargenet_sent_at"  # unix seconds
REQUEST_ID = "chargenet_request_id"

app = Celery("chargenet")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.set_default()

_tokens: dict[str, Any] = {}


@signals.before_task_publish.connect(dispatch_uid="chargenet.celery.stamp")
def stamp(headers: dict[str, Any] | None = None, **_: Any) -> None:
    """Write the moment and the request into the message; a task sent again keeps its first moment."""
    if headers is not None:
        headers.setdefault(SENT_AT, time.time())
        headers.setdefault(REQUEST_ID, context.request_id.get())


@signals.task_prerun.connect(dispatch_uid="chargenet.celery.enter")
def enter(task_id: str, task: Any, **_: Any) -> None:
    """The task logs and records under the request that sent it, or under its own id."""
    _tokens[task_id] = context.request_id.set(getattr(task.request, REQUEST_ID, None) or task_id)


@signals.task_postrun.connect(dispatch_uid="chargenet.celery.leave")
def leave(task_id: str, **_: Any) -> None:
    """The next task of this process starts with a clean context."""
    token = _tokens.pop(task_id, None)
    if token is not None:
        context.request_id.reset(token)


@signals.setup_logging.connect(dispatch_uid="chargenet.celery.logging")
def keep_our_logging(**_: Any) -> None:
    """Connected so that Celery leaves the logging of settings alone."""

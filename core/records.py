"""Work records: one line for every main operation, in the transaction of the operation itself.

The verbs are registered with their texts by the apps that use them; where the lines are kept is up to `security`,
which installs its stores here. What was refused is noted while the work runs and kept when it has been rolled back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DONE, REFUSED, FAILED = "done", "refused", "failed"


@dataclass(frozen=True)
class Deed:
    """What is recorded. `site` None: that of the target; `occurred_at` None: now; `took`: how long the deed lasted."""

    verb: str
    target: Any = None
    actor: Any = None
    summary: str = ""
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    site: Any = None
    result: str = DONE
    occurred_at: datetime | None = None
    took: timedelta | None = None


class Store(Protocol):
    """What `security` installs: for the network in scope, for an account everywhere, for the platform."""

    def keep(self, deed: Deed) -> None:
        """Keep one line in the network in scope."""

    def keep_everywhere(self, deed: Deed) -> None:
        """Keep one line wherever the account (the actor) belongs."""

    def keep_on_platform(self, deed: Deed) -> None:
        """Keep one line outside of all networks."""


_verbs: dict[str, str | Promise] = {}
_store: list[Store] = []
_refused: ContextVar[list[Deed] | None] = ContextVar("refused_deeds", default=None)


def install_store(store: Store) -> None:
    """Install the store of work records (once, by `security`)."""
    _store[:] = [store]


def register_verb(verb: str, text: str | Promise) -> None:
    """Register a verb such as "site.closed" with the words people read."""
    _verbs[verb] = text


def verb_text(verb: str) -> str:
    """The words for a verb; an old record's verb that is no longer registered is shown as it is."""
    return str(_verbs.get(verb, verb))


def registered_verbs() -> dict[str, str | Promise]:
    """All verbs with their texts."""
    return dict(_verbs)


def record(
    verb: str,
    *,
    target: Any = None,
    actor: Any = None,
    summary: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    site: Any = None,
    result: str = DONE,
    occurred_at: datetime | None = None,
    took: timedelta | None = None,
) -> None:
    """Record that `actor` did `verb` to `target` in the network in scope, in the same transaction as the deed.

    `site` is that of the target unless given, `result` "done", "refused" or "failed", `occurred_at` the moment of the
    deed where it was not now, `took` how long it lasted where that says something. Secrets in `before` and `after` are
    masked.

    Raises:
        ImproperlyConfigured: the verb was never registered, or no store is installed.
        ScopeError: no network is in scope.
    """
    deed = Deed(verb, target, actor, str(summary), before or {}, after or {}, site, result, occurred_at, took)
    _checked_store(verb).keep(deed)


def record_everywhere(
    verb: str,
    *,
    account: Any,
    summary: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    result: str = DONE,
) -> None:
    """Record a deed outside of any network (a sign-in, a new password) in each network in which `account` has a role,
    and on the platform where the account administers it.

    Raises:
        ImproperlyConfigured: the verb was never registered, or no store is installed.
        ScopeError: a network is in scope.
    """
    deed = Deed(verb, account, account, str(summary), before or {}, after or {}, result=result)
    _checked_store(verb).keep_everywhere(deed)


def record_platform(
    verb: str,
    *,
    target: Any = None,
    actor: Any = None,
    summary: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    result: str = DONE,
) -> None:
    """Record a deed of platform administration (a network made, an account deactivated), which belongs to no network.

    Raises:
        ImproperlyConfigured: the verb was never registered, or no store is installed.
    """
    _checked_store(verb).keep_on_platform(
        Deed(verb, target, actor, str(summary), before or {}, after or {}, result=result)
    )


def note_refusal(refusal: object, *, target: Any = None, code: str = "", verb: str = "deed.refused") -> None:
    """Note that the running request was refused something; it is recorded after its transaction has been undone.

    Outside of a request nobody is refused: programs get the exception.
    """
    noted = _refused.get()
    if noted is not None:
        code = code or str(getattr(refusal, "code", "") or "")
        noted.append(Deed(verb, target, None, str(refusal)[:500], after={"code": code} if code else {}, result=REFUSED))


@contextmanager
def refusals_noted() -> Iterator[list[Deed]]:
    """Within: `note_refusal` collects here. Whoever opens this keeps what was collected, in a new transaction."""
    noted: list[Deed] = []
    token = _refused.set(noted)
    try:
        yield noted
    finally:
        _refused.reset(token)


def keep_refusal(deed: Deed) -> None:
    """Keep what was refused, in the network in scope.

    Raises:
        ImproperlyConfigured, ScopeError: as `record` does.
    """
    _checked_store(deed.verb).keep(deed)


def _checked_store(verb: str) -> Store:
    if verb not in _verbs:
        raise ImproperlyConfigured(f"The verb {verb!r} is not registered: call register_verb in the app's records.py.")
    if not _store:
        raise ImproperlyConfigured("No store of work records is installed.")
    return _store[0]


register_verb("access.refused", _("Page refused"))
register_verb("deed.refused", _("Deed refused"))
register_verb("list.exported", _("List exported"))
register_verb("report.downloaded", _("Report downloaded"))
register_verb("job.started", _("Job started"))
register_verb("job.cancelled", _("Job cancelled"))
register_verb("job.ended", _("Job ended"))
register_verb("job.result-taken", _("Result of a job taken"))

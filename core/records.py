"""Work records: one line for every main operation, in the transaction of the operation itself.

The verbs are registered with their texts by the apps that use them; where the lines are kept is up to `security`,
which installs its store here.
"""

from typing import Any, Protocol

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise


class Store(Protocol):
    """What `security` installs."""

    def __call__(
        self, verb: str, *, target: Any, actor: Any, summary: str, before: dict[str, Any], after: dict[str, Any]
    ) -> None:
        """Keep one line."""


class AccountStore(Protocol):
    """What `security` installs for deeds outside of any network."""

    def __call__(self, verb: str, *, account: Any, summary: str, before: dict[str, Any], after: dict[str, Any]) -> None:
        """Keep one line wherever the account belongs."""


_verbs: dict[str, str | Promise] = {}
_store: list[Store] = []
_account_store: list[AccountStore] = []


def install_store(store: Store, account_store: AccountStore) -> None:
    """Install the stores of work records (once, by `security`)."""
    _store[:] = [store]
    _account_store[:] = [account_store]


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
) -> None:
    """Record that `actor` did `verb` to `target` in the network in scope, in the same transaction as the deed.

    Raises:
        ImproperlyConfigured: the verb was never registered, or no store is installed.
        ScopeError: no network is in scope.
    """
    _check(verb)
    _store[0](verb, target=target, actor=actor, summary=summary, before=before or {}, after=after or {})


def record_everywhere(
    verb: str,
    *,
    account: Any,
    summary: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Record a deed outside of any network (a sign-in, a new password) in each network in which `account` has a role.

    Raises:
        ImproperlyConfigured: the verb was never registered, or no store is installed.
        ScopeError: a network is in scope.
    """
    _check(verb)
    _account_store[0](verb, account=account, summary=summary, before=before or {}, after=after or {})


def _check(verb: str) -> None:
    if verb not in _verbs:
        raise ImproperlyConfigured(f"The verb {verb!r} is not registered: call register_verb in the app's records.py.")
    if not _store:
        raise ImproperlyConfigured("No store of work records is installed.")

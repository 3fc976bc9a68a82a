"""Who may listen: the session cookie of the web process, and the rights in the network."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.db import close_old_connections
from django.http import HttpRequest

from core.events import channel
from core.rights import may
from core.tenancy.scope import network_scope
from core.topics import permission_for
from security.queries import network_of
from security.signing.gate import is_kept_out
from security.signing.sessions import why_over

SessionStore: Any = import_module(settings.SESSION_ENGINE).SessionStore


def channels_for(session_key: str, slug: str, topics: list[str]) -> list[str] | None:
    """The channels of those `topics` that the session's account may hear of in the network.

    None when the session is over, the account has no role in the network or the network is suspended, which look the
    same from outside.
    Runs in a thread, as it queries the database.
    """
    close_old_connections()
    try:
        request = HttpRequest()
        request.session = SessionStore(session_key)
        account: Any = get_user(request)
        is_in = account.is_authenticated and not why_over(request.session) and not is_kept_out(request.session, account)
        network = network_of(account, slug) if is_in else None
        if network is None or network.is_suspended:
            return None
        with network_scope(network):
            wanted = [(topic, permission_for(topic)) for topic in topics]
            return [
                channel(network.pk, topic) for topic, permission in wanted if permission and may(account, permission)
            ]
    finally:
        close_old_connections()

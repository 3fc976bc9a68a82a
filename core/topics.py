"""The topics of live events and the permission that hearing of them takes."""

_topics: dict[str, str] = {}


def register_topic(topic: str, permission: str) -> None:
    """Register a topic such as "sessions"; accounts with `permission` anywhere in the network may listen to it."""
    _topics[topic] = permission


def permission_for(topic: str) -> str | None:
    """The permission for a topic; None when there is no such topic."""
    return _topics.get(topic)


register_topic("jobs", "network.view_dashboard")
register_topic("imports", "core.view_importrun")
register_topic("sites", "stations.view_site")
register_topic("sessions", "charging.view_session")
register_topic("approvals", "security.view_approval")

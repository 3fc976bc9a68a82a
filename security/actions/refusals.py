"""What is refused about networks and roles."""

from core.errors import Refusal


class NetworkRefused(Refusal):
    """A network cannot be changed like this."""


class RoleRefused(Refusal):
    """A role cannot be given, withdrawn or adapted like this."""

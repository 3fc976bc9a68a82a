"""Who asks for a report, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.rights import may, may_everywhere


@dataclass(frozen=True)
class Asker:
    """The account that a report is made for, in the network in scope.

    `account` None is the machine itself (a command): it sees the whole network, and says so by `is_system`; to forget
    the account of a request by mistake is an error, not an open door.
    """

    network: Any
    now: datetime
    account: Any = None
    is_system: bool = False

    def __post_init__(self) -> None:
        if (self.account is None) != self.is_system:
            raise ValueError("a report is made either for an account or for the system itself")

    def may(self, permission: str) -> bool:
        """Whether the asker holds a permission somewhere in the network."""
        return self.is_system or may(self.account, permission)

    def sees_everything(self, permission: str) -> bool:
        """Whether the asker holds a permission for the whole network, not only at some of its sites."""
        return self.is_system or may_everywhere(self.account, permission)

    def visible(self, model: Any, permission: str) -> Any:
        """The rows of a tenant model that the asker may see with a permission."""
        return model.objects.all() if self.is_system else model.objects.visible_to(self.account, permission)

    @property
    def name(self) -> str:
        """The asker as a document names it; empty for the system."""
        return "" if self.is_system else str(self.account)

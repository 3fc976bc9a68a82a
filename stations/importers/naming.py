"""Sites by their names, for files that give no codes."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.codes import suggest_code
from core.importing.values import fold
from stations.models import Site


@dataclass(slots=True)
class NamedSites:
    """The codes of the network's sites and of those that a file makes, by name.

    Case, spaces, dots and hyphens make no difference between names.
    """

    taken: set[str] = field(default_factory=set)
    _by_name: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of_network(cls) -> NamedSites:
        """All of them, with one query."""
        named = cls()
        for code, name in Site.objects.order_by("code").values_list("code", "name"):
            named.add(code, name)
        return named

    def add(self, code: str, name: str) -> None:
        """A further site."""
        self.taken.add(code)
        self._by_name.setdefault(fold(name), []).append(code)

    def codes_of(self, name: str) -> list[str]:
        """The codes of the sites of this name; none, one or several."""
        return self._by_name.get(fold(name), [])

    def new_code(self, name: str, *, spelling: str = "") -> str:
        """A code for a new site of this name, made from `spelling` or the name itself."""
        code = suggest_code(spelling or name, self.taken, fallback="SITE")
        self.add(code, name)
        return code

"""What rows refer to: records of the network, and records that the same file makes.

While a file is read, a record that is still to be made has a negative id, so that rows can be judged before anything
is written. Writing it gives it its true id.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from core.codes import suggest_code
from core.importing.importer import Context
from core.importing.values import fold
from stations.importers.writing import insert
from stations.models import District


@dataclass(slots=True, eq=False)
class Target:
    """A record that rows refer to; its id is negative until it is written."""

    id: int
    code: str

    @property
    def is_written(self) -> bool:
        """Whether the database has it."""
        return self.id > 0


@dataclass(slots=True)
class Districts:
    """The districts of the network in scope, found by their code or their name."""

    _by_code: dict[str, Target] = field(default_factory=dict)
    _by_name: dict[str, list[Target]] = field(default_factory=dict)
    _new: list[tuple[Target, str]] = field(default_factory=list)

    @classmethod
    def of_network(cls) -> Districts:
        """All of them, with one query."""
        districts = cls()
        for pk, code, name in District.objects.order_by("code").values_list("pk", "code", "name"):
            districts._add(Target(pk, code), name)
        return districts

    def _add(self, target: Target, name: str) -> None:
        self._by_code[target.code] = target
        self._by_name.setdefault(fold(name), []).append(target)

    def find(self, text: str) -> Target | None:
        """The district of this code, else the only one of this name."""
        found = self._by_code.get(text.strip().upper())
        if found is not None:
            return found
        named = self._by_name.get(fold(text), [])
        return named[0] if len(named) == 1 else None

    def want(self, text: str, *, name: str = "") -> Target:
        """The district of this code or name, to be made when there is none.

        `text` is its code then and `name` its name; a text that can be no code is its name, and gives the code.
        """
        found = self.find(text)
        if found is None:
            code = suggest_code(text, self._by_code, fallback="DISTRICT")
            name = name if name and code == text.strip().upper() else text.strip()
            found = Target(-1 - len(self._by_code), code)
            self._add(found, name)
            self._new.append((found, name))
        return found

    def write(self, context: Context) -> None:
        """Make those that are wanted and not there."""
        rows = [District(code=target.code, name=name[:120]) for target, name in self._new]
        insert(context, District, rows)
        for (target, _name), row in zip(self._new, rows, strict=True):
            target.id = row.pk
        self._new.clear()

    @property
    def wanted(self) -> int:
        """How many are to be made and not written yet."""
        return len(self._new)

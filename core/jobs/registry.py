"""The kinds of jobs, each declared beside the code that does the work."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.jobs.run import JobRun


@dataclass(frozen=True)
class JobKind:
    """A kind of job: what runs, and the permission its actor must still hold when it runs."""

    name: str
    permission: str
    run: Callable[["JobRun"], Any]


_kinds: dict[str, JobKind] = {}


def job(name: str, *, permission: str) -> Callable[[Callable[["JobRun"], Any]], Callable[["JobRun"], Any]]:
    """Declare the decorated function as the work of jobs of kind `name`.

    The function gets a `JobRun`; running it twice must have the effect of running it once.
    """

    def register(run: Callable[["JobRun"], Any]) -> Callable[["JobRun"], Any]:
        _kinds[name] = JobKind(name, permission, run)
        return run

    return register


def job_kind(name: str) -> JobKind:
    """The kind of that name. Raises LookupError when no app declares it."""
    return _kinds[name]


def job_kinds() -> list[JobKind]:
    """All kinds, for the checks."""
    return list(_kinds.values())

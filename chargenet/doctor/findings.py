"""What the doctor says of one part."""

from __future__ import annotations

from dataclasses import dataclass

OK, WARN, FAIL = "OK", "WARN", "FAIL"


@dataclass(frozen=True)
class Finding:
    """``hint`` says what to do and is empty when all is well."""

    name: str
    state: str
    detail: str
    hint: str = ""


def ok(name: str, detail: str) -> Finding:
    """All is well."""
    return Finding(name, OK, detail)


def warn(name: str, detail: str, hint: str) -> Finding:
    """It works, but should not stay so."""
    return Finding(name, WARN, detail, hint)


def fail(name: str, detail: str, hint: str) -> Finding:
    """It does not work, or is not safe."""
    return Finding(name, FAIL, detail, hint)

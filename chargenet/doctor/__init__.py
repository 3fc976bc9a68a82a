"""The state of every part of the installation, for ``manage.py doctor``."""

from chargenet.doctor.database import database_findings
from chargenet.doctor.findings import FAIL, OK, WARN, Finding
from chargenet.doctor.machine import machine_findings
from chargenet.doctor.processes import process_findings

__all__ = ["FAIL", "OK", "WARN", "Finding", "examine"]


def examine() -> list[Finding]:
    """Look at everything; a part that is away is a finding, never an exception."""
    return [*database_findings(), *process_findings(), *machine_findings()]

"""Reports about charging; found by the app `reports`."""

from services.charging.reports.operations import OperationsReport

__all__ = ["OperationsReport"]

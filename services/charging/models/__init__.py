"""Charging sessions, what people decided about doubtful ones, and rollups."""

from services.charging.models.rollups import ChargingDay, ChargingHour
from services.charging.models.sessions import ChargingSession, Doubt, SessionDecision, SessionState, Verdict

__all__ = [
    "ChargingDay",
    "ChargingHour",
    "ChargingSession",
    "Doubt",
    "SessionDecision",
    "SessionState",
    "Verdict",
]

"""Every write of charging sessions, apart from imports."""

from services.charging.actions.deciding import accept_session, correct_session, reject_session
from services.charging.actions.many import Outcome, decide_many
from services.charging.actions.recording import SessionTold, TellingRefused, record_session
from services.charging.actions.refusals import OverlapRefused, SessionRefused

__all__ = [
    "Outcome",
    "OverlapRefused",
    "SessionRefused",
    "SessionTold",
    "TellingRefused",
    "accept_session",
    "correct_session",
    "decide_many",
    "record_session",
    "reject_session",
]

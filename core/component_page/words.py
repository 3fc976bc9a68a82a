"""Names and states that the samples share."""

from __future__ import annotations

from datetime import UTC, datetime

NOW = datetime(2024, 5, 21, 8, 42, tzinfo=UTC)
KINDS = (
    ("charging-station", "Charging station"),
    ("distribution-centre", "Distribution centre"),
    ("member-store", "Member store"),
)
STATUSES = (("open", "Open"), ("planned", "Planned"), ("suspended", "Suspended"), ("closed", "Closed"))
STREETS = ("Harbour", "Mill Lane", "Castle Street", "Riverside", "North Gate", "Old Market", "Orchard", "Foundry")
CONNECTORS = (
    "Available",
    "Preparing",
    "Charging",
    "Suspended-EV",
    "Suspended-EVSE",
    "Finishing",
    "Reserved",
    "Unavailable",
    "Faulted",
)

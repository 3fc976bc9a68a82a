"""Every write of sites, their equipment and what registers say of them."""

from stations.actions.equipment import EquipmentRefused, set_charger_state, set_connector_state
from stations.actions.keeping import keep_site
from stations.actions.listings import Decision, ListingRefused, decide_listing
from stations.actions.sites import (
    SiteRefused,
    change_status,
    close_due_sites,
    close_site,
    withdraw_closing,
)

__all__ = [
    "Decision",
    "EquipmentRefused",
    "ListingRefused",
    "SiteRefused",
    "change_status",
    "close_due_sites",
    "close_site",
    "decide_listing",
    "keep_site",
    "set_charger_state",
    "set_connector_state",
    "withdraw_closing",
]

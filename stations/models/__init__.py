"""Districts, sites, what registers say of them, chargers and connectors."""

from stations.models.districts import District
from stations.models.equipment import Charger, Connector
from stations.models.listings import SiteListing
from stations.models.sites import Site, SitePermission

__all__ = ["Charger", "Connector", "District", "Site", "SiteListing", "SitePermission"]

"""The pages of sites, chargers, connectors, districts and listings, by the shared tests."""

from typing import Any

import pytest

from core.tenancy.scope import network_scope
from core.testing import CRUDTests
from stations.models import Charger, Connector, District, Site, SiteListing
from stations.views.districts import DistrictViews
from stations.views.equipment import ChargerViews, ConnectorViews
from stations.views.listings import ListingViews
from stations.views.sites import SiteViews

pytestmark = pytest.mark.django_db


class TestSitePages(CRUDTests):
    views = SiteViews
    list_queries = 13
    change = {"name": "Gamma Yard", "phone": "+44 1382 433000", "town": "Dundee"}

    def make(self, cast: Any, number: int, site: Any) -> Site:
        row = Site(code=f"ROW-{number}", name=f"Row {number}", status="open", town="Dundee")
        row.save()
        return row

    def valid(self, cast: Any) -> dict[str, Any]:
        return {
            "code": "new-1",
            "name": "Delta Street",
            "kind": "charging_station",
            "status": "planned",
            "datum": "wgs84",
            "always_open": "on",
            "battery_capacity": "0",
        }


class TestChargerPages(CRUDTests):
    views = ChargerViews
    list_queries = 11
    change = {"vendor": "Star Charge", "rated_kw": "60.00"}
    canary_field = "vendor"

    def make(self, cast: Any, number: int, site: Any) -> Charger:
        row = Charger(code=f"CP-{number}", site=site, vendor="Maker", model="One")
        row.save()
        return row

    def valid(self, cast: Any) -> dict[str, Any]:
        return {"code": "CP-NEW", "site": cast.site.code, "method": "dc", "rated_kw": "50"}


class TestConnectorPages(CRUDTests):
    views = ConnectorViews
    list_queries = 13
    change = {"standard": "chademo", "rated_kw": "150.00"}
    canary_field = "state"

    def make(self, cast: Any, number: int, site: Any) -> Connector:
        charger = Charger(code=f"CP-{number}", site=site)
        charger.save()
        row = Connector(charger=charger, number=number, standard="ccs2")
        row.save()
        return row

    def valid(self, cast: Any) -> dict[str, Any]:
        with network_scope(cast.network):
            Charger.objects.get_or_create(code="CP-OF-NEW", defaults={"site": cast.site})
        return {"charger": "CP-OF-NEW", "number": "1", "standard": "ccs2", "current": "dc"}


class TestDistrictPages(CRUDTests):
    views = DistrictViews
    list_queries = 9
    change = {"name": "Old Town"}

    def make(self, cast: Any, number: int, site: Any) -> District:
        row = District(code=f"D{number}", name=f"District {number}")
        row.save()
        return row

    def valid(self, cast: Any) -> dict[str, Any]:
        return {"code": "D-NEW", "name": "New Town", "datum": "wgs84"}


class TestListingPages(CRUDTests):
    views = ListingViews
    list_queries = 12

    def make(self, cast: Any, number: int, site: Any) -> SiteListing:
        row = SiteListing(source="Register", external_id=f"R-{number}", state="matched", site=site, piles=4)
        row.save()
        return row

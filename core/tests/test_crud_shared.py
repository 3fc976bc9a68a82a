"""The shared tests of pages, on districts (network-wide), sites (places themselves) and chargers (on a site)."""

from typing import Any

import pytest

from core.testing import CRUDTests
from core.tests.trial.views import TrialChargers, TrialDistricts, TrialSites
from stations.models import Charger, District, Site

pytestmark = pytest.mark.urls("core.tests.trial.urls")


class TestDistrictPages(CRUDTests):
    views = TrialDistricts
    list_queries = 9
    change = {"name": "Upper Town"}

    def make(self, cast: Any, number: int, site: Any) -> Any:
        row = District(code=f"D{number}", name=f"District {number}")
        row.save()
        return row

    def valid(self, cast: Any) -> dict[str, str]:
        return {"code": "NEW", "name": "New Town"}


class TestSitePages(CRUDTests):
    views = TrialSites
    list_queries = 13
    change = {"name": "Upper Quay", "services": ["charging", "swap"]}

    def make(self, cast: Any, number: int, site: Any) -> Any:
        row = Site(code=f"S{number}", name=f"Site {number}")
        row.save()
        return row

    def valid(self, cast: Any) -> dict[str, Any]:
        return {"code": "NEW", "name": "New Quay", "status": "open", "kind": "charging_station"}


class TestChargerPages(CRUDTests):
    views = TrialChargers
    list_queries = 11
    change = {"note": "Behind the gate", "rated_kw": "50.00"}
    canary_field = "note"

    def make(self, cast: Any, number: int, site: Any) -> Any:
        row = Charger(code=f"C{number}", site=site, vendor="Acme", note=f"Note {number}")
        row.save()
        return row

    def valid(self, cast: Any) -> dict[str, str]:
        return {"code": "NEW", "site": "A", "method": "ac"}

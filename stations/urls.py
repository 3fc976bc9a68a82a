"""Addresses of sites and their equipment."""

from django.urls import path

from stations.views import listings, maps, prints, structure, verbs
from stations.views.districts import DistrictViews
from stations.views.equipment import ChargerViews, ConnectorViews
from stations.views.listings import ListingViews
from stations.views.sites import SiteViews

app_name = "stations"

urlpatterns = [
    # sites
    path("sites/print/", prints.site_list_print, name="site-list-print"),
    path("sites/print/<int:job>/", prints.site_list_file, name="site-list-file"),
    path("sites/<code:code>/sheet/", prints.site_sheet, name="site-sheet"),
    path("sites/<code:code>/points.json", maps.site_points, name="site-points"),
    path("sites/<code:code>/status/", verbs.site_status, name="site-status"),
    path("sites/<code:code>/close/", verbs.site_close, name="site-close"),
    path("sites/<code:code>/keep-open/", verbs.site_keep_open, name="site-keep-open"),
    *SiteViews.urls("site"),
    # equipment
    path("chargers/<code:code>/state/", verbs.charger_state, name="charger-state"),
    *ChargerViews.urls("charger"),
    path("connectors/<code:charger__code>/<int:number>/state/", verbs.connector_state, name="connector-state"),
    *ConnectorViews.urls("connector", lookup=("charger__code", "number")),
    # the network
    *DistrictViews.urls("district"),
    path("map/", maps.network_map, name="map"),
    path("map/points.json", maps.map_points, name="map-points"),
    path("map/districts.json", maps.map_districts, name="map-districts"),
    path("structure/", structure.structure, name="structure"),
    # what registers say
    path("listings/<int:pk>/decide/", listings.listing_decide, name="listing-decide"),
    path("listings/<int:pk>/points.json", listings.listing_points, name="listing-points"),
    *ListingViews.urls("listing", lookup="pk"),
]

"""All addresses. Everything of a network stands below /n/<slug>/, behind the door."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views import debug

import core.codes  # noqa: F401 (registers the converter `code`)
from chargenet import health, views
from chargenet.errors import not_found

network_patterns: list[URLPattern | URLResolver] = [
    path("", views.dashboard, name="dashboard"),
    path("", include("security.people_urls")),
    path("", include("security.supervision.urls")),
    path("", include("security.privacy.urls")),
    path("", include("core.jobs.urls")),
    path("", include("core.importing.urls")),
    path("", include("stations.urls")),
    path("", include("services.charging.urls")),
    path("reports/", include("reports.urls")),
]

urlpatterns = [
    path("", views.home, name="home"),
    path("", include("security.urls")),
    path("", include("security.signing.library_urls")),
    path("account/", include("security.signing.urls")),
    path("n/<slug:network_slug>/", include(network_patterns)),
    path("admin/", admin.site.urls),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics_page),
]

if settings.DEBUG:
    urlpatterns.append(path("_components/", include("core.component_page")))

handler400 = "chargenet.errors.bad_request"
handler403 = "chargenet.errors.permission_denied"
handler404 = "chargenet.errors.not_found"
handler500 = "chargenet.errors.server_error"
# In development as well: whoever tries the product reads the product's own page, not the list of our addresses.
debug.technical_404_response = not_found

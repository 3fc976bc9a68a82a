"""The product's addresses and those of the trial."""

from django.urls import include, path

from chargenet.urls import urlpatterns as own_patterns
from core.tests.trial.views import TrialChargers, TrialDistricts, TrialSites

trial_patterns = [
    *TrialDistricts.urls("district"),
    *TrialSites.urls("site"),
    *TrialChargers.urls("charger"),
]
urlpatterns = [*own_patterns, path("n/<slug:network_slug>/trial/", include((trial_patterns, "trial")))]

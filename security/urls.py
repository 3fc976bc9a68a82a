"""Pages outside of any network."""

from django.urls import path

from security import views
from security.signing import views as signing

app_name = "security"
urlpatterns = [
    path("sign-in/", signing.sign_in, name="sign-in"),
    path("sign-out/", signing.sign_out, name="sign-out"),
    path("language/", views.choose_language, name="language"),
    path("networks/", views.network_list, name="network-list"),
]

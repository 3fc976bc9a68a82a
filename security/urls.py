"""Pages outside of any network."""

from django.urls import path

from security import views

app_name = "security"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("language/", views.choose_language, name="language"),
    path("networks/", views.network_list, name="network-list"),
]

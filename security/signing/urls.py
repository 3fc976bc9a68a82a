"""The own account, and answering an invitation."""

from django.urls import path

from security.signing import views

app_name = "account"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("second-factor/needed/", views.second_factor_needed, name="second-factor-needed"),
    path("second-factor/done/", views.home_after_set_up, name="second-factor-done"),
    path("sessions/", views.session_list, name="session-list"),
    path("sessions/<int:number>/end/", views.session_end, name="session-end"),
    path("sessions/end-others/", views.session_end_others, name="session-end-others"),
    path("go-on/", views.go_on, name="go-on"),
]

"""Pages about the network in scope and the people in it."""

from django.urls import path

from security import people

app_name = "people"
urlpatterns = [
    path("settings/", people.network_settings, name="network-settings"),
    path("people/", people.role_list, name="role-list"),
    path("people/give/", people.role_give, name="role-give"),
    path("people/<int:number>/withdraw/", people.role_withdraw, name="role-withdraw"),
]

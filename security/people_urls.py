"""Pages about the network in scope and the people in it."""

from django.urls import path

from security import people
from security.signing import invitation_views as invitations

app_name = "people"
urlpatterns = [
    path("settings/", people.network_settings, name="network-settings"),
    path("people/", people.role_list, name="role-list"),
    path("people/give/", people.role_give, name="role-give"),
    path("people/<int:number>/withdraw/", people.role_withdraw, name="role-withdraw"),
    path("people/invitations/", invitations.invitation_list, name="invitation-list"),
    path("people/invitations/new/", invitations.invitation_new, name="invitation-new"),
    path("people/invitations/<int:number>/resend/", invitations.invitation_resend, name="invitation-resend"),
    path("people/invitations/<int:number>/withdraw/", invitations.invitation_withdraw, name="invitation-withdraw"),
]

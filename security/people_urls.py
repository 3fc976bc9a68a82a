"""Pages about the network in scope, the people in it, their roles, and deeds that need a second person."""

from django.urls import path

from security import people, role_pages
from security.four_eyes import views as four_eyes
from security.signing import invitation_views as invitations

app_name = "people"
urlpatterns = [
    path("settings/", people.network_settings, name="network-settings"),
    path("people/give/", people.role_give, name="role-give"),
    path("people/<int:number>/withdraw/", people.role_withdraw, name="role-withdraw"),
    path("people/invitations/", invitations.invitation_list, name="invitation-list"),
    path("people/invitations/new/", invitations.invitation_new, name="invitation-new"),
    path("people/invitations/<int:number>/resend/", invitations.invitation_resend, name="invitation-resend"),
    path("people/invitations/<int:number>/withdraw/", invitations.invitation_withdraw, name="invitation-withdraw"),
    *people.AssignmentViews.urls("role", lookup="pk", path="people"),
    path("roles/", role_pages.matrix, name="matrix"),
    path("roles/<slug:role>/", role_pages.matrix_role, name="matrix-role"),
    path("roles/<slug:role>/edit/", role_pages.matrix_adapt, name="matrix-adapt"),
    path("approvals/rules/", four_eyes.deed_list, name="deed-list"),
    path("approvals/rules/<str:deed>/", four_eyes.deed_change, name="deed-change"),
    path("approvals/<slug:number>/approve/", four_eyes.approval_approve, name="approval-approve"),
    path("approvals/<slug:number>/refuse/", four_eyes.approval_refuse, name="approval-refuse"),
    path("approvals/<slug:number>/withdraw/", four_eyes.approval_withdraw, name="approval-withdraw"),
    *four_eyes.ApprovalViews.urls("approval", lookup="number"),
]

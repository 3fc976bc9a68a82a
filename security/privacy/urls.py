"""Addresses of pages about personal data."""

from django.urls import path

from security.privacy import views

app_name = "privacy"
urlpatterns = [
    path("privacy/", views.retention, name="retention"),
    path("privacy/retention/", views.retention_change, name="retention-change"),
    path("privacy/export/", views.person_export, name="person-export"),
    path("privacy/erase/", views.person_erase, name="person-erase"),
]

"""Addresses of jobs."""

from django.urls import path

from core.jobs import views

app_name = "core"
urlpatterns = [
    *views.JobViews.urls("job", lookup="id"),
    path("jobs/<int:id>/part/", views.job_part, name="job-part"),
    path("jobs/<int:id>/cancel/", views.job_cancel, name="job-cancel"),
    path("jobs/<int:id>/result/", views.job_result, name="job-result"),
]

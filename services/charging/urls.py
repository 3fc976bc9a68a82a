"""Addresses of charging sessions."""

from django.urls import URLPattern, path

from services.charging.views import deciding
from services.charging.views.doubts import DoubtViews
from services.charging.views.sessions import SessionViews

app_name = "charging"
urlpatterns: list[URLPattern] = [
    path("sessions/doubtful/accept/", deciding.doubt_accept, name="doubt-accept"),
    path("sessions/doubtful/reject/", deciding.doubt_reject, name="doubt-reject"),
    *SessionViews.urls("session", lookup="id"),
    *DoubtViews.urls("doubt", lookup="id", path="sessions/doubtful"),
    path("sessions/<int:id>/accept/", deciding.session_accept, name="session-accept"),
    path("sessions/<int:id>/correct/", deciding.session_correct, name="session-correct"),
    path("sessions/<int:id>/reject/", deciding.session_reject, name="session-reject"),
]

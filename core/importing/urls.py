"""Addresses of imports: `imports/…` for what is fixed, `imports/<number>/…` for one import."""

from django.urls import path, re_path

from core.importing import views
from core.importing.lists import ImportViews

app_name = "imports"
NUMBER = "(?P<number>[A-Z0-9][A-Z0-9._-]{0,39})"

urlpatterns = [
    path("imports/", ImportViews.as_view("list"), name="list"),
    path("imports/export/", ImportViews.as_view("export"), name="export"),
    path("imports/list-columns/", ImportViews.as_view("columns"), name="list-columns"),
    path("imports/new/", views.choose, name="choose"),
    path("imports/new/<slug:name>/", views.upload, name="upload"),
    path("imports/<code:number>/", views.run, name="run"),
    path("imports/<code:number>/progress/", views.progress, name="progress"),
    path("imports/<code:number>/columns/", views.columns, name="columns"),
    path("imports/<code:number>/read/", views.read_again, name="read"),
    path("imports/<code:number>/check/", views.check, name="check"),
    path("imports/<code:number>/apply/", views.apply, name="apply"),
    path("imports/<code:number>/stop/", views.stop, name="stop"),
    path("imports/<code:number>/cancel/", views.cancel, name="cancel"),
    path("imports/<code:number>/undo/", views.undo, name="undo"),
    re_path(rf"^imports/{NUMBER}/left-out\.(?P<extension>csv|xlsx)$", views.left_out, name="left-out"),
]

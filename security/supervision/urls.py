"""Pages of supervision and of work record sets, inside the network."""

from django.urls import path

from security.record_sets.views import RecordSetViews, record_set_make, record_set_print
from security.supervision.views import (
    AlertViews,
    WatchRuleViews,
    WorkRecordViews,
    alert_close,
    alert_escalate,
    alert_explain,
)

app_name = "supervision"
urlpatterns = [
    path("record-sets/make/", record_set_make, name="record-set-make"),
    path("record-sets/<code:number>/print/", record_set_print, name="record-set-print"),
    path("alerts/<code:number>/explain/", alert_explain, name="alert-explain"),
    path("alerts/<code:number>/escalate/", alert_escalate, name="alert-escalate"),
    path("alerts/<code:number>/close/", alert_close, name="alert-close"),
    *WorkRecordViews.urls("record", lookup="id"),
    *AlertViews.urls("alert", lookup="number"),
    *WatchRuleViews.urls("watch-rule", lookup="kind"),
    *RecordSetViews.urls("record-set", lookup="number"),
]

"""CRUDViews of the trial."""

from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from core.crud.actions import save_row
from core.crud.declare import Column, Filter, ListAction, RelatedRows, RowAction, Section
from core.crud.views import CRUDView
from core.errors import Refusal
from stations.models import Charger, District, Site


class NameRefused(Refusal):
    """This name is not wanted."""


def refuse_x(*, row: Any, actor: Any, now: Any, reason: str = "") -> Any:
    """An action of a view's own: refuses the name X."""
    if row.name == "X":
        raise NameRefused("X is no name.", field="name")
    return save_row(row=row, actor=actor, now=now, reason=reason)


class TrialDistricts(CRUDView):
    """Districts: network-wide, deletable, with a computed column."""

    model = District
    namespace = "trial"
    permissions = {
        "view": "stations.view_district",
        "add": "stations.add_district",
        "change": "stations.change_district",
        "delete": "stations.delete_district",
    }
    columns = [
        "code",
        "name",
        Column(
            "sites",
            label="Sites",
            kind="number",
            annotate=lambda: Coalesce(
                Subquery(
                    Site.objects.filter(district=OuterRef("pk"))
                    .order_by()
                    .values("district")
                    .annotate(n=Count("*"))
                    .values("n")
                ),
                0,
            ),
        ),
        Column("shouted", label="Shouted", value=lambda row: row.name.upper()),
    ]
    default_columns = ["code", "name", "sites"]
    search_fields = ["code", "name"]
    filters = ["name"]
    fields = ["code", "name"]
    related = [RelatedRows("stations.Site", by="district", columns=["code", "name", "status"])]
    list_actions = [ListAction("Import", "imports:list", "stations.import_district", icon="upload")]
    lead = "All districts."


class TrialSites(CRUDView):
    """Sites: places of rights, with a foreign key to themselves, without deleting."""

    model = Site
    namespace = "trial"
    permissions = {"view": "stations.view_site", "add": "stations.add_site", "change": "stations.change_site"}
    state = "status"
    columns = [
        "code",
        "name",
        Column("status", vocabulary="site-status"),
        "kind",
        "district",
        "supplied_by",
        "services",
        "opened_on",
        "grid_kw",
        "battery_capacity",
        Column("phone", permission="stations.change_site"),
    ]
    search_fields = ["code", "name"]
    filters = [
        "status",
        "kind",
        "district",
        "services",
        "opened_on",
        "grid_kw",
        "battery_capacity",
        "always_open",
        Filter("supplier", "supplied_by", "Supplier"),
    ]
    fields = [
        "code",
        "name",
        "status",
        "kind",
        "district",
        "supplied_by",
        "services",
        "opened_on",
        "grid_kw",
        "always_open",
        "phone",
    ]
    choices = {"supplied_by": lambda rows: rows.filter(kind="distribution_centre")}
    change_action = staticmethod(refuse_x)
    create_action = staticmethod(refuse_x)


class TrialChargers(CRUDView):
    """Chargers: hang on a site, deletable, with business verbs."""

    model = Charger
    namespace = "trial"
    parent = "site"
    permissions = {
        "view": "stations.view_charger",
        "add": "stations.add_charger",
        "change": "stations.change_charger",
        "delete": "stations.delete_charger",
    }
    columns = ["code", "site", "method", Column("rated_kw", unit="kW"), "state", "commissioned_on", "note"]
    search_fields = ["code", "vendor"]
    filters = ["site", "method", "state", "rated_kw", "commissioned_on"]
    sections = [Section("Machine", ["code", "site", "method", "vendor", "note"]), Section("Dates", ["commissioned_on"])]
    fields = ["site", "code", "vendor", "method", "rated_kw", "commissioned_on", "note"]
    actions = [
        RowAction("Look", "trial:charger-detail", "stations.change_charger", when=lambda row: row.vendor != "Mute"),
    ]

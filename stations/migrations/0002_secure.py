"""The second wall: row-level security, and composite foreign keys, and the triggers that hold the rule of supply."""

from django.db import migrations

from core.tenancy.operations import SecureTenantTable
from stations.supply_sql import drop_trigger_sql, trigger_sql


class Migration(migrations.Migration):
    dependencies = [("stations", "0001_initial"), ("security", "0002_secure")]

    operations = [
        SecureTenantTable("District"),
        SecureTenantTable("Site"),
        SecureTenantTable("SitePermission", referenced=False),
        SecureTenantTable("SiteListing"),
        SecureTenantTable("Charger"),
        SecureTenantTable("Connector"),
        migrations.RunSQL(trigger_sql(), drop_trigger_sql()),
    ]

"""The second wall: row-level security, and composite foreign keys, and the triggers that keep the rollups."""

from django.db import migrations

from core.tenancy.operations import SecureTenantTable
from services.charging.rollup_sql import drop_trigger_sql, trigger_sql


class Migration(migrations.Migration):
    dependencies = [("charging", "0003_initial"), ("stations", "0002_secure"), ("core", "0003_secure")]

    operations = [
        SecureTenantTable("ChargingSession"),
        SecureTenantTable("SessionDecision", referenced=False),
        SecureTenantTable("ChargingDay", referenced=False),
        SecureTenantTable("ChargingHour", referenced=False),
        migrations.RunSQL(trigger_sql(), drop_trigger_sql()),
    ]

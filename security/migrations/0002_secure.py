"""The second wall: row-level security, and composite foreign keys."""

from django.db import migrations

from core.tenancy.operations import SecureTenantTable


class Migration(migrations.Migration):
    dependencies = [("security", "0001_initial")]

    operations = [
        SecureTenantTable("NetworkPermission", referenced=False),
        SecureTenantTable("Assignment"),
        SecureTenantTable("WorkRecord", referenced=False),
    ]

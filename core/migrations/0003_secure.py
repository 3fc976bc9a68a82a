"""The second wall: row-level security, and composite foreign keys."""

from django.db import migrations

from core.tenancy.operations import SecureTenantTable


class Migration(migrations.Migration):
    dependencies = [("core", "0002_initial")]

    operations = [
        SecureTenantTable("Counter", referenced=False),
        SecureTenantTable("ListChoice", referenced=False),
        SecureTenantTable("Job"),
        SecureTenantTable("ImportRun"),
        SecureTenantTable("ImportMapping", referenced=False),
        SecureTenantTable("ImportIssue", referenced=False),
        SecureTenantTable("ImportChange", referenced=False),
    ]

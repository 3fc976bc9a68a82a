"""Suspending and deleting networks, retention periods, erasures."""

import django.core.serializers.json
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from core.tenancy.operations import SecureTenantTable
from security.deletion_sql import BACKWARDS, FORWARDS


class Migration(migrations.Migration):
    dependencies = [
        ("security", "0005_records"),
    ]

    operations = [
        migrations.CreateModel(
            name="ErasureRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
                ("erased_at", models.DateTimeField(null=True, verbose_name="erased at")),
            ],
            options={
                "verbose_name": "erasure of a person",
                "verbose_name_plural": "erasures of persons",
                "ordering": ["-asked_at"],
            },
        ),
        migrations.CreateModel(
            name="HistoricalRetentionPeriod",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "request_id",
                    models.CharField(blank=True, default="", editable=False, max_length=64, verbose_name="request"),
                ),
                ("kind", models.CharField(max_length=60, verbose_name="kind of data")),
                ("days", models.PositiveIntegerField(verbose_name="days")),
                ("history_change_reason", models.CharField(blank=True, default="", max_length=250)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical retention period",
                "verbose_name_plural": "historical retention periods",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="NetworkDeletion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("network_number", models.BigIntegerField(unique=True, verbose_name="number of the network")),
                ("slug", models.SlugField(max_length=40, verbose_name="short name in addresses")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
                (
                    "expected",
                    models.JSONField(
                        default=dict,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        verbose_name="rows that were there",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("running", "Running"), ("done", "Done")],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "deleted",
                    models.JSONField(
                        default=dict,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        verbose_name="rows deleted",
                    ),
                ),
                ("beat_at", models.DateTimeField(null=True, verbose_name="last sign of life")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="finished at")),
            ],
            options={
                "verbose_name": "deletion of a network",
                "verbose_name_plural": "deletions of networks",
                "ordering": ["-asked_at"],
            },
        ),
        migrations.CreateModel(
            name="RetentionPeriod",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=60, verbose_name="kind of data")),
                ("days", models.PositiveIntegerField(verbose_name="days")),
            ],
            options={
                "verbose_name": "retention period",
                "verbose_name_plural": "retention periods",
                "ordering": ["kind"],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.AddField(
            model_name="network",
            name="deleting_since",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="being deleted since"),
        ),
        migrations.AddField(
            model_name="network",
            name="suspended_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="suspended since"),
        ),
        migrations.AddField(
            model_name="network",
            name="suspension_reason",
            field=models.CharField(blank=True, editable=False, max_length=300, verbose_name="why it is suspended"),
        ),
        migrations.AddConstraint(
            model_name="network",
            constraint=models.CheckConstraint(
                condition=models.Q(("deleting_since__isnull", True), ("suspended_at__isnull", False), _connector="OR"),
                name="network_is_suspended_before_it_is_deleted",
            ),
        ),
        migrations.AddField(
            model_name="erasurerequest",
            name="account",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="account",
            ),
        ),
        migrations.AddField(
            model_name="historicalretentionperiod",
            name="history_user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="historicalretentionperiod",
            name="network",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="security.network",
            ),
        ),
        migrations.AddField(
            model_name="networkdeletion",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="asked by",
            ),
        ),
        migrations.AddField(
            model_name="retentionperiod",
            name="network",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="security.network",
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionperiod",
            constraint=models.UniqueConstraint(fields=("network", "kind"), name="one_period_per_kind"),
        ),
        SecureTenantTable("RetentionPeriod", referenced=False),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]

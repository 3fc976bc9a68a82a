"""Assignments with sources, reasons and a history; adaptations of roles; approvals by a second person."""

import django.contrib.postgres.constraints
import django.core.serializers.json
import django.db.models.deletion
import django.db.models.functions.comparison
import security.models.places
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from core.tenancy.operations import SecureTenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("security", "0002_secure"),
    ]

    operations = [
        migrations.CreateModel(
            name="Approval",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=20, verbose_name="number")),
                ("deed", models.CharField(max_length=60, verbose_name="deed")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Waiting"),
                            ("approved", "Approved"),
                            ("refused", "Refused"),
                            ("expired", "Expired"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="asked",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("summary", models.CharField(max_length=300, verbose_name="what")),
                ("reason", models.CharField(blank=True, max_length=250, verbose_name="reason")),
                (
                    "amount",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=14, null=True, verbose_name="amount"),
                ),
                (
                    "params",
                    models.JSONField(
                        default=dict,
                        editable=False,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        verbose_name="details",
                    ),
                ),
                (
                    "fingerprint",
                    models.CharField(
                        editable=False, help_text="Of the details: one question at a time.", max_length=64
                    ),
                ),
                (
                    "before",
                    models.JSONField(
                        default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="before"
                    ),
                ),
                (
                    "after",
                    models.JSONField(
                        default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="after"
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="asked")),
                ("expires_at", models.DateTimeField(verbose_name="waits until")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
                (
                    "decision_reason",
                    models.CharField(blank=True, max_length=250, verbose_name="reason of the decision"),
                ),
            ],
            options={
                "verbose_name": "approval",
                "verbose_name_plural": "approvals",
                "ordering": ["-asked_at", "-id"],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="DeedRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("deed", models.CharField(max_length=60, verbose_name="deed")),
                ("is_on", models.BooleanField(verbose_name="needs a second person")),
                (
                    "threshold",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        help_text="Empty: always.",
                        max_digits=14,
                        null=True,
                        verbose_name="from an amount of",
                    ),
                ),
            ],
            options={
                "verbose_name": "rule for a deed",
                "verbose_name_plural": "rules for deeds",
                "ordering": ["deed"],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="HistoricalApproval",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "request_id",
                    models.CharField(blank=True, default="", editable=False, max_length=64, verbose_name="request"),
                ),
                ("number", models.CharField(max_length=20, verbose_name="number")),
                ("deed", models.CharField(max_length=60, verbose_name="deed")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Waiting"),
                            ("approved", "Approved"),
                            ("refused", "Refused"),
                            ("expired", "Expired"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="asked",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("summary", models.CharField(max_length=300, verbose_name="what")),
                ("reason", models.CharField(blank=True, max_length=250, verbose_name="reason")),
                (
                    "amount",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=14, null=True, verbose_name="amount"),
                ),
                (
                    "params",
                    models.JSONField(
                        default=dict,
                        editable=False,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        verbose_name="details",
                    ),
                ),
                (
                    "fingerprint",
                    models.CharField(
                        editable=False, help_text="Of the details: one question at a time.", max_length=64
                    ),
                ),
                (
                    "before",
                    models.JSONField(
                        default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="before"
                    ),
                ),
                (
                    "after",
                    models.JSONField(
                        default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="after"
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="asked")),
                ("expires_at", models.DateTimeField(verbose_name="waits until")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
                (
                    "decision_reason",
                    models.CharField(blank=True, max_length=250, verbose_name="reason of the decision"),
                ),
                ("history_change_reason", models.CharField(blank=True, default="", max_length=250)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical approval",
                "verbose_name_plural": "historical approvals",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalAssignment",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "request_id",
                    models.CharField(blank=True, default="", editable=False, max_length=64, verbose_name="request"),
                ),
                ("begins_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="until")),
                (
                    "source",
                    models.CharField(
                        choices=[("hand", "By hand"), ("invitation", "Invitation"), ("appointment", "Appointment")],
                        default="hand",
                        max_length=20,
                        verbose_name="source",
                    ),
                ),
                ("source_id", models.BigIntegerField(blank=True, null=True, verbose_name="number of the source")),
                ("reason", models.CharField(blank=True, max_length=250, verbose_name="reason")),
                ("end_reason", models.CharField(blank=True, max_length=250, verbose_name="reason of the end")),
                ("history_change_reason", models.CharField(blank=True, default="", max_length=250)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical assignment",
                "verbose_name_plural": "historical people and roles",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalDeedRule",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "request_id",
                    models.CharField(blank=True, default="", editable=False, max_length=64, verbose_name="request"),
                ),
                ("deed", models.CharField(max_length=60, verbose_name="deed")),
                ("is_on", models.BooleanField(verbose_name="needs a second person")),
                (
                    "threshold",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        help_text="Empty: always.",
                        max_digits=14,
                        null=True,
                        verbose_name="from an amount of",
                    ),
                ),
                ("history_change_reason", models.CharField(blank=True, default="", max_length=250)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical rule for a deed",
                "verbose_name_plural": "historical rules for deeds",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalRoleAdaptation",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "request_id",
                    models.CharField(blank=True, default="", editable=False, max_length=64, verbose_name="request"),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("director", "Network director"),
                            ("dispatcher", "Dispatcher"),
                            ("analyst", "Analyst"),
                            ("site_manager", "Site manager"),
                            ("site_operator", "Station operator"),
                            ("depot_clerk", "Depot clerk"),
                            ("store_clerk", "Store clerk"),
                            ("technician", "Technician"),
                            ("accountant", "Accountant"),
                            ("auditor", "Auditor"),
                        ],
                        max_length=40,
                        verbose_name="role",
                    ),
                ),
                ("permission", models.CharField(max_length=100, verbose_name="permission")),
                (
                    "effect",
                    models.CharField(
                        choices=[("added", "added"), ("removed", "taken away")], max_length=10, verbose_name="effect"
                    ),
                ),
                ("history_change_reason", models.CharField(blank=True, default="", max_length=250)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical adaptation of a role",
                "verbose_name_plural": "historical adaptations of roles",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="RoleAdaptation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("director", "Network director"),
                            ("dispatcher", "Dispatcher"),
                            ("analyst", "Analyst"),
                            ("site_manager", "Site manager"),
                            ("site_operator", "Station operator"),
                            ("depot_clerk", "Depot clerk"),
                            ("store_clerk", "Store clerk"),
                            ("technician", "Technician"),
                            ("accountant", "Accountant"),
                            ("auditor", "Auditor"),
                        ],
                        max_length=40,
                        verbose_name="role",
                    ),
                ),
                ("permission", models.CharField(max_length=100, verbose_name="permission")),
                (
                    "effect",
                    models.CharField(
                        choices=[("added", "added"), ("removed", "taken away")], max_length=10, verbose_name="effect"
                    ),
                ),
            ],
            options={
                "verbose_name": "adaptation of a role",
                "verbose_name_plural": "adaptations of roles",
                "ordering": ["role", "permission"],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.AlterModelOptions(
            name="assignment",
            options={
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "ordering": ["account__name", "begins_at"],
                "verbose_name": "assignment",
                "verbose_name_plural": "people and roles",
            },
        ),
        migrations.AddField(
            model_name="assignment",
            name="end_reason",
            field=models.CharField(blank=True, max_length=250, verbose_name="reason of the end"),
        ),
        migrations.AddField(
            model_name="assignment",
            name="reason",
            field=models.CharField(blank=True, max_length=250, verbose_name="reason"),
        ),
        migrations.AddField(
            model_name="assignment",
            name="source",
            field=models.CharField(
                choices=[("hand", "By hand"), ("invitation", "Invitation"), ("appointment", "Appointment")],
                default="hand",
                max_length=20,
                verbose_name="source",
            ),
        ),
        migrations.AddField(
            model_name="assignment",
            name="source_id",
            field=models.BigIntegerField(blank=True, null=True, verbose_name="number of the source"),
        ),
        migrations.AddField(
            model_name="assignment",
            name="withdrawn_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="withdrawn by",
            ),
        ),
        migrations.AlterField(
            model_name="assignment",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="account",
            ),
        ),
        migrations.AlterField(
            model_name="assignment",
            name="given_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="given by",
            ),
        ),
        migrations.AlterField(
            model_name="assignment",
            name="group",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="security.rolegroup",
                verbose_name="role",
            ),
        ),
        migrations.AlterField(
            model_name="rolegroup",
            name="role",
            field=models.CharField(
                choices=[
                    ("director", "Network director"),
                    ("dispatcher", "Dispatcher"),
                    ("analyst", "Analyst"),
                    ("site_manager", "Site manager"),
                    ("site_operator", "Station operator"),
                    ("depot_clerk", "Depot clerk"),
                    ("store_clerk", "Store clerk"),
                    ("technician", "Technician"),
                    ("accountant", "Accountant"),
                    ("auditor", "Auditor"),
                ],
                max_length=40,
                verbose_name="role",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (models.F("account"), "="),
                    (models.F("group"), "="),
                    (models.F("source"), "="),
                    (django.db.models.functions.comparison.Coalesce(models.F("source_id"), models.Value(0)), "="),
                    (
                        security.models.places.AssignmentSpan(
                            models.F("begins_at"), models.F("ends_at"), models.Value("[)")
                        ),
                        "&&",
                    ),
                ],
                name="assignments_never_overlap",
                violation_error_message="This role is held at that time already.",
            ),
        ),
        migrations.AddField(
            model_name="approval",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="asked by",
            ),
        ),
        migrations.AddField(
            model_name="approval",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="decided by",
            ),
        ),
        migrations.AddField(
            model_name="approval",
            name="network",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="security.network",
            ),
        ),
        migrations.AddField(
            model_name="deedrule",
            name="network",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="security.network",
            ),
        ),
        migrations.AddField(
            model_name="historicalapproval",
            name="asked_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="asked by",
            ),
        ),
        migrations.AddField(
            model_name="historicalapproval",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="decided by",
            ),
        ),
        migrations.AddField(
            model_name="historicalapproval",
            name="history_user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="historicalapproval",
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
            model_name="historicalassignment",
            name="account",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="account",
            ),
        ),
        migrations.AddField(
            model_name="historicalassignment",
            name="given_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="given by",
            ),
        ),
        migrations.AddField(
            model_name="historicalassignment",
            name="group",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="security.rolegroup",
                verbose_name="role",
            ),
        ),
        migrations.AddField(
            model_name="historicalassignment",
            name="history_user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="historicalassignment",
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
            model_name="historicalassignment",
            name="withdrawn_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="withdrawn by",
            ),
        ),
        migrations.AddField(
            model_name="historicaldeedrule",
            name="history_user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="historicaldeedrule",
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
            model_name="historicalroleadaptation",
            name="history_user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="historicalroleadaptation",
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
            model_name="roleadaptation",
            name="network",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="security.network",
            ),
        ),
        migrations.AddIndex(
            model_name="approval",
            index=models.Index(fields=["network", "-asked_at"], name="approval_newest"),
        ),
        migrations.AddIndex(
            model_name="approval",
            index=models.Index(
                condition=models.Q(("state", "asked")), fields=["network", "expires_at"], name="approval_waiting"
            ),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.UniqueConstraint(fields=("network", "number"), name="approval_number_once"),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "asked")),
                fields=("network", "deed", "fingerprint"),
                name="one_question_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by__isnull", True),
                    models.Q(("decided_by", models.F("asked_by")), _negated=True),
                    _connector="OR",
                ),
                name="approval_needs_a_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state__in", ["approved", "refused"]),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                    ),
                    models.Q(("state__in", ["asked", "expired", "withdrawn"]), ("decided_by__isnull", True)),
                    _connector="OR",
                ),
                name="approval_decided_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="deedrule",
            constraint=models.UniqueConstraint(fields=("network", "deed"), name="one_rule_per_deed"),
        ),
        migrations.AddConstraint(
            model_name="deedrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("threshold__isnull", True), ("threshold__gte", 0), _connector="OR"),
                name="deed_threshold_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="roleadaptation",
            constraint=models.UniqueConstraint(
                fields=("network", "role", "permission"), name="one_adaptation_per_permission"
            ),
        ),
        # The history of assignments begins here; its table is new although that of assignments is not.
        SecureTenantTable("HistoricalAssignment", referenced=False),
        SecureTenantTable("RoleAdaptation"),
        SecureTenantTable("DeedRule"),
        SecureTenantTable("Approval"),
    ]

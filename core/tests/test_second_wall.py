"""The second wall: what PostgreSQL itself allows, whatever the program asks."""

import psycopg2
import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.migrations.loader import MigrationLoader

from core.db.roles import append_only_tables, as_owner
from core.tenancy.checks import role_problems, table_problems
from core.tenancy.guard import tenant_tables
from core.tenancy.operations import SecureTenantTable
from core.tenancy.scope import network_scope
from security.models import WorkRecord
from stations.models import Site


def rows(sql, params=()):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def test_raw_sql_outside_of_a_scope_sees_no_row_of_any_tenant_table(cast):
    for table in tenant_tables():
        assert rows(f'SELECT * FROM "{table}"') == []


def test_raw_sql_inside_sees_its_own_network_only(scoped):
    assert rows("SELECT code, name FROM stations_site ORDER BY code") == [("A", "Alpha Quay"), ("B", "Beta Mall")]
    assert {network for (network,) in rows("SELECT network_id FROM stations_historicalsite")} == {scoped.network.pk}


def test_raw_sql_cannot_insert_into_another_network(scoped):
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        rows(
            "INSERT INTO core_counter (network_id, series, year, last) VALUES (%s, 'X', 2026, 1) RETURNING id",
            [scoped.other.pk],
        )


def test_raw_sql_cannot_change_or_delete_rows_of_another_network(scoped):
    assert rows("UPDATE stations_site SET name = 'x' WHERE network_id = %s RETURNING id", [scoped.other.pk]) == []
    assert rows("DELETE FROM stations_sitepermission WHERE network_id = %s RETURNING id", [scoped.other.pk]) == []


def test_raw_sql_cannot_give_a_row_to_another_network(scoped):
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        rows("UPDATE stations_site SET network_id = %s WHERE code = 'A' RETURNING id", [scoped.other.pk])


def test_a_composite_key_keeps_a_row_from_pointing_into_another_network(scoped):
    with pytest.raises(IntegrityError, match="tfk"), transaction.atomic():
        rows(
            "INSERT INTO stations_charger (network_id, site_id, code, vendor, model, serial_number, method, firmware, "
            "state, note) VALUES (%s, %s, 'C', '', '', '', 'ac', '', 'in_service', '') RETURNING id",
            [scoped.network.pk, scoped.other_site.pk],
        )


def test_the_setting_ends_with_the_scope(cast):
    with network_scope(cast.network):
        assert rows("SELECT current_setting('chargenet.network', true)") == [(str(cast.network.pk),)]
    assert rows("SELECT current_setting('chargenet.network', true)") == [("",)]


def test_the_setting_survives_a_rolled_back_savepoint(scoped):
    with pytest.raises(DatabaseError), transaction.atomic():
        rows("SELECT 1/0")
    assert len(rows("SELECT 1 FROM stations_site")) == 2


@pytest.mark.django_db(transaction=True)
def test_the_setting_lives_no_longer_than_a_transaction(cast):
    with network_scope(cast.network):
        with transaction.atomic():
            assert Site.objects.count() == 2
        with connection.connection.cursor() as bare:
            bare.execute("SELECT current_setting('chargenet.network', true), count(*) FROM stations_site")
            assert bare.fetchone() == ("", 0)


@pytest.mark.django_db(transaction=True)
def test_an_error_inside_a_scope_is_not_hidden_by_leaving_it(cast):
    with pytest.raises(DatabaseError, match="division by zero"), transaction.atomic(), network_scope(cast.network):
        rows("SELECT 1/0")


def test_work_records_are_neither_changed_nor_deleted(scoped):
    assert WorkRecord.objects.exists()
    for verb in ("UPDATE security_workrecord SET summary = 'x'", "DELETE FROM security_workrecord"):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            rows(f"{verb} RETURNING id")


def test_the_application_role_may_not_change_append_only_tables(db):
    allowed = rows(
        "SELECT t, has_table_privilege(t, 'UPDATE') OR has_table_privilege(t, 'DELETE') "
        "OR has_table_privilege(t, 'TRUNCATE') FROM unnest(%s) AS t",
        [sorted(append_only_tables())],
    )
    assert [table for table, may in allowed if may] == []


def test_every_tenant_table_has_its_walls(db):
    assert table_problems(connection) == []


def test_the_application_role_is_trusted(db):
    assert role_problems(connection) == []


@pytest.mark.django_db(transaction=True)
def test_a_missing_wall_is_found(cast):
    with as_owner() as owner, owner.cursor() as cursor:
        cursor.execute("ALTER TABLE stations_site NO FORCE ROW LEVEL SECURITY")
        cursor.execute("ALTER POLICY chargenet_network ON stations_charger WITH CHECK (true)")
        cursor.execute("ALTER TABLE stations_connector DROP CONSTRAINT stations_connector_charger_id_tfk")
    try:
        found = table_problems(connection)
    finally:
        with as_owner() as owner, owner.cursor() as cursor:
            condition = "network_id = nullif(current_setting('chargenet.network', true), '')::bigint"
            cursor.execute("ALTER TABLE stations_site FORCE ROW LEVEL SECURITY")
            cursor.execute(f"ALTER POLICY chargenet_network ON stations_charger WITH CHECK ({condition})")
            cursor.execute(
                "ALTER TABLE stations_connector ADD CONSTRAINT stations_connector_charger_id_tfk "
                "FOREIGN KEY (network_id, charger_id) REFERENCES stations_charger (network_id, id)"
            )
    assert sorted(text.split(" ")[1] for text in found) == ["stations_charger", "stations_connector", "stations_site"]


@pytest.mark.django_db(transaction=True)
def test_the_walls_can_be_taken_down_and_put_up_again_by_migrations(db):
    state = MigrationLoader(None).project_state()
    operation = SecureTenantTable("SessionDecision", referenced=False)
    with as_owner() as owner:
        with owner.schema_editor() as editor:
            operation.database_backwards("charging", editor, state, state)
        assert len([text for text in table_problems(owner) if "charging_sessiondecision" in text]) == 2
        with owner.schema_editor() as editor:
            operation.database_forwards("charging", editor, state, state)
        assert table_problems(owner) == []


@pytest.mark.django_db(transaction=True)
def test_a_role_that_owns_the_tables_is_refused(db):
    with as_owner() as owner:
        assert [text.split("it ")[1].split(",")[0] for text in role_problems(owner)] == [
            "owns tables (or is a member of their owner)"
        ]


def test_the_backup_role_reads_all_networks_and_changes_none(db):
    if not settings.DATABASE_BACKUP_URL:
        pytest.skip("DATABASE_BACKUP_URL is not set")
    url = settings.DATABASE_BACKUP_URL.rsplit("/", 1)[0] + "/" + connection.settings_dict["NAME"]
    backup = psycopg2.connect(url)
    try:
        with backup.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM stations_site")
            with pytest.raises(psycopg2.Error):
                cursor.execute("DELETE FROM stations_site")
    finally:
        backup.close()

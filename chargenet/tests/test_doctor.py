"""`manage.py doctor` on real parts, well and unwell."""

import json
import time
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from redis import Redis

from chargenet.beat import HEARTBEAT_KEY
from chargenet.doctor import FAIL, OK, WARN, examine
from chargenet.doctor.database import database_findings
from chargenet.doctor.machine import PDF_LIBRARIES, machine_findings
from chargenet.doctor.processes import process_findings
from core.db.roles import as_owner


def states(findings: Any) -> dict[str, str]:
    return {finding.name: finding.state for finding in findings}


def finding(findings: Any, name: str) -> Any:
    return next(one for one in findings if one.name == name)


def test_a_good_database_is_found_good(db: None) -> None:
    assert states(database_findings()) == {
        "PostgreSQL": OK,
        "application role": OK,
        "row-level security": OK,
        "rows without a network": OK,
        "clock": OK,
        "migrations": OK,
        "owner role": OK,
        "backup role": OK,
    }


def test_working_as_the_owner_of_the_tables_is_a_failure(transactional_db: None) -> None:
    with as_owner():
        found = finding(database_findings(), "application role")
    assert (found.state, "owns tables" in found.detail) == (FAIL, True)


def test_a_table_without_its_policy_is_a_failure(transactional_db: None) -> None:
    alter = "ALTER TABLE stations_site {} FORCE ROW LEVEL SECURITY"
    with as_owner() as owner, owner.cursor() as cursor:
        cursor.execute(alter.format("NO"))
    try:
        found = finding(database_findings(), "row-level security")
    finally:
        with as_owner() as owner, owner.cursor() as cursor:
            cursor.execute(alter.format(""))
    assert (found.state, "stations_site" in found.detail) == (FAIL, True)


def test_a_pending_migration_is_a_failure_with_its_name(db: None) -> None:
    MigrationRecorder(connection).record_unapplied("sessions", "0001_initial")
    found = finding(database_findings(), "migrations")
    assert (found.state, found.detail) == (FAIL, "1 pending: sessions.0001_initial")


def test_a_missing_owner_url_is_a_warning(db: None, settings: LazySettings) -> None:
    settings.DATABASE_OWNER_URL = ""
    assert finding(database_findings(), "owner role").state == WARN


def test_dumps_by_a_role_without_bypassrls_are_a_failure(db: None, settings: LazySettings) -> None:
    settings.DATABASE_BACKUP_URL = settings.SERVERS.app
    found = finding(database_findings(), "backup role")
    assert (found.state, found.detail) == (FAIL, "chargenet_app lacks BYPASSRLS: dumps would be empty")


def test_a_database_that_is_away_is_one_failure_with_a_hint(transactional_db: None) -> None:
    port = connection.settings_dict["PORT"]
    connection.close()
    connection.settings_dict["PORT"] = 1
    try:
        found = list(database_findings())
    finally:
        connection.settings_dict["PORT"] = port
        connection.close()
    assert [(one.name, one.state, bool(one.hint)) for one in found] == [("PostgreSQL", FAIL, True)]


def test_redis_that_is_away_is_one_failure_with_a_hint(no_redis: None) -> None:
    found = list(process_findings())
    assert [(one.name, one.state, bool(one.hint)) for one in found] == [("Redis", FAIL, True)]


def test_redis_without_an_append_only_file_is_a_warning(own_redis: Redis) -> None:
    assert finding(process_findings(), "Redis").state == WARN


def test_workers_and_beat_that_do_not_run_are_failures(own_redis: Redis) -> None:
    found = states(process_findings())
    assert (found["workers"], found["beat"], found["queues"]) == (FAIL, FAIL, OK)


@pytest.mark.parametrize(("seconds", "state"), [(5, OK), (300, FAIL)])
def test_beat_is_judged_by_its_last_round(own_redis: Redis, seconds: int, state: str) -> None:
    own_redis.set(HEARTBEAT_KEY, f"{time.time() - seconds:.0f}")
    assert finding(process_findings(), "beat").state == state


def test_the_machine_is_looked_at() -> None:
    assert list(states(machine_findings())) == ["disk", "uploads", "PDF libraries", "fonts", "time zone"]


def test_a_missing_library_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PDF_LIBRARIES, "libnowhere.so.9", "libnowhere9")
    found = finding(machine_findings(), "PDF libraries")
    assert (found.state, found.hint) == (FAIL, "apt-get install libnowhere9")


def test_the_place_of_uploads_may_not_exist_yet(settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "not" / "yet"
    assert finding(machine_findings(), "uploads").state == OK


def test_the_command_prints_a_line_for_each_part_and_fails_with_it(db: None, no_redis: None) -> None:
    out = StringIO()
    with pytest.raises(CommandError, match="parts failed: .*Redis"):
        call_command("doctor", stdout=out)
    lines = out.getvalue().splitlines()
    assert [line for line in lines if line.startswith("OK")][0].split()[:2] == ["OK", "PostgreSQL"]
    redis = next(number for number, line in enumerate(lines) if line.startswith("FAIL  Redis"))
    assert "→ Is the server up" in lines[redis + 1]


def test_the_command_prints_json_for_monitoring(db: None, no_redis: None) -> None:
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("doctor", json=True, stdout=out)
    told = json.loads(out.getvalue())
    assert [one["name"] for one in told] == [one.name for one in examine()]
    assert set(told[0]) == {"name", "state", "detail", "hint"}

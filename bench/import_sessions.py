"""P3: the import of 100,000 sessions (check and apply) against COPY of the same rows.

The floor is COPY into a table with the same columns, indexes and constraints, foreign keys and the exclusion of
overlaps included, but without row-level security, rollups or anybody's judgement; same server, same run.
Arguments: number of sessions (100,000).
"""

import csv
import io
import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from _common import make_network, peak_mb, say
from django.db import connection, transaction

from core.clock import now
from core.db.roles import as_owner
from core.importing.actions import choose_columns, receive_file
from core.importing.files import sent_file
from core.importing.work import apply_file, check_file
from core.tenancy.scope import network_scope
from services.charging.importers import SessionImporter
from services.charging.models import ChargingSession
from services.charging.rollups import rollup_differences

HEADER = ["Session", "Charger", "Connector", "Site", "Start", "End", "kWh", "Card", "Price"]
FIELDS = ["external_id", "charger", "connector", "site", "started_at", "ended_at", "energy_kwh", "token", "price"]
CHARGERS = 400
RUNS = 3


def write_file(path: Path, count: int) -> None:
    """A year of sessions, newest first; of a hundred two are longer than a day and one overlaps the one before it."""
    chance = random.Random(count)
    free_from = [datetime(2025, 1, 1, tzinfo=UTC) for _ in range(CHARGERS)]
    rows = []
    for number in range(count):
        charger = chance.randrange(CHARGERS)
        start = free_from[charger] + timedelta(minutes=chance.randrange(5, 120))
        length = timedelta(minutes=chance.randrange(10, 90))
        kind = chance.randrange(100)
        if kind < 2:
            length = timedelta(hours=25)
        elif kind == 2:
            start -= timedelta(minutes=130)
        free_from[charger] = start + length
        energy = round(length.total_seconds() / 3600 * chance.uniform(5, 45), 3)
        code = f"{charger + 1:07d}"
        rows.append(
            [number, f"C-S-{code}", 1, f"S-{code}", f"{start:%Y-%m-%d %H:%M}", f"{start + length:%Y-%m-%d %H:%M}"]
            + [energy, f"CARD-{chance.randrange(5_000)}", round(energy * 0.4, 2)]
        )
    rows.sort(key=lambda row: row[4], reverse=True)
    with path.open("w", newline="") as stream:
        csv.writer(stream).writerows([HEADER, *rows])


def measure_import(path: Path, slug: str) -> tuple[float, float, str, list[str]]:
    """(seconds of the check, seconds of the import, its rows as COPY text, their columns)."""
    network, _director = make_network(slug, sites=CHARGERS, chargers=CHARGERS)
    with network_scope(network):
        with path.open("rb") as stream:
            run = receive_file(
                importer=SessionImporter, sent=sent_file(path, stream), source_name="bench", actor=None, now=now()
            )
        mapping = dict(zip(HEADER, FIELDS, strict=True))
        run = choose_columns(run=run, mapping=mapping, options={"time_zone": "UTC"}, actor=None, now=now())
        started = time.perf_counter()
        run = check_file(run=run, actor=None, now=now())
        checked = time.perf_counter()
        run = apply_file(run=run, actor=None, now=now())
        applied = time.perf_counter()
        if rollup_differences():
            raise SystemExit("the rollups differ from the sessions")
        columns = [field.column for field in ChargingSession._meta.concrete_fields if not field.primary_key]
        text = io.StringIO()
        with transaction.atomic(), connection.cursor() as cursor:
            names = ", ".join(f'"{name}"' for name in columns)
            table = ChargingSession._meta.db_table
            cursor.copy_expert(f"COPY (SELECT {names} FROM {table} ORDER BY id) TO STDOUT", text)
    print(slug, {name: run.counts[name] for name in ("new", "aside", "wrong")})
    return checked - started, applied - checked, text.getvalue(), columns


def measure_copy(text: str, columns: list[str]) -> float:
    """Seconds of COPY of these rows into an empty table of the same kind."""
    table = ChargingSession._meta.db_table
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_floor")
        cursor.execute(f"CREATE TABLE bench_floor (LIKE {table} INCLUDING ALL)")
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass",
            [table],
        )
        for (definition,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE bench_floor ADD {definition.removesuffix('DEFERRABLE INITIALLY DEFERRED')}")
        names = ", ".join(f'"{name}"' for name in columns)
        started = time.perf_counter()
        cursor.copy_expert(f"COPY bench_floor ({names}) FROM STDIN", io.StringIO(text))
        taken = time.perf_counter() - started
        cursor.execute("DROP TABLE bench_floor")
    return taken


def main(count: int) -> None:
    """Measure three times, and print the medians and their ratio."""
    checks, applies, floors = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sessions.csv"
        write_file(path, count)
        for number in range(RUNS):
            check, apply, text, columns = measure_import(path, f"import-{number}")
            checks.append(check)
            applies.append(apply)
            floors.append(measure_copy(text, columns))
    floor, check, apply = (statistics.median(times) for times in (floors, checks, applies))
    say(f"COPY of {count:,} sessions", floor, "s")
    say("check of the file", check, "s", f"{check / floor:.2f} x COPY")
    say("import of the file", apply, "s", f"{apply / floor:.2f} x COPY")
    say("both together", check + apply, "s", f"{(check + apply) / floor:.2f} x COPY (at most 5)")
    say("most memory of this process", peak_mb(), "MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)

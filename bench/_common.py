"""What the benchmarks share: a network of any size, made by the database itself, and a stopwatch."""

import logging
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chargenet.settings")

import django  # noqa: E402

django.setup()
logging.disable(logging.INFO)  # a line for each request would bury the figures

from django.db import connection, transaction  # noqa: E402

from core.clock import now  # noqa: E402
from core.tenancy.scope import network_scope  # noqa: E402
from security.actions import give_role  # noqa: E402
from security.models import Account, Network  # noqa: E402

SITES = """
INSERT INTO stations_site (network_id, code, name, kind, status, operator, address, postcode, town, region, latitude,
    longitude, always_open, opening_week, phone, battery_capacity, services, is_test)
SELECT %(network)s, 'S-' || lpad(n::text, 7, '0'), 'Site number ' || n, 'charging_station', 'open',
    'Operator ' || n %% 50, n || ' Long Street', '', 'Town ' || n %% 200, '',
    50 + (n %% 1000) / 1000.0, 8 + (n / 1000 %% 1000) / 1000.0, true,
    '{}', '', 0, '{charging}', false
FROM generate_series(1, %(sites)s) n
"""
CHARGERS = """
INSERT INTO stations_charger (network_id, site_id, code, vendor, model, serial_number, method, rated_kw, firmware,
    state, note)
SELECT network_id, id, 'C-' || code, 'Maker', 'Model', '', 'dc', 50, '', 'in_service', '' FROM stations_site
WHERE network_id = %(network)s ORDER BY id LIMIT %(chargers)s
"""
CONNECTORS = """
INSERT INTO stations_connector (network_id, charger_id, number, standard, current, rated_kw, state)
SELECT network_id, id, 1, 'ccs2', 'dc', 50, 'Available' FROM stations_charger WHERE network_id = %(network)s
"""
# Session n of a connector starts n hours before `until` and lasts half an hour: many, and never two at once.
SESSIONS = """
INSERT INTO charging_chargingsession (network_id, site_id, charger_id, connector_id, source, source_name, external_id,
    recorded_at, charger_told, site_told, token, started_at, ended_at, energy_wh, stop_reason, state, doubts, doubt)
SELECT c.network_id, h.site_id, h.id, c.id, 'import', 'bench', h.id || '-' || n, now(), h.code, '', '',
    %(until)s::timestamptz - n * interval '1 hour',
    %(until)s::timestamptz - n * interval '1 hour' + interval '30 minutes',
    5000 + (n * 37 + c.id * 11) %% 20000, '', CASE WHEN n %% 97 = 0 THEN 'aside' ELSE 'accepted' END,
    CASE WHEN n %% 97 = 0 THEN '{too_long}'::varchar[] ELSE '{}' END, CASE WHEN n %% 97 = 0 THEN 'too_long' ELSE '' END
FROM stations_connector c JOIN stations_charger h ON h.id = c.charger_id
CROSS JOIN generate_series(1, %(each)s) n WHERE c.network_id = %(network)s
"""


def make_network(slug: str, *, sites: int, chargers: int = 0, sessions: int = 0) -> tuple[Network, Account]:
    """A network of that size with its director; sessions are spread evenly over the chargers, backwards from today."""
    zone = {"country": "DE", "currency": "EUR", "time_zone": "Europe/Berlin"}
    # A demonstration: its director is not led to set up a second factor first.
    network = Network.objects.create(slug=slug, name=slug, is_demo=True, **zone)
    director = Account.objects.create_user(f"{slug}@example.org", None, name=slug)
    values = {"network": network.pk, "sites": sites, "chargers": chargers, "until": now()}
    with network_scope(network), transaction.atomic(), connection.cursor() as cursor:
        give_role(account=director, role="director", place=network, actor=None, now=now())
        cursor.execute(SITES, values)
        cursor.execute(CHARGERS, values)
        cursor.execute(CONNECTORS, values)
        if sessions:
            cursor.execute(SESSIONS, values | {"each": sessions // chargers})
    return network, director


def analyse() -> None:
    """Give the planner its statistics, as autovacuum does in time."""
    from core.db.roles import as_owner  # noqa: PLC0415 (only here)

    with as_owner() as owner, owner.cursor() as cursor:
        cursor.execute("ANALYZE")


def median_ms(work: Callable[[], Any], times: int = 15) -> float:
    """The median of `times` runs in milliseconds, after two to warm up."""
    for _ in range(2):
        work()
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken)


def say(label: str, value: float, unit: str = "ms", note: str = "") -> None:
    """One line of the result."""
    print(f"{label:<58} {value:>10.2f} {unit:<5} {note}")


def peak_mb() -> float:
    """The most memory this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

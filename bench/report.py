"""P4: the monthly operations report over 1,000,000 sessions in five networks, against hand-written SQL on the sums."""

import datetime

from _common import analyse, make_network, median_ms, peak_mb, say
from django.db import connection, transaction
from django.test import Client

from core.clock import Month, now
from core.reporting import make, report_named
from core.reporting.asking import Asker
from core.tenancy.scope import network_scope

DAYS_SQL = """
SELECT d.day, d.state, d.doubt, d.site_id, min(s.code), min(s.name),
    sum(d.sessions), sum(d.energy_wh), sum(d.duration_s), sum(d.occupied_s)
FROM charging_chargingday d LEFT JOIN stations_site s ON s.id = d.site_id
WHERE d.network_id = %s AND d.day BETWEEN %s AND %s
GROUP BY GROUPING SETS ((d.day, d.state), (d.state, d.doubt), (d.site_id, d.state))
"""
HOURS_SQL = """
SELECT extract(isodow FROM day), hour, sum(sessions), sum(energy_wh) FROM charging_charginghour
WHERE network_id = %s AND day BETWEEN %s AND %s GROUP BY 1, 2
"""
POINTS_SQL = """
SELECT h.site_id, count(DISTINCT (h.id, coalesce(c.point, -c.number))) FROM stations_connector c
JOIN stations_charger h ON h.id = c.charger_id JOIN stations_site s ON s.id = h.site_id
WHERE c.network_id = %s AND NOT s.is_test AND h.state NOT IN ('planned', 'removed')
    AND h.method NOT IN ('battery_rack', 'swap_cabinet') AND (h.commissioned_on IS NULL OR h.commissioned_on <= %s)
GROUP BY 1
"""
FACTS_SQL = """
SELECT count(*), sum(energy_wh) FROM charging_chargingsession
WHERE network_id = %s AND state = 'accepted' AND started_at >= %s AND started_at < %s
"""


def main() -> None:
    """Measure the page, the numbers alone and the floor."""
    made = [make_network(f"city-{n}", sites=200, chargers=200, sessions=200_000) for n in range(5)]
    analyse()
    network, director = made[0]
    today = datetime.datetime.now(datetime.UTC).date()
    last = today.replace(day=1) - datetime.timedelta(days=1)
    first = last.replace(day=1)
    span = [network.pk, first, last + datetime.timedelta(days=1)]
    last_before = first - datetime.timedelta(days=1)
    # Every sum that the report tells: of the month, and of the one before to compare with.
    statements = [
        (DAYS_SQL, [network.pk, first, last]),
        (DAYS_SQL, [network.pk, last_before.replace(day=1), last_before]),
        (HOURS_SQL, [network.pk, first, last]),
        (POINTS_SQL, [network.pk, last]),
        (POINTS_SQL, [network.pk, last_before]),
    ]

    def floor() -> None:
        with network_scope(network), transaction.atomic(), connection.cursor() as cursor:
            for sql, values in statements:
                cursor.execute(sql, values)
                cursor.fetchall()

    report, asker = report_named("operations"), Asker(network, now(), director)
    values = {"month": Month(first.year, first.month), "site": None, "district": None}

    def numbers() -> None:
        with network_scope(network), transaction.atomic():  # as a page has it
            make(report, asker, values)

    def facts() -> None:
        with network_scope(network), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(FACTS_SQL, span)
            cursor.fetchall()

    client = Client()
    client.force_login(director, backend="django.contrib.auth.backends.ModelBackend")
    address = f"/n/{network.slug}/reports/operations/?month={first:%Y-%m}"
    for form in ("", "&format=json"):
        answer = client.get(address + form)
        if answer.status_code != 200:
            raise SystemExit(f"{address}{form} answers {answer.status_code}")
    floor_ms, facts_ms, numbers_ms = median_ms(floor), median_ms(facts, times=5), median_ms(numbers)
    json_ms = median_ms(lambda: client.get(f"{address}&format=json").content, times=7)
    page_ms = median_ms(lambda: client.get(address).content, times=7)
    say("hand-written SQL on the sums", floor_ms)
    say("the same month counted from the sessions", facts_ms)
    say("report, its numbers", numbers_ms, note=f"{numbers_ms / floor_ms:.2f} x hand-written SQL (at most 1.5)")
    say("report as JSON", json_ms, note="with the door, sign-in and rights; at most 2,000 ms")
    say("report as a page", page_ms, note="at most 2,000 ms")
    say("memory of this process", peak_mb(), "MB")


if __name__ == "__main__":
    main()

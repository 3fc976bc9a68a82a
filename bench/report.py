"""P4: the monthly operations report over 1,000,000 sessions in five networks, against hand-written SQL on the sums."""

import datetime

from _common import analyse, make_network, median_ms, peak_mb, say
from django.db import connection, transaction
from django.test import Client

from core.tenancy.scope import network_scope

BEST_SQL = """
SELECT day, site_id, sum(sessions), sum(energy_wh), sum(duration_s), sum(occupied_s)
FROM charging_chargingday WHERE network_id = %s AND state = 'accepted' AND day >= %s AND day < %s
GROUP BY GROUPING SETS ((day), (site_id), ())
"""
HOURS_SQL = """
SELECT hour, sum(sessions), sum(energy_wh) FROM charging_charginghour
WHERE network_id = %s AND day >= %s AND day < %s GROUP BY hour
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
    before = [network.pk, (first - datetime.timedelta(days=1)).replace(day=1), first]

    def floor() -> None:
        with network_scope(network), transaction.atomic(), connection.cursor() as cursor:
            for sql in (BEST_SQL, HOURS_SQL):
                cursor.execute(sql, span)
                cursor.fetchall()
            cursor.execute(BEST_SQL, before)
            cursor.fetchall()

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
    floor_ms, facts_ms = median_ms(floor), median_ms(facts, times=5)
    json_ms = median_ms(lambda: client.get(f"{address}&format=json").content, times=7)
    page_ms = median_ms(lambda: client.get(address).content, times=7)
    say("hand-written SQL on the sums", floor_ms)
    say("the same month counted from the sessions", facts_ms)
    say("report as JSON", json_ms, note=f"{json_ms / floor_ms:.2f} x hand-written SQL")
    say("report as a page", page_ms, note="at most 2,000 ms")
    say("memory of this process", peak_mb(), "MB")


if __name__ == "__main__":
    main()

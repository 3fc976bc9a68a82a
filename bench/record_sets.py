"""Work record sets and the stream of records at a month of 1,000,000 records.

The floor of the sums is the same grouping in hand-written SQL over the same rows.
"""

import time

from _common import analyse, make_network, median_ms, say
from django.db import connection, transaction
from django.test import Client

from core.clock import now
from core.db.roles import as_owner
from core.tenancy.scope import network_scope
from security.record_sets.figures import compute
from security.record_sets.periods import SetPeriod

ROWS = 1_000_000
RECORDS = """
INSERT INTO security_workrecord (network_id, recorded_at, occurred_at, account_id, account_name, position, verb, result,
    target_type, target_id, target_code, target_text, summary, before, after, request_id, site_id, took_ms)
SELECT %(network)s, %(start)s::timestamptz + n * interval '2 seconds', now(), %(account)s, 'Person ' || n %% 200,
    CASE WHEN n %% 3 = 0 THEN 'director' ELSE 'site_operator' END,
    (ARRAY['site.status-changed', 'charger.state-changed', 'list.exported', 'site.printed', 'job.ended'])[1 + n %% 5],
    CASE WHEN n %% 50 = 0 THEN 'refused' ELSE 'done' END, 'stations.site', n %% 500, 'S-' || n %% 500, 'Site', 'x',
    '{"state": "a"}', '{"state": "b"}', 'r' || n / 4, sites.ids[1 + n %% 500],
    CASE WHEN n %% 5 = 4 THEN n %% 9000 END
FROM generate_series(1, %(rows)s) n, (SELECT array_agg(id) ids FROM stations_site WHERE network_id = %(network)s) sites
"""
FLOOR = """
SELECT account_id, account_name, position, site_id, verb, result, count(*),
    count(*) FILTER (WHERE before <> '{}' AND after <> '{}'), count(took_ms), sum(took_ms)
FROM security_workrecord WHERE recorded_at >= %s AND recorded_at < %s GROUP BY 1, 2, 3, 4, 5, 6
"""


def main() -> None:
    """Measure, and print the ratios."""
    network, director = make_network("large", sites=500)
    month = SetPeriod.last_over("month", now(), network)
    moments = month.moments(network)
    with network_scope(network), transaction.atomic(), connection.cursor() as cursor:
        values = {"network": network.pk, "rows": ROWS, "start": moments.start, "account": director.pk}
        cursor.execute(RECORDS, values)
    analyse()
    with as_owner() as owner, owner.cursor() as cursor:
        cursor.execute("VACUUM security_workrecord")
    with network_scope(network):
        with connection.cursor() as cursor, transaction.atomic():
            started = time.perf_counter()
            cursor.execute(FLOOR, [moments.start, moments.end])
            cursor.fetchall()
            floor = time.perf_counter() - started
        say("hand-written sums of a month of 1,000,000 records", floor, "s")
        started = time.perf_counter()
        figures = compute(moments, month.before().moments(network))
        taken = time.perf_counter() - started
    say("figures of the set", taken, "s", note=f"{taken / floor:.2f} x the floor; at most 5 s")
    assert figures["totals"]["records"] == ROWS
    for label, query in {
        "stream": "", "one verb": "?verb=job.ended", "one site": "?site=S-0000007", "refused": "?result=refused",
        "one object": "?object=stations.site:77", "one request": "?request_id=r777",
        "one position": "?position=director",
        "a person": f"?person={director.pk}",
        "a day": f"?recorded_at_from={month.first}&recorded_at_to={month.first}",
    }.items():  # fmt: skip
        client = Client()
        client.force_login(director, backend="django.contrib.auth.backends.ModelBackend")
        address = f"/n/large/records/{query}"
        status = client.get(address).status_code
        assert status == 200, (address, status)
        say(f"records, {label}", median_ms(lambda: client.get(address), 5))  # noqa: B023


if __name__ == "__main__":
    main()

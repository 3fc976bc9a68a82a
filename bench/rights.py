"""Rights of objects on list pages: 5,000 sites, 2,000 accounts, each with a role at 1 to 200 sites.

The floor is the same page for the same account, with rights that are known beforehand and sites named in the query.
"""

import time
from functools import partial
from unittest.mock import patch

from _common import analyse, make_network, median_ms, say
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.clock import now
from core.tenancy.scope import network_scope
from security.actions import bring_in_step, give_role
from security.models import Account, Network
from security.rights import held_by, sites_with
from security.roles import MATRIX
from stations.models import Site, SitePermission

SITES, ACCOUNTS, MOST = 5_000, 2_000, 200
GROUPS = """
WITH made AS (
    INSERT INTO auth_group (name) SELECT %(network)s || ':stations.site:' || s.id || ':site_operator'
    FROM stations_site s WHERE s.network_id = %(network)s RETURNING id, split_part(name, ':', 3)::bigint AS site
)
INSERT INTO security_rolegroup (group_ptr_id, network_id, role, place_type_id, place_id)
SELECT id, %(network)s, 'site_operator', %(kind)s, site FROM made
"""
PEOPLE = """
INSERT INTO security_account (password, is_superuser, email, name, language, is_active, is_staff, created_at)
SELECT '', false, 'clerk' || n || '@example.org', 'Clerk ' || n, '', true, false, now()
FROM generate_series(1, %(accounts)s) n
"""
# Account n holds its role at 1 + n mod 200 sites, spread over all of them.
ASSIGNED = """
INSERT INTO security_assignment (network_id, account_id, group_id, begins_at, source, reason, end_reason)
SELECT %(network)s, a.id, g.group_ptr_id, now() - interval '1 day', 'hand', '', ''
FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM security_account WHERE email LIKE 'clerk%%') a
CROSS JOIN LATERAL generate_series(0, (a.n %% %(most)s)::int) k
JOIN (SELECT group_ptr_id, row_number() OVER (ORDER BY group_ptr_id) AS n FROM security_rolegroup
      WHERE network_id = %(network)s AND role = 'site_operator') g ON g.n = 1 + (a.n * 13 + k * 24) %% %(sites)s
"""
MEMBERS = """
INSERT INTO security_account_groups (account_id, group_id) SELECT DISTINCT account_id, group_id FROM security_assignment
ON CONFLICT DO NOTHING
"""


class Known:
    """The floor: what the account holds costs nothing to find out."""

    def __init__(self, account: Account) -> None:
        self.held = held_by(account)
        self.sites = {code: sites_with(account, code) for code in MATRIX if code in self.held.somewhere}


def people(network: Network) -> None:
    """The accounts and their roles, by the database itself; the permissions by the product, timed."""
    with network_scope(network), transaction.atomic(), connection.cursor() as cursor:
        give_role(account=Account.objects.get(email="rights@example.org"), role="auditor", place=network, actor=None,
                  now=now())  # fmt: skip
        kind = ContentType.objects.get_for_model(Site).pk
        values = {"network": network.pk, "kind": kind, "accounts": ACCOUNTS, "most": MOST, "sites": SITES}
        for statement in (GROUPS, PEOPLE, ASSIGNED, MEMBERS):
            cursor.execute(statement, values)


def main() -> None:
    """Measure, and print the ratios."""
    network, _director = make_network("rights", sites=SITES, chargers=SITES, sessions=50_000)
    people(network)
    analyse()
    with network_scope(network), transaction.atomic():
        say("permissions of 5,000 sites made", once(lambda: bring_in_step(network)))
        say("brought in step again, nothing to do", median_ms(lambda: bring_in_step(network), 5))
        remove = SitePermission.objects.filter(permission__codename="stations.change_site").delete
        say("one right taken from 5,000 sites by hand", once(remove))
        say("and given back by the product", once(lambda: bring_in_step(network)))
        say("permissions", SitePermission.objects.count(), "rows")
    analyse()
    for number in (200, 199, 300, 400):
        compare(network, Account.objects.get(email=f"clerk{number}@example.org"))


def once(work: object) -> float:
    """The time of one run in milliseconds."""
    started = time.perf_counter()
    work()  # type: ignore[operator]
    return (time.perf_counter() - started) * 1000


def compare(network: Network, account: Account) -> None:
    """List pages of one account against the same pages with rights that are known beforehand."""
    with network_scope(network):
        known = Known(account)
        count = Site.objects.visible_to(account, "stations.view_site").count()
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    for address in ("sites/", "chargers/?sort=-rated_kw", "sessions/"):
        url = f"/n/{network.slug}/{address}"
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(url)
        if answer.status_code != 200:
            raise SystemExit(f"{url} answers {answer.status_code}")
        real, floor = [], []
        load = partial(client.get, url)
        for _ in range(5):  # in turns, so that a busy moment of the machine hits both
            real.append(median_ms(load, 9))
            with (
                patch("security.rights._load", lambda account: known.held),
                patch("security.rights.sites_with", lambda account, code: known.sites.get(code, frozenset())),
                patch("security.queries.held_by", lambda account: known.held),
            ):
                floor.append(median_ms(load, 9))
        best = min(real) / min(floor)
        note = f"{best:.2f} x of known rights, {len(queries)} queries (at most 1.10)"
        say(f"{address} with a role at {count} sites", min(real), note=note)


if __name__ == "__main__":
    main()

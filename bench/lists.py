"""P1: list pages of 50 rows against a bare view, at 1,000 and at 1,000,000 rows.

The floor is a Django view that runs one indexed query and draws 50 static rows, in the same process and run.
"""

from _common import analyse, make_network, median_ms, say
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import path

from chargenet import urls
from core.rights import public
from stations.models import Site

BARE = engines["django"].from_string(
    "<table>{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table>"
)


@public
def bare(request: HttpRequest) -> HttpResponse:
    """The floor: the account's own session and one indexed query."""
    rows = Site.objects.order_by("code").values_list("code", "name", "kind", "status", "town", "operator")[:50]
    return HttpResponse(BARE.render({"rows": list(rows)}))


def main() -> None:
    """Measure, and print the ratios."""
    urls.network_patterns.append(path("bare/", bare))
    small, small_director = make_network("small", sites=1_000, chargers=100, sessions=1_000)
    large, large_director = make_network("large", sites=1_000_000, chargers=1_000, sessions=1_000_000)
    analyse()
    floor = pages(small_director, "small", "bare/")
    say("bare view, 1,000 rows", floor)
    lists = {
        "sites": "sites/",
        "sites, filtered and sorted": "sites/?status=open&town=Town+7&sort=-name",
        "sites, page 20": "sites/?page=20",
        "sites, searched": "sites/?q=number+77",
        "sessions": "sessions/",
        "sessions, one site": "sessions/?site=S-0000007",
        "doubtful sessions": "sessions/doubtful/",
    }
    for label, address in lists.items():
        few, many = pages(small_director, "small", address), pages(large_director, "large", address)
        say(f"{label}, 1,000 rows", few, note=f"{few / floor:.2f} x the bare view (at most 3)")
        say(f"{label}, 1,000,000 rows", many, note=f"{many / few:.2f} x of 1,000 rows (at most 1.2)")


def pages(account: object, slug: str, address: str) -> float:
    """Median server time of a page."""
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(f"/n/{slug}/{address}")
    if answer.status_code != 200:
        raise SystemExit(f"/n/{slug}/{address} answers {answer.status_code}")
    print(f"  {slug}/{address}: {len(queries)} queries, {len(answer.content) / 1000:.0f} kB")
    return median_ms(lambda: client.get(f"/n/{slug}/{address}"))


if __name__ == "__main__":
    main()

"""The walk: every address, every method, as everybody; with this network's rows and with another's."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from core.checks import all_patterns, permission_of
from core.rights import PUBLIC, SIGNED_IN, may
from core.tenancy.scope import network_scope
from security.models import Account
from security.roles import MATRIX
from tests.world import CANARY, populate

METHODS = ("get", "head", "post", "put", "patch", "delete", "options")
INSIDE = "n/<slug:network_slug>/"
PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")

# How the parameters of an address are filled, by the beginning of the view's name.
FILLED = (
    ("stations:site-choices", lambda sample: {"field": "district"}),
    ("stations:charger-choices", lambda sample: {"field": "site"}),
    ("stations:connector-choices", lambda sample: {"field": "charger"}),
    ("stations:listing-choices", lambda sample: {"field": "site"}),
    ("charging:session-choices", lambda sample: {"field": "site"}),
    ("charging:doubt-choices", lambda sample: {"field": "site"}),
    ("stations:site-list-file", lambda sample: {"job": sample.job.pk}),
    ("stations:site", lambda sample: {"code": sample.site.code}),
    ("stations:district", lambda sample: {"code": sample.district.code}),
    ("stations:charger", lambda sample: {"code": sample.charger.code}),
    ("stations:connector", lambda sample: {"charger__code": sample.charger.code, "number": 1}),
    ("stations:listing", lambda sample: {"pk": sample.listing.pk}),
    ("charging:session", lambda sample: {"id": sample.session.pk}),
    (
        "imports:",
        lambda sample: {"name": "sites", "number": sample.import_run.number, "extension": "csv"},
    ),
    ("core:job", lambda sample: {"id": sample.job.pk}),
    ("people:matrix", lambda sample: {"role": "dispatcher"}),
    ("people:deed", lambda sample: {"deed": "roles.adapt"}),
    ("people:approval", lambda sample: {"number": sample.approval.number}),
    ("people:invitation", lambda sample: {"number": sample.invitation.pk}),
    ("people:", lambda sample: {"number": sample.assignment.pk, "pk": sample.assignment.pk}),
    ("supervision:record-choices", lambda sample: {"field": "site"}),
    ("supervision:record-set", lambda sample: {"number": sample.record_set.number}),
    ("supervision:record", lambda sample: {"id": sample.record.pk}),
    ("supervision:alert", lambda sample: {"number": sample.alert.number}),
    ("supervision:watch-rule", lambda sample: {"kind": "exports"}),
    ("reports:", lambda sample: {"name": "operations"}),
)


def addresses():
    """(route, name, permission) of every view."""
    return [(route, name, permission_of(callback)) for route, name, callback in all_patterns()]


def filled(route, name, sample, slug):
    """The path of a view with its parameters filled from a sample."""
    values = next((fill(sample) for start, fill in FILLED if name.startswith(start)), {})
    wanted = [parameter for _kind, parameter in PARAMETER.findall(route) if parameter != "network_slug"]
    missing = [parameter for parameter in wanted if parameter not in values]
    assert not missing, f"{name} has the parameters {missing}: say in FILLED how to fill them"
    return reverse(name, kwargs={"network_slug": slug} | {parameter: values[parameter] for parameter in wanted})


@pytest.fixture
def world(cast):
    """(sample of this network, sample of the other)."""
    cast.site.latitude = cast.site.longitude = cast.other_site.latitude = cast.other_site.longitude = 50
    return (
        populate(cast.network, cast.site, cast.director, "Harbour"),
        populate(cast.other, cast.other_site, cast.stranger, CANARY),
    )


def clients(cast):
    """A client for everybody of the cast, and one that is not signed in."""
    people = {name: getattr(cast, name) for name in ("director", "auditor", "operator", "stranger", "nobody")}
    found = {}
    for name, account in people.items():
        found[name] = Client(raise_request_exception=False)
        found[name].force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return found | {"anonymous": Client(raise_request_exception=False)}


def body(answer):
    """The whole answer as text, streamed ones too."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode("utf-8", "replace")


def test_every_view_states_a_known_permission():
    known = set(MATRIX) | {PUBLIC, SIGNED_IN}
    assert [(name, permission) for _route, name, permission in addresses() if permission not in known] == []


@pytest.mark.parametrize("method", METHODS)
def test_the_walk(cast, world, method, settings):
    own, foreign = world
    people = clients(cast)
    found = []
    for route, name, permission in addresses():
        if not route.startswith(INSIDE):
            continue
        path = filled(route, name, own, "harbour")
        for who, client in people.items():
            answer = getattr(client, method)(path)
            problem = judged(cast, who, name, permission, answer)
            if problem:
                found.append(f"{method} {path} as {who}: {problem}")
            elif CANARY in body(answer):
                found.append(f"{method} {path} as {who} shows the other network")
    assert found == []


def judged(cast, who, name, permission, answer):
    """What is wrong with an answer inside the first network; empty when nothing is."""
    status = answer.status_code
    if status >= 500:
        return f"answers {status}"
    if who == "anonymous":
        return "" if status == 302 and answer.url.startswith("/sign-in/") else f"answers {status}, not the sign-in page"
    if who in ("stranger", "nobody"):
        return "" if status == 404 else f"answers {status}, not 404"
    with network_scope(cast.network):
        holds = permission == SIGNED_IN or may(Account.objects.get(pk=getattr(cast, who).pk), permission)
    if not holds:
        return "" if status in (403, 404, 405) else f"answers {status} without the right {permission}"
    # A role at one site does not reach every row, and importing takes the importer's own right beside the page's.
    narrower = who == "operator" or (name.startswith("imports:") and who == "auditor")
    return "" if status != 403 or narrower else f"answers 403 although {who} holds {permission}"


@pytest.mark.parametrize("method", ["get", "post"])
def test_rows_of_another_network_are_not_found(cast, world, method):
    own, foreign = world
    people = clients(cast)
    found = []
    for route, name, _permission in addresses():
        parameters = [parameter for _kind, parameter in PARAMETER.findall(route) if parameter != "network_slug"]
        if (
            not route.startswith(INSIDE)
            or not parameters
            or name.endswith(("-choices", "upload"))
            or name.startswith(("reports:", "people:matrix", "people:deed"))
        ):
            continue
        if name.startswith("stations:site"):
            continue  # sites of both networks have the same code, on purpose: told apart by the canary in the walk
        if name.startswith("supervision:watch-rule"):
            continue  # every network has the same kinds of rules
        path = filled(route, name, foreign, "harbour")
        for who in ("director", "operator", "auditor"):
            answer = getattr(people[who], method)(path)
            if answer.status_code not in (403, 404, 405) or CANARY in body(answer):
                found.append(f"{method} {path} as {who}: {answer.status_code}")
    assert found == []


def test_another_networks_values_in_filters_and_sorting_find_nothing(cast, world):
    _own, foreign = world
    client = clients(cast)["director"]
    values = [
        CANARY,
        foreign.district.code,
        foreign.charger.code,
        str(foreign.site.pk),
        str(foreign.session.pk),
        "' OR 1=1 --",
        "\x00",
    ]
    names = (
        "q",
        "site",
        "district",
        "charger",
        "sort",
        "columns",
        "page",
        "after",
        "state",
        "kind",
        "status",
        "run",
        "month",
    )
    found = []
    for route, name, _permission in addresses():
        if not route.startswith(INSIDE) or not name.endswith(
            ("-list", "-export", ":map-points", ":map-districts", ":list", "dashboard")
        ):
            continue
        path = filled(route, name, foreign, "harbour")
        for parameter in names:
            for value in values:
                answer = client.get(path, {parameter: value})
                text = body(answer).replace(value, "") if answer.status_code < 500 else ""
                if answer.status_code >= 500 or CANARY in text:
                    found.append(f"{path}?{parameter}={value!r}: {answer.status_code}")
    assert found == []


def leaks(cast, sample):
    """Addresses that fail or show the other network to this one's director."""
    client = clients(cast)["director"]
    found = []
    for route, name, _permission in addresses():
        if route.startswith(INSIDE):
            answer = client.get(filled(route, name, sample, "harbour"))
            if answer.status_code >= 500 or CANARY in body(answer):
                found.append(f"{name}: {answer.status_code}")
    return found


@pytest.mark.django_db(transaction=True)
def test_the_first_wall_alone_keeps_networks_apart(cast, world, without_second_wall):
    assert leaks(cast, world[0]) == []


@pytest.mark.django_db(transaction=True)
def test_the_second_wall_alone_keeps_networks_apart(cast, world, without_first_wall):
    assert leaks(cast, world[0]) == []


@pytest.mark.django_db(transaction=True)
def test_without_both_walls_the_walk_finds_leaks(cast, world, without_first_wall, without_second_wall):
    """The control: were there nothing to find, the walk would prove nothing."""
    assert len(leaks(cast, world[0])) >= 5

"""How the walk looks for a leak: each probe asks as somebody and gives what it found, nothing where all is sound.

The same probes run over the product as it is and over the product with a leak planted in it.
"""

from __future__ import annotations

import copy
import io
import re
import subprocess
import uuid
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

from django.core.management import call_command
from django.db.models.base import ModelState
from django.test import Client

from chargenet.live.access import channels_for
from core.tenancy.scope import network_scope
from security.roles import permissions_of
from tests.cast import Cast
from tests.test_walk import INSIDE, PARAMETER, addresses, body, filled
from tests.world import CANARY, Sample

Probe = Callable[[Cast, Sample, Sample], list[str]]
TOPICS = ["jobs", "imports", "sites", "sessions"]
BACKEND = "django.contrib.auth.backends.ModelBackend"
# What differs between two answers of the same page: tokens, nonces, request ids, and how long ago something was.
CHANGING = re.compile(r"nonce=\"[^\"]*\"|[A-Za-z0-9_-]{22,}|\d+ (?:s|min|h) ago|datetime=\"[^\"]*\"")


def client_of(account: Any) -> Client:
    """A browser in which `account` is signed in."""
    client = Client(raise_request_exception=False)
    client.force_login(account, backend=BACKEND)
    return client


def text_of(answer: Any) -> str:
    """All that an answer says, whatever its form."""
    kind = answer.headers.get("Content-Type", "")
    if "pdf" not in kind and "sheet" not in kind and "zip" not in kind:
        return body(answer)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if "pdf" in kind:
        command = ["pdftotext", "-", "-"]
        return subprocess.run(command, input=content, capture_output=True, check=True).stdout.decode()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


def named(*beginnings: str) -> list[tuple[str, str]]:
    """(route, name) of the addresses inside a network whose names begin so; without a beginning all of them."""
    return [
        (route, name)
        for route, name, _permission in addresses()
        if route.startswith(INSIDE) and (not beginnings or name.startswith(beginnings))
    ]


def shows(
    *beginnings: str, query: Sequence[dict[str, str]] = ({},), word: str = CANARY, who: str = "director"
) -> Probe:
    """Pages of this network that show a word which none of theirs holds."""

    def probe(cast: Cast, own: Sample, _foreign: Sample) -> list[str]:
        client = client_of(getattr(cast, who))
        found = []
        for route, name in named(*beginnings):
            path = filled(route, name, own, "harbour")
            for values in query:
                answer = client.get(path, values)
                if answer.status_code >= 500 or word in text_of(answer):
                    found.append(f"{path} {values} as {who}: {answer.status_code}")
        return found

    return probe


def reaches(*beginnings: str) -> Probe:
    """Pages of this network that answer for a row of the other one."""

    def probe(cast: Cast, _own: Sample, foreign: Sample) -> list[str]:
        client = client_of(cast.director)
        found = []
        for route, name in named(*beginnings):
            if not [one for _kind, one in PARAMETER.findall(route) if one != "network_slug"]:
                continue
            path = filled(route, name, foreign, "harbour")
            answer = client.get(path)
            if answer.status_code not in (403, 404, 405):
                found.append(f"{path}: {answer.status_code}")
        return found

    return probe


def moves(*beginnings: str) -> Probe:
    """Pages of this network that change when something happens in the other one: a count, a sum, an order."""

    def probe(cast: Cast, own: Sample, foreign: Sample) -> list[str]:
        client = client_of(cast.director)
        paths = [filled(route, name, own, "harbour") for route, name in named(*beginnings)]
        before = [CHANGING.sub("", text_of(client.get(path))) for path in paths]
        with network_scope(cast.other):
            for _ in range(3):
                more = copy.copy(foreign.session)
                more.pk, more.external_id, more._state = None, str(uuid.uuid4()), ModelState()
                more.save()
        after = [CHANGING.sub("", text_of(client.get(path))) for path in paths]
        return [path for path, old, new in zip(paths, before, after, strict=True) if old != new]

    return probe


def visited_by_both(*beginnings: str) -> Probe:
    """Pages that remember what they showed in the other network: it is visited first, by its own director."""

    def probe(cast: Cast, own: Sample, foreign: Sample) -> list[str]:
        stranger = client_of(cast.stranger)
        for route, name in named(*beginnings):
            stranger.get(filled(route, name, foreign, "hill"))
        return shows(*beginnings)(cast, own, foreign)

    return probe


def opens(cast: Cast, own: Sample, _foreign: Sample) -> list[str]:
    """Pages of this network that open for somebody without a role in it."""
    clients = {"stranger": client_of(cast.stranger), "nobody": client_of(cast.nobody)}
    found = []
    for route, name in named("stations:site-list", "people:", "dashboard"):
        path = filled(route, name, own, "harbour")
        found += [f"{path} as {who}" for who, one in clients.items() if one.get(path).status_code != 404]
    return found


def permits(cast: Cast, own: Sample, _foreign: Sample) -> list[str]:
    """Pages that a site operator gets although the matrix does not give the role their permission."""
    client, held = client_of(cast.operator), {*permissions_of("site_operator"), "public", "signed-in"}
    found = []
    for route, name, permission in addresses():
        if route.startswith(INSIDE) and permission not in held:
            path = filled(route, name, own, "harbour")
            if client.get(path).status_code not in (403, 404, 405):
                found.append(f"{path} without {permission}")
    return found


def listens(cast: Cast, _own: Sample, _foreign: Sample) -> list[str]:
    """Channels of live events that people of both networks would hear."""
    heard = []
    for account, slug in ((cast.director, "harbour"), (cast.stranger, "hill")):
        session = client_of(account).session.session_key
        heard.append(set(channels_for(session or "", slug, TOPICS) or []))
    stranger = client_of(cast.stranger).session.session_key
    inside = channels_for(stranger or "", "harbour", TOPICS)
    return [*sorted(heard[0] & heard[1]), *(inside or [])]


def collides(cast: Cast, _own: Sample, foreign: Sample) -> list[str]:
    """A code that is taken in the other network only, refused here: the refusal would tell of the neighbour."""
    values = {"code": foreign.district.code, "name": "Ours", "datum": "wgs84"}
    answer = client_of(cast.director).post("/n/harbour/districts/new/", values)
    wrong = re.findall(r"class=\"field-error[^>]*>(.*?)<", answer.content.decode())
    return [] if answer.status_code == 302 else [f"{answer.status_code}: {foreign.district.code} is refused: {wrong}"]


def reports(cast: Cast, _own: Sample, foreign: Sample) -> list[str]:
    """The report by the command, run for this network."""
    told = io.StringIO()
    call_command(
        "report", "operations", "--network", "harbour", "--month", f"{foreign.session.started_at:%Y-%m}", stdout=told
    )
    return [f"the command's report shows {CANARY}"] if CANARY in told.getvalue() else []


def administers(cast: Cast, _own: Sample, _foreign: Sample) -> list[str]:
    """Admin pages that show a network's rows to a platform administrator who stands in none."""
    client = client_of(type(cast.director).objects.create_superuser("root@example.org", None, name="Root"))
    found = []
    for path in ("/admin/", "/admin/security/account/", "/admin/security/network/", "/admin/stations/district/"):
        answer = client.get(path)
        if CANARY in text_of(answer):
            found.append(path)
    return found

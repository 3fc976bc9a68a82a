"""What comes in: nothing changes by asking, ways back lead nowhere else, sizes end in a clear page, files are what
they are and not what they are called."""

import re
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from core.checks import all_patterns
from core.importing.models import ImportRun
from core.tenancy.guard import tenant_tables
from core.tenancy.scope import network_scope
from tests.cast import PASSWORD
from tests.test_walk import INSIDE, filled
from tests.world import populate

GLOBAL_TABLES = (
    "security_network", "security_account", "security_account_groups", "security_rolegroup", "auth_group",
    "security_networkdeletion", "security_erasurerequest", "django_celery_beat_periodictask", "django_admin_log",
    "axes_accessattempt", "axes_accesslog",
)  # fmt: skip
TRICKS = (
    "https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example",
    "https:evil.example", "http:///evil.example", "javascript:alert(1)", "data:text/html,x", "https://testserver@evil.example/",
    "https://testserver.evil.example/", "//evil.example/%2f..", "\thttps://evil.example", "/%0d%0aLocation:https://evil.example",
    "https://evil.example\\@testserver/", "//testserver@evil.example", "ftp://testserver/", "https://evil。example/",
)  # fmt: skip


@pytest.fixture
def sample(cast):
    cast.site.latitude = cast.site.longitude = 50
    return populate(cast.network, cast.site, cast.director, "Harbour")


# What leaves the product by a GET (an export, a print) is recorded; nothing else changes.
RECORDED = {"security_workrecord", "security_unsealedrecord"}


def state(cast):
    """Every row of every table with its version (xmin): what changes in any way differs."""
    found = {}
    with connection.cursor() as cursor:
        for network in (cast.network, cast.other):
            with network_scope(network):
                for table in sorted(tenant_tables() - RECORDED):
                    cursor.execute(f'SELECT xmin::text, ctid::text FROM "{table}" ORDER BY ctid')
                    found[network.slug, table] = cursor.fetchall()
        for table in GLOBAL_TABLES:
            cursor.execute(f'SELECT xmin::text, ctid::text FROM "{table}" ORDER BY ctid')
            found["", table] = cursor.fetchall()
    return found


def test_asking_changes_nothing(cast, sample, signed_in):
    cast.director.is_staff = cast.director.is_superuser = True
    cast.director.save()
    client = signed_in(cast.director)
    client.raise_request_exception = False
    client.post("/admin/network/", {"network": cast.network.pk, "reason": ""})
    paths = [
        filled(route, name, sample, "harbour") if route.startswith(INSIDE) else f"/{route}"
        for route, name, _callback in all_patterns()
        if route.startswith(INSIDE) or ("<" not in route and "^" not in route)
    ]
    paths += ["/admin/", "/admin/security/network/", "/admin/core/job/", f"/admin/core/job/{sample.job.pk}/change/"]
    paths += [f"/admin/security/network/{cast.network.pk}/{deed}/" for deed in ("suspend", "resume", "erase", "delete")]
    before = state(cast)
    answers = []
    for path in paths:
        for method in (client.get, client.head, client.options):
            answer = method(path, {"confirm": "1", "_method": "POST", "action": "delete"})
            answers.append((path, answer.status_code))
            assert not answer.status_code >= 500, path
    assert len(paths) > 60
    assert {table: rows for table, rows in state(cast).items() if rows != before[table]} == {}


@pytest.mark.parametrize("trick", TRICKS)
def test_ways_back_lead_nowhere_else(cast, signed_in, trick):
    client = signed_in(cast.director)
    answers = [
        client.get("/sign-in/", {"next": trick}),  # somebody who is signed in already
        client.post("/language/", {"language": "en", "next": trick}),
        Client().post("/sign-in/", {"username": cast.director.email, "password": PASSWORD, "next": trick}),
        Client().post(f"/sign-in/?next={trick}", {"username": cast.director.email, "password": PASSWORD}),
        client.post("/sign-out/", {"next": trick}),
    ]
    assert [answer.status_code for answer in answers] == [302] * 5
    # An answer with a Location that a browser takes for another host would begin with a scheme, "//" or "/\".
    assert [answer.url for answer in answers if not re.match(r"/(?![/\\])", answer.url)] == []


def test_a_form_without_a_token_is_refused(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.director, backend="django.contrib.auth.backends.ModelBackend")
    for path in (
        "/language/",
        "/sign-out/",
        "/n/harbour/people/give/",
        "/n/harbour/sites/new/",
        "/n/harbour/settings/",
    ):
        assert client.post(path, {}).status_code == 403


def test_no_view_goes_without_the_token():
    exempt = [name for _route, name, callback in all_patterns() if getattr(callback, "csrf_exempt", False)]
    assert exempt == []


# --- Sizes -------------------------------------------------------------------------------------------------------


def test_a_body_that_is_too_large_is_refused_before_it_is_read(cast, signed_in, settings):
    settings.DEBUG = False
    client = signed_in(cast.director)
    answer = client.post("/language/", {"next": "x" * 6_000_000})
    assert answer.status_code == 413
    assert "At most 5 MB" in answer.content.decode()
    lie = client.post("/language/", {"next": "/"}, CONTENT_LENGTH="abc")
    assert lie.status_code in (302, 400)


def test_a_form_with_more_fields_than_forms_have_is_refused(cast, signed_in, settings):
    settings.DEBUG = False
    fields = {f"f{number}": "x" for number in range(1_100)}
    answer = signed_in(cast.director).post("/language/", fields)
    assert answer.status_code == 400
    assert "more fields" in answer.content.decode()


def test_a_file_goes_only_where_files_are_taken_and_only_up_to_its_limit(cast, signed_in, settings):
    settings.DEBUG = False
    settings.IMPORT_MAX_BYTES = 6_000_000
    client = signed_in(cast.director)
    large = b"code,name\n" + b"A,x\n" * 2_000_000
    answer = client.post("/language/", {"file": SimpleUploadedFile("a.csv", large)})
    assert answer.status_code == 413
    answer = client.post(
        "/n/harbour/imports/new/sites/", {"file": SimpleUploadedFile("a.csv", large), "source_name": "x"}
    )
    assert answer.status_code == 413
    assert "At most 7 MB" in answer.content.decode()
    fitting = SimpleUploadedFile("a.csv", large[:5_500_000])
    assert client.post("/n/harbour/imports/new/sites/", {"file": fitting, "source_name": "x"}).status_code == 302


@pytest.mark.parametrize(
    "path", ["/n/harbour/sites/?q=" + "x" * 9000, "/n/harbour/sites/?" + "q=x&" * 3000, "/sign-in/?next=/%00", "/%ff"]
)
def test_long_and_broken_addresses_end_in_a_page(cast, signed_in, path, settings):
    settings.DEBUG = False
    client = signed_in(cast.director)
    client.raise_request_exception = False
    assert client.get(path).status_code in (200, 302, 400, 404, 414)


# --- Files are what they are -------------------------------------------------------------------------------------

FILES = {
    "program": (b"\x7fELF\x02\x01\x01" + b"\x00" * 200, "sites.csv"),
    "windows program": (b"MZ\x90\x00" + b"\x00" * 200, "sites.csv"),
    "picture": (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "sites.csv"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3", "sites.xlsx"),
    "old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "sites.xlsx"),
    "archive that is no workbook": (b"PK\x05\x06" + b"\x00" * 18, "sites.xlsx"),
    "empty": (b"", "sites.csv"),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_file_is_judged_by_its_content_not_by_its_name(cast, signed_in, kind):
    content, name = FILES[kind]
    sent = SimpleUploadedFile(name, content, content_type="text/csv")
    answer = signed_in(cast.director).post("/n/harbour/imports/new/sites/", {"file": sent, "source_name": "x"})
    assert answer.status_code == 422
    with network_scope(cast.network):
        assert not ImportRun.objects.exists()


def test_a_text_called_workbook_is_read_as_the_text_it_is(cast, signed_in):
    sent = SimpleUploadedFile("../../sites.xlsx", b"code,name\nA1,Quay\n")
    answer = signed_in(cast.director).post("/n/harbour/imports/new/sites/", {"file": sent, "source_name": "x"})
    assert answer.status_code == 302
    with network_scope(cast.network):
        run = ImportRun.objects.get()
    assert run.filename == "sites.xlsx"
    assert run.file.name.startswith(f"{cast.network.pk}/imports/")
    assert ".." not in run.file.name


def test_requests_without_a_known_size_are_let_through_to_the_limits_behind():
    from chargenet.protection import RequestSizes

    request = SimpleNamespace(META={})
    assert RequestSizes(lambda _: None).process_view(request, lambda _: None, (), {}) is None

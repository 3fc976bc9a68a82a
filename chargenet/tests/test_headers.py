"""What every answer carries: policy with a nonce, no copies, isolation, cookies of this host alone."""

import re
import subprocess
import sys

import pytest
from django.test import Client

from tests.cast import PASSWORD

UNSAFE = ("unsafe-inline", "unsafe-eval", "data: blob: *", " * ")


@pytest.fixture
def admin(cast, signed_in):
    cast.director.is_staff = cast.director.is_superuser = True
    cast.director.save()
    return signed_in(cast.director)


def policy(answer):
    """The content security policy as {directive: sources}."""
    parts = answer["Content-Security-Policy"].split(";")
    return {part.split()[0]: part.split()[1:] for part in parts}


@pytest.mark.parametrize("path", ["/sign-in/", "/networks/?choose", "/n/harbour/", "/n/harbour/sites/", "/admin/"])
def test_pages_have_a_strict_policy_whose_nonce_is_that_of_their_scripts(admin, path):
    answer = admin.get(path, follow=True)
    found = policy(answer)
    nonces = set(re.findall(r'<script nonce="([^"]+)"', answer.content.decode()))
    assert len(nonces) == 1
    assert found["script-src"] == ["'self'", f"'nonce-{nonces.pop()}'"]
    assert found["style-src"] == ["'self'"]
    assert found["default-src"] == found["object-src"] == found["base-uri"] == found["frame-ancestors"] == ["'none'"]
    assert found["form-action"] == ["'self'"]
    assert not [word for word in UNSAFE if word in answer["Content-Security-Policy"]]


def test_every_answer_has_its_own_nonce(admin):
    one, other = (policy(admin.get("/n/harbour/"))["script-src"] for _ in range(2))
    assert one != other


@pytest.mark.parametrize("path", ["/n/harbour/", "/admin/", "/admin/security/account/"])
def test_no_page_needs_inline_script_or_style(admin, path):
    text = admin.get(path).content.decode()
    assert re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>", text) == []
    assert re.findall(r"<style|\sstyle=\"|\son[a-z]+=\"", text) == []


@pytest.mark.parametrize(
    "path", ["/sign-in/", "/networks/", "/n/harbour/", "/n/harbour/sites/export/", "/admin/", "/n/nowhere/", "/x"]
)
def test_answers_are_kept_by_nobody_and_isolated(admin, path):
    answer = admin.get(path)
    assert "no-store" in answer["Cache-Control"]
    assert "public" not in answer["Cache-Control"]
    assert not [name for name in ("ETag", "Last-Modified") if answer.has_header(name)]
    assert answer["Cross-Origin-Opener-Policy"] == answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert "microphone=()" in answer["Permissions-Policy"]


def test_a_page_is_never_answered_by_not_modified(admin):
    heads = {"HTTP_IF_NONE_MATCH": "*", "HTTP_IF_MODIFIED_SINCE": "Fri, 01 Jan 2100 00:00:00 GMT"}
    assert admin.get("/n/harbour/", **heads).status_code == 200


def test_the_cookies_of_signing_in_are_out_of_reach_for_scripts(cast):
    client = Client()
    client.get("/sign-in/")
    client.post("/sign-in/", {"username": cast.director.email, "password": PASSWORD})
    assert {name: bool(cookie["httponly"]) for name, cookie in client.cookies.items()} == dict.fromkeys(
        client.cookies, True
    )
    assert {cookie["samesite"] for cookie in client.cookies.values()} == {"Lax"}


PRODUCTION = """
import django, json
django.setup()
from django.conf import settings as s
print(json.dumps([s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE,
    s.SESSION_COOKIE_PATH, s.SESSION_COOKIE_DOMAIN, s.CSRF_COOKIE_PATH, s.CSRF_COOKIE_DOMAIN, s.SECURE_HSTS_SECONDS,
    s.SECURE_HSTS_INCLUDE_SUBDOMAINS, s.SECURE_SSL_REDIRECT]))
"""


def test_under_https_cookies_are_bound_to_the_host_and_browsers_stay_with_https(tmp_path):
    environment = {
        "DEBUG": "0", "SECRET_KEY": "k" * 60, "ALLOWED_HOSTS": "example.org", "VAR_DIR": str(tmp_path),
        "DATABASE_URL": "postgres://a:b@127.0.0.1:1/c", "DATABASE_OWNER_URL": "postgres://o:b@127.0.0.1:1/c",
        "REDIS_URL": "redis://:p@127.0.0.1:1/0", "DJANGO_SETTINGS_MODULE": "chargenet.settings",
        "PATH": "/usr/bin:/bin",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", PRODUCTION], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == (
        '["__Host-sessionid", "__Host-csrftoken", true, true, "/", null, "/", null, 31536000, true, true]'
    )

"""`check --deploy`: the example environment is clean, and each unsafe setting is named."""

import os
import re
import secrets
import shlex
import subprocess
import sys
from typing import Any

import pytest
from django.conf import LazySettings

from chargenet.checks import check_production
from chargenet.embedded.urls import PROJECT_ROOT
from core.encryption import new_key

READERS = ("chargenet/settings.py", "chargenet/supervisor.py", "chargenet/embedded/urls.py", "deploy/gunicorn.conf.py")
FILES = ("chargenet.env", "owner.env", "backup.env")
SAFE = "postgresql://{}:xYz123abcDEF@db.internal:5432/chargenet"


def example_environment() -> dict[str, str]:
    """The three files of deploy/, as a shell reads them."""
    lines = [
        line
        for name in FILES
        for line in (PROJECT_ROOT / "deploy" / name).read_text().splitlines()
        if line and not line.startswith("#")
    ]
    return dict(shlex.split(line)[0].split("=", 1) for line in lines)


def with_secrets(environment: dict[str, str]) -> dict[str, str]:
    """A secret in each place that asks for one."""
    return {
        name: value.replace("change-me", new_key() if name == "FIELD_KEYS" else secrets.token_urlsafe(48))
        for name, value in environment.items()
    }


def check_deploy(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=PROJECT_ROOT,
        env=kept | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_example_environment_is_clean() -> None:
    done = check_deploy(with_secrets(example_environment()))
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert "no issues" in done.stdout


def test_development_settings_are_named_one_line_each() -> None:
    done = check_deploy({})
    assert done.returncode == 1
    named = [line.partition(")")[0][-4:] for line in done.stderr.splitlines() if "(chargenet." in line]
    expected = "E001 E002 E003 E010 E011 E012 E020 E021 E022 E026 E030 E032"
    assert set(expected.split()) <= set(named)


def test_placeholders_of_the_example_are_refused() -> None:
    done = check_deploy(example_environment())
    words = ("SECRET_KEY", "DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_BACKUP_URL", "REDIS_URL", "METRICS_TOKEN")
    assert [word for word in words if f" {word} " not in done.stderr] == []


@pytest.fixture
def production(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> LazySettings:
    """Settings without a fault."""
    settings.DEBUG = False
    settings.SECRET_KEY = "k3" * 32
    settings.FIELD_KEYS = f"a:{new_key()}"
    settings.HTTPS, settings.SECURE_PROXY_SSL_HEADER = True, ("HTTP_X_FORWARDED_PROTO", "https")
    settings.ALLOWED_HOSTS, settings.CSRF_TRUSTED_ORIGINS = ["charge.net"], ["https://charge.net"]
    settings.SITE_URL, settings.LIVE_URL = "https://charge.net", ""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = "mail.net", True, False
    settings.DEFAULT_FROM_EMAIL = "ChargeNet <post@charge.net>"
    settings.METRICS_TOKEN = "t4" * 20
    for name in ("DATABASE", "DATABASE_OWNER", "DATABASE_BACKUP"):
        monkeypatch.setenv(f"{name}_URL", SAFE.format(name.lower()))
    monkeypatch.setenv("REDIS_URL", "redis://:xYz123abcDEF@redis.internal:6379/0")
    return settings


def found() -> list[str]:
    return [str(message.id).removeprefix("chargenet.") for message in check_production(None)]


def test_nothing_is_found_where_nothing_is_wrong(production: LazySettings) -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("DEBUG", True, "E001"),
        ("SECRET_KEY", "short", "E002"),
        ("FIELD_KEYS", "", "E004"),
        ("FIELD_KEYS", "a:short", "E005"),
        ("SECRET_KEY", "development-only-" * 5, "E002"),
        ("HTTPS", False, "E003"),
        ("SECURE_PROXY_SSL_HEADER", None, "W001"),
        ("ALLOWED_HOSTS", [], "E010"),
        ("ALLOWED_HOSTS", ["charge.net", "*"], "E010"),
        ("CSRF_TRUSTED_ORIGINS", [], "E011"),
        ("CSRF_TRUSTED_ORIGINS", ["http://charge.net"], "E011"),
        ("SITE_URL", "http://charge.net", "E012"),
        ("LIVE_URL", "http://charge.net:8001", "E013"),
        ("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend", "E030"),
        ("EMAIL_USE_TLS", False, "E031"),
        ("DEFAULT_FROM_EMAIL", "ChargeNet <chargenet@localhost>", "E032"),
        ("METRICS_TOKEN", "", "W030"),
        ("METRICS_TOKEN", "short", "E033"),
        ("CELERY_BROKER_TRANSPORT_OPTIONS", {"visibility_timeout": 60}, "E040"),
    ],
)
def test_each_unsafe_setting_is_named(production: LazySettings, name: str, value: Any, expected: str) -> None:
    setattr(production, name, value)
    assert found() == [expected]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("DATABASE_URL", "", ["E020"]),
        ("DATABASE_OWNER_URL", "", ["E021"]),
        ("DATABASE_BACKUP_URL", "", ["E022"]),
        ("DATABASE_URL", "postgresql://database:change-me@db/chargenet", ["E020"]),
        ("DATABASE_URL", SAFE.format("database_owner"), ["E025"]),
        ("REDIS_URL", "", ["E026"]),
        ("REDIS_URL", "redis://redis.internal:6379/0", ["E027"]),
        ("REDIS_URL", "redis://:changeme@redis.internal:6379/0", ["E027"]),
    ],
)
def test_each_unsafe_address_is_named(
    production: LazySettings, monkeypatch: pytest.MonkeyPatch, name: str, value: str, expected: list[str]
) -> None:
    monkeypatch.setenv(name, value)
    assert found() == expected


def test_the_example_names_every_setting_that_is_read() -> None:
    """Names in `.env.example` against the names that settings and the processes ask the environment for."""
    read: set[str] = set()
    for path in READERS:
        text = (PROJECT_ROOT / path).read_text()
        read |= set(re.findall(r"""env(?:\.\w+)?\(\s*"([A-Z_]+)""", text))
        read |= set(re.findall(r"""environ(?:\.get\(|\[)"([A-Z_]+)""", text))
        read |= set(re.findall(r""""((?:DATABASE|REDIS)\w*_URL)""", text))
    named = set(re.findall(r"^#?([A-Z_]+)=", (PROJECT_ROOT / ".env.example").read_text(), re.MULTILINE))
    assert read - named - {"PATH", "BIND", "PROMETHEUS_MULTIPROC_DIR"} == set()

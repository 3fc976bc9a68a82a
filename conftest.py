"""Fixtures of all tests. The app role runs the tests; the owner makes the database and its tables, as in real life."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.utils import translation
from hypothesis import settings as hypothesis_settings
from xdist.scheduler import LoadScopeScheduling

from core.db.roles import as_owner

# A busy machine is no error: examples are judged by their result, not by their milliseconds.
hypothesis_settings.register_profile("chargenet", deadline=None)
hypothesis_settings.load_profile("chargenet")


def pytest_configure(config: pytest.Config) -> None:
    """Each parallel worker has a Redis database of its own, so that no test hears another's jobs and events."""
    # Playwright runs an event loop in the thread of the test; the tests' own queries beside it are meant.
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    number = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    url = f"{settings.REDIS_URL.rsplit('/', 1)[0]}/{int(number) + 1}"
    settings.REDIS_URL = settings.CELERY_BROKER_URL = settings.CACHES["default"]["LOCATION"] = url


pytest_plugins = ["tests.cast"]

# Tests of these modules share a running system, which only one worker should start.
TOGETHER = ("chargenet/tests/test_embedded.py", "chargenet/tests/test_supervisor.py")


class Scheduling(LoadScopeScheduling):
    """Gives tests one by one to whichever worker is free, those of `TOGETHER` all to the same one.

    The plugin's own groups (`--dist loadgroup`) write to a private name that pytest has given up, without a word.
    """

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.split("::", 1)[0]
        return module if module in TOGETHER else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    """Called where tests run in parallel."""
    return Scheduling(config, log)


@pytest.fixture(scope="session")
def django_db_modify_db_settings_parallel_suffix() -> None:
    """Databases of parallel workers are told apart in `django_db_setup`."""


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """A database made and migrated by the owner role, used by the application role."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "single")
    connection = connections["default"]
    name = f"test_{connection.settings_dict['NAME']}_{worker}"
    with django_db_blocker.unblock():
        with as_owner():
            _admin(connection, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"')
        connection.close()
        before, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], name
        call_command("migrate", verbosity=0, interactive=False)
    yield
    with django_db_blocker.unblock():
        # Servers of browser tests leave connections behind; only their own role may end them.
        _admin(
            connection,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()",
        )
        connection.close()
        connection.settings_dict["NAME"] = before
        with as_owner():
            _admin(connection, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _admin(connection: object, *statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture(autouse=True)
def _quick_passwords(settings: object) -> None:
    """Argon2 is slow on purpose; tests sign in often."""
    settings.REFUSAL_SECONDS = 0
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _language() -> Iterator[None]:
    """A page leaves the thread in its reader's language; the next request sets its own, and so does the next test."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture(autouse=True)
def _no_rate_limits(settings: object) -> None:
    """Tests ask more often than people; those of the limits set their own."""
    settings.RATE_LIMITS = {}

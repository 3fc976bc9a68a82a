"""Fixtures of the tests of signing in."""

from contextlib import contextmanager

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from chargenet.celery import app
from core.tenancy.scope import network_scope
from security.models import WorkRecord
from tests.cast import PASSWORD, SECRET
from tests.totp import code


@pytest.fixture
def mailed(django_capture_on_commit_callbacks):
    """`with mailed() as box`: what commits inside is carried out, the mails stand in the box afterwards."""
    before = app.conf.task_always_eager
    app.conf.task_always_eager = True

    @contextmanager
    def boxed():
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            yield mail.outbox

    yield boxed
    app.conf.task_always_eager = before


@pytest.fixture(autouse=True)
def _nothing_counted():
    """Counts of failures live in Redis, which no transaction of a test takes back."""
    cache.clear()


@pytest.fixture
def come_in():
    """A function that signs an account in by the front door, with a second factor if it has one."""

    def sign_in(account, client=None, **headers):
        client = client or Client()
        answer = client.post("/sign-in/", {"username": account.email, "password": PASSWORD}, **headers)
        if answer.url == "/sign-in/second-factor/":
            cache.clear()  # the same code opens in one test after another
            answer = client.post(answer.url, {"code": code(SECRET)}, **headers)
        assert "/sign-in/" not in answer.url, answer.url
        return client

    return sign_in


def verbs_of(network, account=None):
    """The verbs recorded in a network, oldest first."""
    with network_scope(network):
        records = WorkRecord.objects.filter(verb__regex="^(account|invitation)[.]").order_by("id")
        return [record.verb for record in records if account is None or record.account_id == account.pk]

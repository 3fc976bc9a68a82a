"""The cast of all tests: two networks and the people in them."""

import datetime
from dataclasses import dataclass
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.test import Client

from core.clock import now
from core.db.roles import as_owner
from core.history import TenantHistoryManager
from core.tenancy.guard import tenant_tables
from core.tenancy.managers import TenantManager
from core.tenancy.scope import network_scope
from security.actions import give_role
from security.models import Account, Network
from stations.models import Site

PASSWORD = "correct horse battery staple"


def make_network(slug: str, **fields: Any) -> Network:
    """A network with sensible values."""
    values = {"name": slug.title(), "country": "GB", "currency": "GBP", "time_zone": "Europe/London"} | fields
    return Network.objects.create(slug=slug, **values)


def make_account(name: str) -> Account:
    """An account that can sign in with PASSWORD."""
    return Account.objects.create_user(f"{name.lower()}@example.org", PASSWORD, name=name)


def make_site(code: str, **fields: Any) -> Site:
    """A site of the network in scope."""
    site = Site(code=code, name=fields.pop("name", f"Site {code}"), status=fields.pop("status", "open"), **fields)
    site.save()
    return site


SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # of every app of these tests


def give_second_factor(account: Account) -> None:
    """An authenticator app with SECRET, without the records and mails of setting one up."""
    data = {"secret": encrypt(SECRET)}
    Authenticator.objects.bulk_create([Authenticator(user=account, type=Authenticator.Type.TOTP, data=data)])


@dataclass
class Cast:
    """Rosa directs the first network, Otto operates its site A (not B), Ada audits it; Stan directs the second."""

    network: Network
    other: Network
    site: Site
    second_site: Site
    other_site: Site
    director: Account
    operator: Account
    auditor: Account
    stranger: Account
    nobody: Account


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast, outside of any scope."""
    network, other = make_network("harbour"), make_network("hill", currency="EUR", time_zone="Europe/Berlin")
    director, operator, auditor, stranger, nobody = map(make_account, ["Rosa", "Otto", "Ada", "Stan", "Nora"])
    moment = now() - datetime.timedelta(days=1)
    with network_scope(network):
        site, second_site = make_site("A", name="Alpha Quay"), make_site("B", name="Beta Mall")
        give_role(account=director, role="director", place=network, actor=None, now=moment)
        give_role(account=auditor, role="auditor", place=network, actor=None, now=moment)
        give_role(account=operator, role="site_operator", place=site, actor=None, now=moment)
    with network_scope(other):
        other_site = make_site("A", name="Quetzal Yard")
        give_role(account=stranger, role="director", place=other, actor=None, now=moment)
    for account in (director, stranger):
        give_second_factor(account)
    return Cast(network, other, site, second_site, other_site, director, operator, auditor, stranger, nobody)


@pytest.fixture
def scoped(cast: Cast) -> Any:
    """The cast, inside the first network."""
    with network_scope(cast.network):
        yield cast


@pytest.fixture
def signed_in() -> Any:
    """A function that gives a signed-in test client for an account."""

    def sign_in(account: Account) -> Client:
        client = Client()
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def without_second_wall(transactional_db: None) -> Any:
    """Row-level security off in this test's database, so that the first wall stands alone."""
    _switch_row_level_security("DISABLE")
    yield
    _switch_row_level_security("ENABLE")


@pytest.fixture
def without_first_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    """Managers and history that do not filter by the network, so that the second wall stands alone (a control)."""
    for manager in (TenantManager, TenantHistoryManager):
        monkeypatch.setattr(manager, "get_queryset", super(manager, manager).get_queryset)


def _switch_row_level_security(verb: str) -> None:
    with as_owner() as connection, connection.cursor() as cursor:
        for table in sorted(tenant_tables()):
            cursor.execute(f'ALTER TABLE "{table}" {verb} ROW LEVEL SECURITY')

"""Fields that take a right of their own, walked as somebody who lacks it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from core.clock import now
from core.crud.declare import Column
from core.crud.views import CRUDView
from core.field_rules import hidden_fields, may_see, right_for
from core.tenancy.scope import network_scope
from core.testing import FieldRuleTests
from core.urls import network_url
from security.actions import adapt_role, give_role
from security.field_rules import check_field_rules
from security.models import Account
from services.charging.models import ChargingSession
from services.charging.views.sessions import SessionViews
from stations.models import Charger, Connector, Site
from stations.views.sites import SiteViews


def with_role(cast: Any, role: str) -> Account:
    """Nora with a role for the whole network."""
    with network_scope(cast.network):
        give_role(account=cast.nobody, role=role, place=cast.network, actor=None, now=now())
    return cast.nobody


def session_of(cast: Any, site: Site) -> ChargingSession:
    """A doubtful session of a customer, told with card and price."""
    charger = Charger(site=site, code=f"C-{site.code}")
    charger.save()
    connector = Connector(charger=charger, number=1)
    connector.save()
    moment = now()
    session = ChargingSession(
        site=site, charger=charger, connector=connector, source="counter", recorded_at=moment,
        charger_told=charger.code,
        started_at=moment - timedelta(hours=3), ended_at=moment, energy_wh=9000, state="aside", doubts=["too_long"],
        doubt="too_long",
    )  # fmt: skip
    session.save()
    return session


class TestPhoneOfASite(FieldRuleTests):
    views = SiteViews
    field = "phone"
    canary = "+44 1382 555 0199"
    canary_texts = ("555 0199",)

    def make(self, cast: Any, number: int, site: Any) -> Any:
        return site

    def reader(self, cast: Any) -> Any:
        return with_role(cast, "analyst")

    def more_urls(self, cast: Any, row: Any) -> list[str]:
        with network_scope(cast.network):
            return [network_url("stations:site-sheet", row.code)]


class TestCardOfACustomer(FieldRuleTests):
    views = SessionViews
    field = "token"
    canary = "KINGFISHER-77"
    canary_texts = ("KINGFISHER",)

    def make(self, cast: Any, number: int, site: Any) -> Any:
        session = session_of(cast, site)
        session.told = {"RFID": "KINGFISHER-77"}
        return session

    def reader(self, cast: Any) -> Any:
        return with_role(cast, "analyst")


class TestPriceOfASession(FieldRuleTests):
    views = SessionViews
    field = "price_told"
    canary = Decimal("98765.5")
    canary_texts = ("98765.5", "98,765.5")

    def make(self, cast: Any, number: int, site: Any) -> Any:
        session = session_of(cast, site)
        session.told = {"Cost": "98765.43"}
        return session

    def reader(self, cast: Any) -> Any:
        return with_role(cast, "dispatcher")


def test_a_price_told_by_the_source_takes_both_rights(cast, signed_in):
    with network_scope(cast.network):
        session = session_of(cast, cast.site)
        session.told = {"Cost": "98765.43"}
        session.save()
        url = SessionViews.url(session)
        held = frozenset(
            {"charging.view_session_customer", "charging.view_session", "network.view_dashboard", "security.view_role"}
        )
        adapt_role(role="dispatcher", permissions=held, actor=None, now=now())
    page = signed_in(with_role(cast, "dispatcher")).get(url)
    assert (page.status_code, "98765.43" in page.content.decode()) == (200, False)


def test_a_role_at_one_site_does_not_open_a_field_at_all_of_them(scoped):
    account = with_role(scoped, "analyst")
    give_role(account=account, role="site_manager", place=scoped.site, actor=None, now=now())
    account = Account.objects.get(pk=account.pk)
    assert not may_see(account, Site, "phone", seen_with="stations.view_site")
    assert may_see(scoped.operator, Site, "phone", seen_with="stations.view_site")


def test_rules_are_followed_over_foreign_keys_and_into_history(scoped):
    assert right_for(Charger, "site__phone") == "stations.view_site_phone"
    assert right_for(Site.history.model, "phone") == "stations.view_site_phone"
    assert right_for(Charger, "site__name") == right_for(Charger, "nowhere__phone") == ""
    assert hidden_fields(with_role(scoped, "analyst"), Site, seen_with="stations.view_site") == {"phone"}


def test_a_column_of_another_models_field_takes_its_right():
    class Trial(CRUDView):
        model = Charger
        permissions = {"view": "stations.view_charger"}
        columns = ["code", "site__phone", Column("told", value=str, sort="site__phone")]

    assert [column.right for column in Trial.resolved_columns()] == [
        "",
        "stations.view_site_phone",
        "stations.view_site_phone",
    ]


def test_a_list_cannot_be_ordered_for_everybody_by_such_a_field():
    class Trial(CRUDView):
        model = Site
        permissions = {"view": "stations.view_site"}
        columns = ["code"]
        ordering = ["phone"]

    with pytest.raises(ImproperlyConfigured):
        Trial.urls("trial")


def test_a_search_by_such_a_field_finds_for_those_who_may_see_it(cast, signed_in, monkeypatch):
    monkeypatch.setattr(SiteViews.filterset().base_filters["q"], "paths", ["code", "phone"])
    with network_scope(cast.network):
        cast.site.phone = "555-0199"
        cast.site.save()
    found = [
        len(signed_in(account).get("/n/harbour/sites/?q=555-0199").context["rows"])
        for account in (cast.director, with_role(cast, "analyst"))
    ]
    assert found == [1, 0]


def test_a_filter_by_such_a_field_is_unknown_to_the_others(cast, signed_in, monkeypatch):
    import django_filters  # noqa: PLC0415 (only here)

    filters = {**SiteViews.filterset().base_filters, "phone": django_filters.CharFilter("phone", "icontains")}
    monkeypatch.setattr(SiteViews.filterset(), "base_filters", filters)
    with network_scope(cast.network):
        cast.site.phone = "555-0199"
        cast.site.save()
    found = [
        len(signed_in(account).get("/n/harbour/sites/?phone=0199").context["rows"])
        for account in (cast.director, with_role(cast, "analyst"))
    ]
    assert found == [1, 2]


def test_a_rule_that_names_nothing_is_an_error_at_the_start(monkeypatch):
    assert check_field_rules() == []
    monkeypatch.setattr(Site, "field_rules", {"fone": "stations.view_site_phone", "phone": "stations.change_site"})
    assert len(check_field_rules()) == 2

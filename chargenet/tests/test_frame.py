"""What stands around every page: navigation by rights, networks of the account, the account's menu."""

from typing import Any

import pytest
from django.test import RequestFactory

from chargenet.context import chrome_of, page
from chargenet.navigation import address, entries, navigation
from core.tenancy.scope import network_scope
from security.actions import give_role
from security.roles import MATRIX


def chrome(account: Any, network: Any, path: str = "/") -> Any:
    """The frame of a page for an account."""
    request = RequestFactory().get(path)
    request.user, request.network = account, network
    return chrome_of(request)


def labels(account: Any) -> list[str]:
    """The lines of the side bar."""
    return [str(item.label) for group in navigation(account, "/") for item in group.items]


def test_every_line_of_the_side_bar_leads_to_a_page(scoped: Any) -> None:
    assert [entry.view for entry in entries() if not address(entry)] == []


def test_every_line_asks_for_a_right_of_the_matrix() -> None:
    assert {entry.permission for entry in entries()} - set(MATRIX) == {"signed-in"}


def test_the_side_bar_holds_what_the_role_may_open(scoped: Any) -> None:
    assert "People and roles" in labels(scoped.director)
    assert "People and roles" not in labels(scoped.operator)
    assert "Sites" in labels(scoped.operator)
    assert labels(scoped.nobody) == ["Jobs"]


def test_the_line_of_the_page_one_is_on_is_marked(scoped: Any) -> None:
    for path, expected in (("/n/harbour/", "Dashboard"), ("/n/harbour/jobs/7/", "Jobs")):
        current = [item.label for group in navigation(scoped.director, path) for item in group.items if item.current]
        assert [str(label) for label in current] == [expected], path


def test_the_switcher_holds_the_networks_of_the_account_only(cast: Any) -> None:
    with network_scope(cast.network):
        assert [item.label for item in chrome(cast.director, cast.network).networks] == ["Harbour"]
    with network_scope(cast.other):
        give_role(account=cast.director, role="auditor", place=cast.other, actor=None, now=cast.director.created_at)
    with network_scope(cast.other):
        found = chrome(cast.director, cast.other).networks
    assert [(item.label, item.current) for item in found] == [("Hill", True), ("Harbour", False)]


def test_outside_of_a_network_there_is_no_navigation_but_a_way_in_and_out(cast: Any) -> None:
    frame = chrome(cast.director, None)
    assert (list(frame.navigation), frame.live_url) == ([], "")
    assert frame.sign_out_url
    assert frame.networks_url


def test_a_stranger_to_the_platform_gets_the_way_to_sign_in_only(client: Any, db: None) -> None:
    response = client.get("/sign-in/")
    assert response.status_code == 200
    assert "/sign-out/" not in response.content.decode()


def test_administration_is_offered_to_administrators_only(scoped: Any) -> None:
    assert [link.url for link in chrome(scoped.director, scoped.network).account_links] == ["/account/"]
    scoped.director.is_staff = True
    assert [item.url for item in chrome(scoped.director, scoped.network).account_links] == ["/account/", "/admin/"]


def test_the_frame_costs_nothing_until_it_is_drawn(cast: Any, django_assert_num_queries: Any) -> None:
    request = RequestFactory().get("/")
    request.user, request.network = cast.director, cast.network
    with django_assert_num_queries(0):
        page(request)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_chosen_language_is_kept_and_leads_back(cast: Any, signed_in: Any, language: str) -> None:
    client = signed_in(cast.director)
    response = client.post("/language/", {"language": language, "next": "/n/harbour/jobs/"})
    assert (response.status_code, response["Location"]) == (302, "/n/harbour/jobs/")
    assert f'<html lang="{language}"' in client.get("/n/harbour/jobs/").content.decode()


def test_choosing_a_language_leads_nowhere_else(cast: Any, signed_in: Any) -> None:
    response = signed_in(cast.director).post("/language/", {"language": "en", "next": "https://example.org/"})
    assert response["Location"] == "/"

"""Sites and chargers show their latest sessions to those who may see them."""

from datetime import timedelta
from typing import Any

import pytest

from core.tenancy.scope import network_scope
from services.charging.tests.making import NOON, make_connector, make_session
from tests.cast import Cast

PAGES = ["/n/harbour/sites/A/", "/n/harbour/chargers/CP-1/"]


@pytest.fixture
def sessions(cast: Cast) -> list[Any]:
    with network_scope(cast.network):
        connector = make_connector(cast.site)
        return [make_session(connector, NOON + timedelta(days=number)) for number in range(7)]


@pytest.mark.parametrize("page", PAGES)
def test_the_five_newest_sessions_are_shown(cast: Cast, sessions: list[Any], signed_in: Any, page: str) -> None:
    related = signed_in(cast.director).get(page).context["related"]
    (latest,) = [item for item in related if str(item.title) == "Latest sessions"]
    wanted = [f"/n/harbour/sessions/{session.pk}/" for session in reversed(sessions)][:5]
    assert [row.url for row in latest.rows] == wanted
    assert latest.url in ("/n/harbour/sessions/?site=A", "/n/harbour/sessions/?charger=CP-1")


def test_a_site_where_nobody_charged_shows_none(cast: Cast, sessions: list[Any], signed_in: Any) -> None:
    related = signed_in(cast.director).get("/n/harbour/sites/B/").context["related"]
    assert "Latest sessions" not in [str(item.title) for item in related]

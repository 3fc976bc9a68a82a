"""Pages of long lists: every row exactly once, whichever way one walks; totals that are true or say "about"."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.http import QueryDict

from core.crud.listing import Listing
from core.crud.paging import EXACT, cut, estimated_count, full_order, ordered, page_of
from core.crud.params import ListParams, read_params
from core.parts import Page
from core.testing.base import body
from core.tests.trial.views import TrialChargers
from stations.models import Charger, Connector, Site

pytestmark = pytest.mark.urls("core.tests.trial.urls")
MANY = EXACT + 345
INSERT = """
    INSERT INTO stations_charger (network_id, site_id, code, vendor, model, serial_number, method, rated_kw, firmware,
                                  state, note, commissioned_on)
    SELECT %s, %s, 'C' || lpad(i::text, 6, '0'), 'Vendor ' || i %% 7, '', '', 'ac',
           CASE WHEN i %% 5 = 0 THEN NULL ELSE i %% 90 END, '', 'in_service', '', NULL
      FROM generate_series(1, %s) i
"""


@pytest.fixture
def many(scoped: Any) -> Any:
    """More chargers than are counted one by one, made without history in one statement."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(INSERT, [scoped.network.pk, scoped.site.pk, MANY])
    return scoped


def params_of(page: Page, way: str) -> ListParams | None:
    """What the address behind "next" or "previous" asks for."""
    url = page.next_url if way == "next" else page.previous_url
    if not url:
        return None
    return read_params(QueryDict(url.partition("?")[2]), filter_names=(), sortable=["x"], columns=())


def walk(sort: list[str], way: str, start: ListParams) -> list[str]:
    """The codes of all rows in the order in which a reader meets them who follows one link to the end."""
    order, met = full_order(Charger, sort), []
    params: ListParams | None = start
    while params is not None:
        rows = Charger.objects.all()
        named = params.after or params.before
        anchor = None
        if named:
            anchor = list(rows.filter(code=named).values_list(*(item.lookup for item in order)).get())
        part = cut(rows, order, params, anchor)
        codes = dict(rows.filter(pk__in=part.keys).values_list("pk", "code"))
        page_codes = [codes[key] for key in part.keys]
        met = met + page_codes if way == "next" else page_codes + met
        params = params_of(page_of(part, params, "/", page_codes[0], page_codes[-1]), way)
        if params is not None:
            params.size = start.size
    return met


def in_order(sort: list[str]) -> list[str]:
    """The codes of all rows in that order, as the database gives them."""
    return list(ordered(Charger.objects.all(), full_order(Charger, sort)).values_list("code", flat=True))


SORTS = [["code"], ["-code"], ["vendor"], ["-vendor"], ["rated_kw"], ["-rated_kw"], ["-commissioned_on", "vendor"]]


@pytest.mark.parametrize("sort", SORTS, ids=str)
def test_following_next_meets_every_row_once_and_in_order(many: Any, sort: list[str]) -> None:
    start = ListParams(QueryDict(mutable=True), (), size=1_500)
    assert walk(sort, "next", start) == in_order(sort)


@pytest.mark.parametrize("sort", SORTS, ids=str)
def test_following_previous_from_the_end_meets_every_row_once(many: Any, sort: list[str]) -> None:
    start = ListParams(QueryDict(mutable=True), (), page="last", size=1_500)
    # The numbers of pages of an estimated list are estimates too; the walk ends where no row comes before.
    assert walk(sort, "previous", start) == in_order(sort)


def test_the_unknown_stand_at_the_end_in_both_directions(many: Any) -> None:
    for sort in ("rated_kw", "-rated_kw"):
        last = in_order([sort])[-1]
        assert Charger.objects.get(code=last).rated_kw is None, sort


def test_an_order_without_ties_gets_no_second_key() -> None:
    assert [item.lookup for item in full_order(Charger, ["code"])] == ["code"]
    assert [item.lookup for item in full_order(Charger, ["-vendor"])] == ["vendor", "pk"]
    assert [item.lookup for item in full_order(Connector, ["charger__code", "number"])][-1] == "pk"
    assert [item.lookup for item in full_order(Site, ["-id"])] == ["id"]


def test_a_short_list_is_counted_exactly(scoped: Any) -> None:
    part = cut(Site.objects.all(), full_order(Site, ["code"]), ListParams(QueryDict(), ()), None)
    assert (part.total, part.exact) == (2, True)


def test_the_estimate_of_a_long_list_is_near_the_truth(many: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ANALYZE stations_charger")
    estimate = estimated_count(Charger.objects.all())
    assert MANY * 0.5 < estimate < MANY * 2


def test_an_estimate_never_falls_below_what_was_counted(scoped: Any) -> None:
    assert estimated_count(Charger.objects.none() | Charger.objects.filter(code="NONE")) >= EXACT


def test_a_page_behind_the_last_one_shows_the_last_one_and_says_so(cast: Any, signed_in: Any) -> None:
    response = signed_in(cast.director).get("/n/harbour/trial/sites/", {"page": "9"})
    assert response.context["page"].number == 1
    assert "There is no page 9" in body(response)


def test_a_page_too_far_to_jump_to_is_refused_in_words(many: Any, signed_in: Any) -> None:
    response = signed_in(many.director).get("/n/harbour/trial/chargers/", {"page": "77777"})
    assert response.context["page"].number == EXACT // 50
    assert "too far to jump to" in body(response)


def test_a_long_list_says_about_how_many(many: Any, signed_in: Any) -> None:
    response = signed_in(many.director).get("/n/harbour/trial/chargers/")
    page = response.context["page"]
    assert not page.total_is_exact
    assert "after=C000050" in page.next_url
    assert "page=last" in page.links[-1].url


def test_a_row_that_is_gone_does_not_break_the_next_page(many: Any, signed_in: Any) -> None:
    response = signed_in(many.director).get("/n/harbour/trial/chargers/", {"page": "2", "after": "GONE"})
    assert response.context["rows"][0].object.code == "C000051"


def test_the_last_page_of_a_long_list_holds_the_last_rows(many: Any, signed_in: Any) -> None:
    response = signed_in(many.director).get("/n/harbour/trial/chargers/", {"page": "last"})
    assert response.context["rows"][-1].object.code == f"C{MANY:06d}"
    assert response.context["page"].next_url == ""


def test_page_sizes_and_filters_start_at_the_first_page_again(many: Any, signed_in: Any) -> None:
    context = signed_in(many.director).get("/n/harbour/trial/chargers/", {"page": "2", "after": "C000050"}).context
    for size in context["page_sizes"]:
        assert "after=" not in size.url
        assert "page=" not in size.url


def test_a_listing_without_an_anchor_reads_none(rf: Any, scoped: Any) -> None:
    request = rf.get("/", {"after": "../../etc"})
    request.user = scoped.director
    assert Listing(TrialChargers, request).anchor() is None

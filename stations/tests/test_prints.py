"""Sites on paper: the sheet of one, and the list."""

import datetime
import io
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.test.utils import override_settings

from core.clock import now
from core.jobs.actions import run_job
from core.jobs.models import Job
from core.tenancy.scope import network_scope
from core.testing.base import CANARY, text_of
from stations.jobs import PRINT_SITES
from stations.models import Charger, Connector, District, SiteListing
from stations.printing import lists, sheets
from stations.printing.sheets import page_address, site_facts
from tests.cast import make_site

pytestmark = pytest.mark.django_db
BASE = "/n/harbour"


def pages_of(response: Any) -> int:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    with pikepdf.open(io.BytesIO(content)) as document:
        return len(document.pages)


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What goes into the templates of documents, which are made all the same."""
    seen: list[dict[str, Any]] = []
    for module in (sheets, lists):
        make = module.paper_pdf

        def spy(template: str, context: Any, paper: Any, make: Any = make, **more: Any) -> Any:
            seen.append({"template": template, "paper": paper, **more, **context})
            return make(template, context, paper, **more)

        monkeypatch.setattr(module, "paper_pdf", spy)
    return seen


@pytest.fixture
def full(cast: Any) -> Any:
    """Site A with everything that a site can have."""
    with network_scope(cast.network):
        district = District(code="NORTH", name="North", outline={
            "type": "Polygon", "coordinates": [[[-3, 56], [-2.9, 56], [-2.9, 56.5], [-3, 56.5], [-3, 56]]],
        })  # fmt: skip
        district.save()
        site = cast.site
        site.district, site.latitude, site.longitude = district, "56.460000", "-2.970000"
        site.address, site.postcode, site.town, site.phone = "1 Quay", "DD1 3BA", "Dundee", "+44 1382 433000"
        site.always_open, site.opening_week = False, {"0": [["08:00", "18:00"]]}
        site.services, site.grid_kw, site.battery_capacity = ["charging", "swap"], 630, 24
        site.opened_on, site.is_test = datetime.date(2020, 1, 2), True
        site.supplied_by = make_site(
            "DC", name="Depot", kind="distribution_centre", latitude="56.47", longitude="-2.97"
        )
        site.save()
        charger = Charger(code="CP-1", site=site, vendor="Maker", model="One", rated_kw=50, method="dc")
        charger.save()
        Connector(charger=charger, number=1, standard="ccs2", current="dc", rated_kw=50).save()
        SiteListing(source="Register", external_id="R-1", state="matched", site=site, piles=3).save()
    return cast


def test_the_sheet_is_a_pdf_that_opens_in_the_browser(full: Any, signed_in: Any) -> None:
    response = signed_in(full.director).get(f"{BASE}/sites/A/sheet/")
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'inline; filename="harbour-a-alpha-quay.pdf"'
    assert "no-store" in response["Cache-Control"]
    assert pages_of(response) == 1


def test_the_sheet_holds_everything_that_is_kept(full: Any, signed_in: Any, printed: Any) -> None:
    signed_in(full.director).get(f"{BASE}/sites/A/sheet/")
    (sheet,) = printed
    assert dict(sheet["facts"]) == {
        "Address": "1 Quay, DD1 3BA Dundee",
        "District": "North",
        "Coordinates": "56.460000, -2.970000 (WGS 84)",
        "Opening hours": "Mon 08:00–18:00; Tue–Sun closed",
        "Phone": "+44 1382 433000",
        "Opened on": "2020-01-02",
        "Grid connection": "630 kW",
        "Battery storage": "24 batteries",
        "Supplied by": "DC Depot",
        "Test site": "yes: its sessions stand apart in reports",
    }
    assert sheet["services"] == "Charging, Battery replacement"
    assert [(str(table.title), len(table.rows)) for table in sheet["tables"]] == [
        ("Chargers", 1),
        ("Connectors", 1),
        ("What registers say", 1),
    ]
    assert sheet["locator"].startswith("data:image/svg+xml;base64,")


def test_the_sheet_of_a_bare_site_says_what_is_not_known(cast: Any, signed_in: Any, printed: Any) -> None:
    assert pages_of(signed_in(cast.director).get(f"{BASE}/sites/A/sheet/")) == 1
    assert (printed[0]["locator"], printed[0]["tables"]) == ("", [])


def test_a_distribution_centre_s_sheet_lists_what_it_supplies(full: Any, signed_in: Any, printed: Any) -> None:
    signed_in(full.director).get(f"{BASE}/sites/DC/sheet/")
    (table,) = printed[0]["tables"]
    assert [row[0] for row in table.rows] == ["A"]


def test_the_code_on_paper_leads_to_the_page(full: Any, signed_in: Any, printed: Any) -> None:
    with override_settings(SITE_URL="https://charge.example/"):
        signed_in(full.director).get(f"{BASE}/sites/A/sheet/")
    assert printed[0]["paper"].url == "https://charge.example/n/harbour/sites/A/"


def test_the_sheet_is_in_the_reader_s_language(full: Any, signed_in: Any, printed: Any) -> None:
    full.director.language = "zh-hans"
    full.director.save()
    signed_in(full.director).get(f"{BASE}/sites/A/sheet/")
    assert printed[0]["paper"].language == "zh-hans"


@pytest.mark.parametrize(
    ("who", "code", "status"),
    [
        ("operator", "A", 200),
        ("operator", "B", 404),
        ("auditor", "B", 200),
        ("stranger", "A", 404),
        ("nobody", "A", 404),
        ("director", "NOWHERE", 404),
    ],
)
def test_who_gets_which_sheet(cast: Any, signed_in: Any, who: str, code: str, status: int) -> None:
    assert signed_in(getattr(cast, who)).get(f"{BASE}/sites/{code}/sheet/").status_code == status


def test_the_operator_s_sheet_shows_no_other_site(full: Any, signed_in: Any, printed: Any) -> None:
    with network_scope(full.network):
        full.second_site.latitude, full.second_site.longitude = "56.461", "-2.971"
        full.second_site.save()
    signed_in(full.operator).get(f"{BASE}/sites/A/sheet/")
    signed_in(full.director).get(f"{BASE}/sites/A/sheet/")
    assert len(printed[0]["locator"]) < len(printed[1]["locator"])


# --- Lists ----------------------------------------------------------------------------------------------------------


def test_the_list_is_filtered_and_sorted_as_on_the_screen(full: Any, signed_in: Any, printed: Any) -> None:
    response = signed_in(full.director).get(f"{BASE}/sites/print/?kind=charging_station&sort=-code")
    assert pages_of(response) == 1
    (paper,) = printed
    assert [row[0] for row in paper["rows"]] == ["B", "A"]
    assert [(str(label), str(value)) for label, value in paper["paper"].facts] == [("Kind", "Charging station")]
    assert paper["paper"].url.endswith("/n/harbour/sites/?kind=charging_station&sort=-code")
    assert paper["totals"] == ["Total", None, None, None, None, None, None, 1, 1, 630]


def test_columns_in_which_nothing_stands_are_left_out(cast: Any, signed_in: Any, printed: Any) -> None:
    signed_in(cast.director).get(f"{BASE}/sites/print/")
    names = [column.name for column in printed[0]["columns"]]
    assert names == ["code", "name", "kind", "status", "chargers", "connectors"]
    assert all(len(row) == len(names) for row in [*printed[0]["rows"], printed[0]["totals"]])


def test_an_empty_list_is_printed_too(cast: Any, signed_in: Any) -> None:
    assert pages_of(signed_in(cast.director).get(f"{BASE}/sites/print/?q=nothing")) == 1


@pytest.mark.parametrize("query", ["?kind=nonsense", "?unknown=1", "?sort=nonsense", "?opened_on_from=soon"])
def test_an_address_that_makes_no_sense_is_not_printed(cast: Any, signed_in: Any, query: str) -> None:
    assert signed_in(cast.director).get(f"{BASE}/sites/print/{query}").status_code == 400


def test_the_list_holds_only_what_its_reader_may_see(full: Any, signed_in: Any, printed: Any) -> None:
    with network_scope(full.other):
        full.other_site.name = CANARY
        full.other_site.save()
    signed_in(full.operator).get(f"{BASE}/sites/print/")
    signed_in(full.director).get(f"{BASE}/sites/print/")
    assert [[row[0] for row in paper["rows"]] for paper in printed] == [["A"], ["A", "B", "DC"]]
    assert CANARY not in str(printed)


# --- Long lists -----------------------------------------------------------------------------------------------------


@pytest.fixture
def long(cast: Any, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Any:
    """Lists of more than one site are long."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("stations.views.prints.MOST_AT_ONCE", 1)
    return cast


def test_a_long_list_is_asked_for_first(long: Any, signed_in: Any) -> None:
    response = signed_in(long.director).get(f"{BASE}/sites/print/")
    assert "Print 2 sites?" in text_of(response)
    with network_scope(long.network):
        assert not Job.objects.exists()


def test_a_long_list_is_made_by_a_job(long: Any, signed_in: Any) -> None:
    client = signed_in(long.director)
    response = client.post(f"{BASE}/sites/print/?status=open")
    with network_scope(long.network):
        job = Job.objects.get(kind=PRINT_SITES)
        assert response["Location"] == f"{BASE}/jobs/{job.pk}/"
        assert client.get(f"{BASE}/sites/print/{job.pk}/").status_code == 404
        assert run_job(job_id=job.pk) == "done"
        job.refresh_from_db()
    assert job.result_url == f"{BASE}/sites/print/{job.pk}/"
    assert pages_of(client.get(job.result_url)) == 1


def test_running_the_job_twice_leaves_one_file(long: Any, signed_in: Any, tmp_path: Path) -> None:
    signed_in(long.director).post(f"{BASE}/sites/print/")
    with network_scope(long.network):
        job = Job.objects.get(kind=PRINT_SITES)
        for _time in range(2):
            Job.objects.filter(pk=job.pk).update(state="waiting")
            assert run_job(job_id=job.pk) == "done"
    assert len(list(tmp_path.rglob("*.pdf"))) == 1


def test_the_job_prints_what_its_actor_may_see(long: Any, signed_in: Any, printed: Any) -> None:
    with network_scope(long.network):
        job = Job(
            kind=PRINT_SITES, title="List", actor=long.operator, created_at=now(),
            params={"query": "", "language": "en", "filename": "x.pdf"},
        )  # fmt: skip
        job.save()
        assert run_job(job_id=job.pk) == "done"
    assert [row[0] for row in printed[0]["rows"]] == ["A"]


def test_a_print_that_takes_too_long_says_so(long: Any, signed_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stations.jobs.SECONDS", 0.0)
    signed_in(long.director).post(f"{BASE}/sites/print/")
    with network_scope(long.network):
        job = Job.objects.get(kind=PRINT_SITES)
        assert run_job(job_id=job.pk) == "failed"
        job.refresh_from_db()
    assert job.error == "This list is too long for one print. Filter it first."


def test_a_made_list_is_only_for_the_account_that_asked(long: Any, signed_in: Any) -> None:
    signed_in(long.director).post(f"{BASE}/sites/print/")
    with network_scope(long.network):
        job = Job.objects.get(kind=PRINT_SITES)
        run_job(job_id=job.pk)
    for who in ("operator", "auditor", "stranger", "nobody"):
        assert signed_in(getattr(long, who)).get(f"{BASE}/sites/print/{job.pk}/").status_code == 404, who


def test_the_other_network_has_no_such_file(long: Any, signed_in: Any) -> None:
    signed_in(long.director).post(f"{BASE}/sites/print/")
    with network_scope(long.network):
        job = Job.objects.get(kind=PRINT_SITES)
        run_job(job_id=job.pk)
    assert signed_in(long.stranger).get(f"/n/hill/sites/print/{job.pk}/").status_code == 404


def test_a_list_too_long_for_paper_is_refused(cast: Any, signed_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stations.views.prints.MOST_PRINTED", 1)
    assert signed_in(cast.director).get(f"{BASE}/sites/print/").status_code == 400


def test_facts_of_a_site_that_will_close(scoped: Any) -> None:
    scoped.site.closed_on = datetime.date(2099, 1, 31)
    assert ("Closes on", "2099-01-31") in site_facts(scoped.site, scoped.director)
    scoped.site.status = "closed"
    assert ("Closed on", "2099-01-31") in site_facts(scoped.site, scoped.director)
    assert page_address(scoped.site).endswith("/n/harbour/sites/A/")

"""Pages and downloads of reports: what each may see, and that every form has the same figures."""

import io
import json
import zipfile

import openpyxl
import pytest

from core.reporting import register
from core.reporting.document import is_intact
from core.reporting.registry import unregister
from core.tests.paper_tools import texts_of
from core.tests.reports_to_test import Sample

LIST = "/n/harbour/reports/"
PAGE = "/n/harbour/reports/sample/"
AUGUST = {"month": "2018-08"}


@pytest.fixture(autouse=True)
def sample():
    register(Sample)
    yield
    unregister("sample")


@pytest.fixture
def client(cast, signed_in):
    return signed_in(cast.director)


def test_the_list_names_the_reports_that_one_may_see(client):
    page = client.get(LIST).content.decode()
    assert PAGE in page
    assert "Sample of a report" in page


def test_an_account_without_the_permission_sees_no_report_in_the_list(cast, signed_in, monkeypatch):
    monkeypatch.setattr(Sample, "permission", "security.view_workrecord")
    assert "Sample of a report" not in signed_in(cast.operator).get(LIST).content.decode()


def test_a_report_without_the_permission_is_forbidden_in_every_form(cast, signed_in, monkeypatch):
    monkeypatch.setattr(Sample, "permission", "security.view_workrecord")
    client = signed_in(cast.operator)
    assert {client.get(PAGE, AUGUST | {"format": form}).status_code for form in ("", "json", "pdf")} == {403}


@pytest.mark.parametrize("who", ["stranger", "nobody"])
def test_another_network_has_no_reports_for_a_stranger(cast, signed_in, who):
    client = signed_in(getattr(cast, who))
    assert (client.get(LIST).status_code, client.get(PAGE, AUGUST).status_code) == (404, 404)


def test_one_who_is_not_signed_in_is_sent_to_sign_in(cast):
    from django.test import Client

    assert Client().get(PAGE, AUGUST).status_code == 302


def test_a_report_that_does_not_exist_is_not_found(client):
    assert client.get("/n/harbour/reports/no-such-report/").status_code == 404


def test_the_page_shows_figures_tables_charts_and_the_proof(client):
    response = client.get(PAGE, AUGUST)
    page = response.content.decode()
    assert "71.8" in page
    assert "All sites" in page
    assert 'data-chart="top-spec"' in page
    assert "Figures of this chart" in page
    assert response.context["made"].checksum in page


def test_the_page_offers_every_form_of_the_same_address(client):
    page = client.get(PAGE, AUGUST).content.decode()
    for form in ("pdf", "xlsx", "zip", "json"):
        assert f"{PAGE}?month=2018-08&amp;by=day&amp;format={form}" in page
    assert f"{PAGE}?month=2018-08&amp;by=day&amp;format=csv&amp;table=sites" in page


def test_the_page_leads_to_the_months_around(client):
    page = client.get(PAGE, AUGUST).content.decode()
    assert "month=2018-07" in page
    assert "month=2018-09" in page


def test_a_page_without_parameters_takes_the_usual_ones(client):
    assert client.get(PAGE).context["made"].query["by"] == "day"


def test_wrong_parameters_are_explained_on_the_page(client):
    response = client.get(PAGE, {"month": "2018-13"})
    assert response.status_code == 200
    assert "is not a month such as 2018-03" in response.content.decode()
    assert "made" not in response.context


def test_wrong_parameters_of_a_download_are_a_bad_request(client):
    assert client.get(PAGE, {"month": "2018-13", "format": "json"}).status_code == 400


def test_json_is_a_download_whose_checksum_is_that_of_the_page(client):
    response = client.get(PAGE, AUGUST | {"format": "json"})
    assert response["Content-Disposition"] == 'attachment; filename="harbour-sample-2018-08-day.json"'
    read = json.loads(response.content)
    assert is_intact(read)
    assert read["checksum"].endswith(client.get(PAGE, AUGUST).context["made"].checksum)


def test_csv_is_one_table_or_the_figures(client):
    assert b"'=Lochee" in client.get(PAGE, AUGUST | {"format": "csv", "table": "sites"}).content
    assert b"71809.479" in client.get(PAGE, AUGUST | {"format": "csv"}).content


def test_csv_of_a_table_that_is_not_there_is_not_found(client):
    assert client.get(PAGE, AUGUST | {"format": "csv", "table": "x"}).status_code == 404


def test_a_form_that_is_not_known_is_not_found(client):
    assert client.get(PAGE, AUGUST | {"format": "docx"}).status_code == 404


def test_xlsx_and_zip_can_be_opened(client):
    book = openpyxl.load_workbook(io.BytesIO(client.get(PAGE, AUGUST | {"format": "xlsx"}).content))
    assert book.sheetnames == ["Summary", "All sites"]
    archive = zipfile.ZipFile(io.BytesIO(client.get(PAGE, AUGUST | {"format": "zip"}).content))
    assert archive.testzip() is None


def test_the_pdf_opens_in_the_browser_and_is_kept_when_that_is_wanted(client):
    shown = client.get(PAGE, AUGUST | {"format": "pdf"})
    assert shown["Content-Disposition"] == 'inline; filename="harbour-sample-2018-08-day.pdf"'
    assert shown["Content-Type"] == "application/pdf"
    assert "by Rosa" in " ".join(texts_of(shown.content))
    kept = client.get(PAGE, AUGUST | {"format": "pdf", "save": "1"})
    assert kept["Content-Disposition"].startswith("attachment")


def test_a_report_never_names_a_site_of_another_network(client, cast):
    page = client.get(PAGE, AUGUST | {"site": "A"}).content.decode()
    assert "Quetzal" not in page
    assert "Alpha Quay" in page


def test_an_operator_can_choose_the_own_site_alone(cast, signed_in):
    client = signed_in(cast.operator)
    page = client.get(PAGE, AUGUST).content.decode()
    assert "Alpha Quay" in page
    assert "Beta Mall" not in page
    assert client.get(PAGE, AUGUST | {"site": "B", "format": "json"}).status_code == 400

"""Exports: the filtered list as a file, streamed, harmless, and out of reach of whoever may not see it."""

import csv
import io
from typing import Any

import openpyxl
import pytest
from django.db import connection, transaction
from django.http import StreamingHttpResponse
from django.utils import timezone, translation

from core.tenancy.scope import ScopeError, current_network, network_scope
from core.testing.base import body
from stations.models import Charger

pytestmark = pytest.mark.urls("core.tests.trial.urls")
CHARGERS = "/n/harbour/trial/chargers/"
FORMULAS = ['=HYPERLINK("http://example.org")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "＝1"]


def lines(response: Any) -> list[list[str]]:
    """The lines of a CSV file."""
    return list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))


def sheet(response: Any) -> Any:
    """The sheet of a spreadsheet."""
    return openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).worksheets[0]


@pytest.fixture
def chargers(cast: Any) -> Any:
    """Three chargers, one at the other site."""
    with network_scope(cast.network):
        for code, site, vendor in (
            ("C1", cast.site, "Acme"),
            ("C2", cast.site, "Beta"),
            ("C3", cast.second_site, "Acme"),
        ):
            Charger(code=code, site=site, vendor=vendor, rated_kw="22.00").save()
    return cast


def test_a_file_holds_the_visible_columns_with_units_and_labels(chargers: Any, signed_in: Any) -> None:
    response = signed_in(chargers.director).get(f"{CHARGERS}export/?columns=code,site,method,rated_kw&site=B")
    assert lines(response) == [
        ["Identity", "Site", "Charging method", "Rated power (kW)"],
        ["C3", "B Beta Mall", "AC", "22.00"],
    ]


def test_a_file_is_named_after_network_list_and_day(chargers: Any, signed_in: Any) -> None:
    response = signed_in(chargers.director).get(f"{CHARGERS}export/?format=xlsx")
    name = response["Content-Disposition"]
    assert name.startswith('attachment; filename="harbour-chargers-2')
    assert name.endswith('.xlsx"')
    response.close()


def test_formulas_leave_as_text(cast: Any, signed_in: Any) -> None:
    with network_scope(cast.network):
        for number, text in enumerate(FORMULAS):
            Charger(code=f"F{number}", site=cast.site, note=text).save()
    client = signed_in(cast.director)
    for line in lines(client.get(f"{CHARGERS}export/?columns=code,note"))[1:]:
        assert line[1].startswith(("'", "\t'")), line
    for row in sheet(client.get(f"{CHARGERS}export/?columns=code,note&format=xlsx")).iter_rows(min_row=2):
        assert row[1].data_type == "s", row[1].value


def test_a_stream_brings_its_network_zone_and_language_along(chargers: Any, signed_in: Any) -> None:
    response = signed_in(chargers.director).get(f"{CHARGERS}export/")
    assert isinstance(response, StreamingHttpResponse)
    assert current_network() is None  # the request is over
    zone, language = timezone.get_current_timezone(), translation.get_language()
    assert len(lines(response)) == 4
    assert (current_network(), timezone.get_current_timezone(), translation.get_language()) == (None, zone, language)


def test_a_stream_that_nobody_reads_to_its_end_leaves_nothing_behind(chargers: Any, signed_in: Any) -> None:
    response = signed_in(chargers.director).get(f"{CHARGERS}export/")
    next(iter(response.streaming_content))
    response.close()
    assert current_network() is None
    with pytest.raises(ScopeError):
        Charger.objects.count()


def test_a_stream_cannot_be_read_inside_another_network(chargers: Any, signed_in: Any) -> None:
    response = signed_in(chargers.director).get(f"{CHARGERS}export/")
    with network_scope(chargers.other), pytest.raises(ScopeError):
        lines(response)


@pytest.mark.parametrize(
    "query",
    [
        "format=pdf",
        "set=everything",
        "sort=nonsense",
        "page=x",
        "site=NOWHERE",
        "columns=secret",
        "rated_kw_min=x",
        "foo=1",
    ],
)
def test_what_makes_no_sense_is_refused_and_not_guessed(chargers: Any, signed_in: Any, query: str) -> None:
    response = signed_in(chargers.director).get(f"{CHARGERS}export/?{query}")
    assert response.status_code == 400
    assert "text/html" in response["Content-Type"]


def test_a_head_request_sends_no_rows(chargers: Any, signed_in: Any) -> None:
    response = signed_in(chargers.director).head(f"{CHARGERS}export/")
    assert (response.status_code, response.content) == (200, b"")


def test_links_of_the_list_lead_to_files_of_the_same_filter_and_order(chargers: Any, signed_in: Any) -> None:
    client = signed_in(chargers.director)
    context = client.get(CHARGERS, {"q": "acme", "sort": "-code", "size": "25", "columns": "code,site"}).context
    files = {(str(export.group), str(export.label)): export.url for export in context["exports"]}
    assert [line[:2] for line in lines(client.get(files["Visible columns", "CSV"]))[1:]] == [
        ["C3", "B Beta Mall"],
        ["C1", "A Alpha Quay"],
    ]
    assert sheet(client.get(files["All columns", "XLSX"])).max_column == 7


@pytest.mark.slow
def test_fifty_thousand_rows_leave_completely(cast: Any, signed_in: Any) -> None:
    with network_scope(cast.network), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO stations_charger (network_id, site_id, code, vendor, model, serial_number, method, firmware, "
            "state, note) SELECT %s, %s, 'C' || i, 'Acme', '', '', 'ac', '', 'in_service', '' "
            "FROM generate_series(1, 50000) i",
            [cast.network.pk, cast.site.pk],
        )
    client = signed_in(cast.director)
    assert body(client.get(f"{CHARGERS}export/?set=all")).count("\r\n") == 50_001
    assert sheet(client.get(f"{CHARGERS}export/?set=all&format=xlsx")).max_row == 50_001

"""`manage.py report`: reports without the web."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from core.reporting import register
from core.reporting.document import is_intact
from core.reporting.registry import unregister
from core.tests.paper_tools import texts_of
from core.tests.reports_to_test import Days, Sample


@pytest.fixture(autouse=True)
def reports(cast):
    for report in (Sample, Days):
        register(report)
    yield
    for report in (Sample, Days):
        unregister(report.name)


def report(*arguments: str) -> str:
    output = io.StringIO()
    call_command("report", *arguments, stdout=output, stderr=io.StringIO())
    return output.getvalue()


def test_json_goes_to_the_standard_output():
    read = json.loads(report("sample", "--network", "harbour", "--month", "2018-08", "--format", "json"))
    assert is_intact(read)
    assert read["result"]["parameters"] == {"month": "2018-08", "by": "day"}
    assert read["made"]["by"] == ""


def test_plain_text_is_what_a_terminal_gets():
    text = report("sample", "--network", "harbour", "--month", "2018-08")
    assert text.startswith("Sample of a report\n==================\n")


def test_the_times_are_those_of_the_networks_zone():
    assert "(Europe/Berlin)" in report("sample", "--network", "hill", "--month", "2018-08")


def test_the_language_is_the_networks_or_the_one_asked_for():
    assert "Period:" in report("sample", "--network", "harbour")
    assert "2018年8月" in report("sample", "--network", "harbour", "--month", "2018-08", "--language", "zh-hans")


def test_a_pdf_goes_into_a_file(tmp_path):
    path = tmp_path / "august.pdf"
    report("sample", "--network", "harbour", "--month", "2018-08", "--format", "pdf", "--output", str(path))
    assert "by ChargeNet" in " ".join(texts_of(path.read_bytes()))


def test_one_table_goes_out_as_csv():
    text = report("sample", "--network", "harbour", "--month", "2018-08", "--format", "csv", "--table", "sites")
    assert text.splitlines()[0] == "\ufeffSite,Sessions,Energy (kWh),Cost (GBP),Share (%),Day,Length"


def test_parameters_with_two_ends_are_two_options():
    text = report(
        "days", "--network", "harbour", "--days-from", "2018-08-01", "--days-to", "2018-08-03", "--format", "json"
    )
    assert json.loads(text)["result"]["figures"][0]["value"] == 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["sample", "--network", "nowhere"], "There is no network “nowhere”"),
        (["nothing", "--network", "harbour"], "there is no report “nothing”; there are: .*sample"),
        (["sample", "--network", "harbour", "--month", "2018-13"], "month: .*is not a month"),
        (["sample", "--network", "harbour", "--site", "NONE"], "site: "),
        (["days", "--network", "harbour", "--month", "2018-08"], "“days” has no parameter month"),
        (
            ["sample", "--network", "harbour", "--format", "csv", "--table", "x"],
            "no table “x”; there are: figures, sites",
        ),
    ],
)
def test_what_is_wrong_is_said_in_one_line(arguments, words):
    with pytest.raises(CommandError, match=words):
        report(*arguments)

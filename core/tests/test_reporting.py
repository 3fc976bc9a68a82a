"""Reports: one computation feeds every form, within the rights of the one who asks."""

import csv
import dataclasses
import io
import json
import zipfile
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.utils import translation

from core.clock import Month
from core.reporting import (
    DayRange,
    Figure,
    MonthParameter,
    Report,
    UnknownReport,
    make,
    register,
    registered_reports,
    report_named,
)
from core.reporting.asking import Asker
from core.reporting.document import NotPlain, canonical_json, checksum_of, document, is_intact, plain
from core.reporting.files import UnknownTable, to_csv, to_json, to_text, to_xlsx, to_zip
from core.reporting.paper import to_pdf
from core.reporting.registry import unregister
from core.reporting.words import figure_words
from core.tests.paper_tools import texts_of
from core.tests.reports_to_test import Days, Sample, asker_of


@pytest.fixture
def made(scoped):
    return make_sample(scoped)


def make_sample(scoped, **given):
    asker = asker_of(scoped.network, scoped.director)
    form = Sample().form(asker, {"month": "2018-08"} | given)
    assert form.is_valid(), form.errors
    return make(Sample(), asker, form.values)


# --- Parameters ------------------------------------------------------------------------------------------------------


def values_of(report, scoped, given, account=None):
    form = report.form(asker_of(scoped.network, account or scoped.director), given)
    assert form.is_valid(), form.errors
    return form.values


def errors_of(report, scoped, given):
    return report.form(asker_of(scoped.network, scoped.director), given).errors


def test_parameters_become_typed_values(scoped):
    values = values_of(Sample(), scoped, {"month": "2018-08", "by": "week", "site": "A"})
    assert values == {"month": Month(2018, 8), "by": "week", "site": scoped.site}


def test_the_last_whole_month_is_taken_when_none_is_asked_for(scoped):
    asker = Asker(scoped.network, datetime(2018, 9, 30, 23, 30, tzinfo=UTC), is_system=True)
    form = Sample().form(asker, {})
    assert form.is_valid()
    # In London it is the first of October already.
    assert form.values == {"month": Month(2018, 9), "by": "day", "site": None}


@pytest.mark.parametrize(
    ("known", "taken"), [(Month(2017, 3), "2017-03"), (Month(2018, 9), "2018-08"), (None, "2018-08")]
)
def test_the_last_month_with_data_is_taken_where_it_is_over(scoped, known, taken):
    parameter = MonthParameter("month", "Month", latest=lambda asker: known)
    asker = Asker(scoped.network, datetime(2018, 9, 10, tzinfo=UTC), is_system=True)
    assert parameter.default(asker) == {"month": taken}


@pytest.mark.parametrize("text", ["2018-13", "August", "2018", "2018-08-01"])
def test_a_month_that_is_none_is_an_error_of_its_field(scoped, text):
    assert list(errors_of(Sample(), scoped, {"month": text})) == ["month"]


def test_a_site_that_one_may_not_see_cannot_be_chosen(scoped):
    form = Sample().form(asker_of(scoped.network, scoped.operator), {"month": "2018-08", "site": "B"})
    assert list(form.errors) == ["site"]


def test_a_word_that_is_no_choice_is_an_error(scoped):
    assert list(errors_of(Sample(), scoped, {"by": "year"})) == ["by"]


def test_days_include_both_ends(scoped):
    values = values_of(Days(), scoped, {"days_from": "2018-08-01", "days_to": "2018-08-07"})
    assert values["days"] == DayRange(date(2018, 8, 1), date(2018, 8, 7))
    assert values["days"].period(scoped.network).duration == timedelta(days=7)
    assert values["days"].before == DayRange(date(2018, 7, 25), date(2018, 7, 31))


@pytest.mark.parametrize(
    ("first", "last"),
    [("2018-08-02", "2018-08-01"), ("2018-08-01", "2018-09-01"), ("2018-08-01", ""), ("x", "2018-08-01")],
)
def test_days_that_do_not_go_together_are_an_error(scoped, first, last):
    assert errors_of(Days(), scoped, {"days_from": first, "days_to": last})


def test_the_seven_days_before_today_are_taken_when_none_are_asked_for(scoped):
    asker = Asker(scoped.network, datetime(2018, 8, 8, 12, tzinfo=UTC), is_system=True)
    form = Days().form(asker, {})
    assert form.is_valid()
    assert form.values["days"] == DayRange(date(2018, 8, 1), date(2018, 8, 7))


def test_parameters_stand_in_an_address_and_come_back(scoped):
    values = values_of(Sample(), scoped, {"month": "2018-08", "site": "A"})
    assert Sample().query_string(values) == "month=2018-08&by=day&site=A"


# --- Rights ----------------------------------------------------------------------------------------------------------


def test_a_report_is_refused_to_an_account_without_its_permission(scoped):
    asker = asker_of(scoped.network, scoped.nobody)
    with pytest.raises(PermissionDenied):
        make(Sample(), asker, {"month": Month(2018, 8), "by": "day", "site": None})


def test_an_asker_is_an_account_or_the_system_never_neither(scoped):
    with pytest.raises(ValueError, match="either for an account or for the system"):
        Asker(scoped.network, datetime.now(UTC))


def test_an_operator_sees_the_rows_of_the_own_site_alone(scoped):
    from stations.models import Site

    asker = asker_of(scoped.network, scoped.operator)
    assert list(asker.visible(Site, "stations.view_site")) == [scoped.site]
    assert not asker.sees_everything("stations.view_site")


def test_the_system_sees_the_whole_network_in_scope_and_no_other(scoped):
    from stations.models import Site

    assert set(asker_of(scoped.network).visible(Site, "stations.view_site")) == {scoped.site, scoped.second_site}


# --- Registry --------------------------------------------------------------------------------------------------------


def test_a_registered_report_is_found_by_its_name():
    register(Sample)
    try:
        assert isinstance(report_named("sample"), Sample)
        assert any(isinstance(report, Sample) for report in registered_reports())
    finally:
        unregister("sample")
    with pytest.raises(UnknownReport):
        report_named("sample")


@pytest.mark.parametrize(
    "attributes",
    [
        {"name": "Bad Name", "title": "T", "permission": "p.x"},
        {"name": "x", "title": "", "permission": "p.x"},
        {"name": "x", "title": "T", "permission": ""},
        {"name": "x", "title": "T", "permission": "p.x", "parameters": (MonthParameter("format", "F"),)},
        {
            "name": "x",
            "title": "T",
            "permission": "p.x",
            "parameters": (MonthParameter("m", "M"), MonthParameter("m", "M")),
        },
        {"name": "operations", "title": "T", "permission": "p.x"},
    ],
)
def test_a_report_that_could_not_work_is_refused_at_start(attributes):
    with pytest.raises(ImproperlyConfigured):
        register(type("Broken", (Report,), attributes))


# --- Figures ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "before", "change"),
    [
        (6, 4, Decimal("0.5")),
        (3, 4, Decimal("-0.25")),
        (5, 0, None),
        (5, None, None),
        (None, 5, None),
        (-1, -2, Decimal("0.5")),
    ],
)
def test_a_change_is_relative_to_the_period_before(now, before, change):
    assert Figure("x", "X", now, before=before).change == change


@pytest.mark.parametrize(("better", "good"), [("up", True), ("down", False), ("", None)])
def test_a_change_is_welcome_or_not_as_the_figure_says(better, good):
    assert Figure("x", "X", 2, before=1, better=better).is_good is good


def test_a_percentage_is_compared_in_points():
    words = figure_words(Figure("x", "X", Decimal("0.2"), "percent", before=Decimal("0.25"), better="up"))
    assert (words.value, words.unit, words.change, words.tone) == ("20.0", "%", "−5.0\xa0pp", "bad")


def test_a_large_energy_is_scaled_and_its_exact_figure_kept():
    words = figure_words(Figure("x", "X", 71_809_479, "energy"))
    assert (words.value, words.unit, words.exact) == ("71.8", "MWh", "71,809.479\xa0kWh")


def test_a_figure_that_is_not_known_is_a_dash_without_unit():
    words = figure_words(Figure("x", "X", None, "percent"))
    assert (words.value, words.unit) == ("–", "")


# --- The document and its checksum -----------------------------------------------------------------------------------


def test_the_document_holds_numbers_as_numbers_and_moments_in_utc(made):
    read = json.loads(to_json(made))
    (table,) = read["result"]["tables"]
    assert table["rows"][0] == {
        "site": "=Lochee", "sessions": 5, "energy": 7234, "cost": 12.5, "share": 0.25, "day": "2018-08-01",
        "length": 3600,
    }  # fmt: skip
    assert read["result"]["period"] == {"start": "2018-07-31T23:00:00Z", "end": "2018-08-31T23:00:00Z"}
    assert read["result"]["figures"][1] == {"name": "energy", "value": 71_809_479, "before": 0, "unit": "Wh"}
    assert [column["unit"] for column in table["columns"]] == ["", "", "Wh", "GBP", "ratio", "", "s"]


def test_the_checksum_can_be_computed_from_the_download(made):
    read = json.loads(to_json(made))
    assert is_intact(read)
    assert read["checksum"] == f"sha256:{made.checksum}"


def test_a_changed_figure_does_not_match_the_checksum(made):
    read = json.loads(to_json(made))
    read["result"]["figures"][0]["value"] += 1
    assert not is_intact(read)


def test_the_checksum_is_the_same_in_every_language(scoped):
    checksums = set()
    for language in ("en", "zh-hans"):
        with translation.override(language):
            checksums.add(make_sample(scoped).checksum)
    assert len(checksums) == 1


def test_the_checksum_differs_for_other_parameters(scoped):
    assert make_sample(scoped).checksum != make_sample(scoped, site="A").checksum


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("12.50"), 12.5), (Decimal("3.000"), 3), (5.0, 5), (date(2018, 1, 2), "2018-01-02"), (True, True),
        (timedelta(minutes=1.5), 90), (datetime(2018, 8, 1, 12, tzinfo=UTC), "2018-08-01T12:00:00Z"), (None, None),
    ],
)  # fmt: skip
def test_a_value_becomes_what_json_holds(value, expected):
    assert plain(value) == expected
    assert type(plain(value)) is type(expected)


@pytest.mark.parametrize("value", [object(), [1], {"a": 1}, float("nan"), Decimal("Infinity"), datetime(2018, 8, 1)])  # noqa: DTZ001
def test_a_value_that_json_cannot_hold_is_an_error(value):
    with pytest.raises(NotPlain):
        plain(value)


def test_canonical_json_has_sorted_keys_and_no_spaces():
    assert canonical_json({"b": [1, 2.5], "a": "电"}) == '{"a":"电","b":[1,2.5]}'.encode()
    assert checksum_of({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


def test_the_document_says_when_by_whom_and_where(made, scoped):
    about = document(made)["made"]
    assert (about["by"], about["url"]) == ("Rosa", made.url)
    assert made.url.endswith("/n/harbour/reports/sample/?month=2018-08&by=day")


# --- The other forms -------------------------------------------------------------------------------------------------


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_a_table_is_a_csv_file_with_its_totals_at_the_end(made):
    rows = rows_of(to_csv(made, "sites"))
    assert rows[0] == ["Site", "Sessions", "Energy (kWh)", "Cost (GBP)", "Share (%)", "Day", "Length"]
    assert rows[1] == ["'=Lochee", "5", "7.234", "12.50", "25.00", "2018-08-01", "1:00:00"]
    assert rows[3] == ["All", "6", "7.234", "12.50", "", "", ""]


def test_the_figures_are_a_csv_file_with_a_unit_for_each(made):
    rows = rows_of(to_csv(made))
    assert rows[1] == ["sessions", "Sessions", "6", "", "4", "50.000000", "All that began."]
    assert rows[2][2:5] == ["71809.479", "kWh", "0.000"]


def test_a_table_that_the_report_does_not_have_is_an_error(made):
    with pytest.raises(UnknownTable):
        to_csv(made, "no-such-table")


def test_the_zip_holds_every_table_and_the_document(made):
    with zipfile.ZipFile(io.BytesIO(to_zip(made))) as archive:
        assert archive.namelist() == ["figures.csv", "sites.csv", "sample.json"]
        assert archive.read("sites.csv") == to_csv(made, "sites")


def test_the_workbook_has_a_sheet_for_each_table_with_typed_cells(made):
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(made)))
    assert book.sheetnames == ["Summary", "All sites"]
    sheet = book["All sites"]
    day = datetime(2018, 8, 1)  # noqa: DTZ001  cells have no zone
    assert [cell.value for cell in sheet[2]] == ["=Lochee", 5, 7.234, 12.5, 0.25, day, timedelta(hours=1)]
    assert sheet["A2"].data_type == "s"
    assert [cell.value for cell in sheet[4]][:3] == ["All", 6, 7.234]


def test_the_first_sheet_says_where_the_figures_come_from(made):
    sheet = openpyxl.load_workbook(io.BytesIO(to_xlsx(made)))["Summary"]
    lines = {row[0]: row[1] for row in sheet.iter_rows(values_only=True) if row[0]}
    assert lines["Network"] == "Harbour"
    assert lines["SHA-256"] == made.checksum
    assert lines["Sessions"] == 6


def test_the_text_for_a_terminal_lines_its_figures_up(made):
    lines = to_text(made).splitlines()
    assert "Sessions                             6  (+50.0\xa0%: 4)" in lines
    ends = {line.index("7.2") for line in lines if "7.2" in line}
    assert len(ends) == 1


def test_the_pdf_has_the_figures_the_pages_and_the_proof(made):
    pdf = to_pdf(made)
    text = " ".join(" ".join(texts_of(pdf.content)).split())
    assert pdf.tagged
    assert "Sample of a report" in text
    assert "71,809.479\xa0kWh" in text or "71,809.479 kWh" in text
    assert f"Page 1 of {pdf.pages}" in text
    assert made.checksum[:8] in text
    assert "Prepared by" in text


def test_the_pdf_is_printed_on_the_paper_of_the_country(made, scoped):
    from core.tests.paper_tools import opened

    with opened(to_pdf(made).content) as european, opened(to_pdf(made, size="Letter").content) as american:
        assert [round(float(side)) for side in european.pages[0].mediabox[2:]] == [595, 842]
        assert [round(float(side)) for side in american.pages[0].mediabox[2:]] == [612, 792]


def test_a_name_with_markup_is_text_on_paper(scoped):
    class Markup(Sample):
        def compute(self, run):
            return dataclasses.replace(super().compute(run), place='<img src="file:///etc/passwd">')

    asker = asker_of(scoped.network, scoped.director)
    made = make(Markup(), asker, values_of(Markup(), scoped, {"month": "2018-08"}))
    assert '<img src="file:///etc/passwd">' in " ".join(texts_of(to_pdf(made).content))

"""Tables as files: exact figures, harmless texts, little memory."""

import csv
import io
import re
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.http import HttpResponse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from core.export import Column, as_download, filename, harmless, open_book, stream_csv, workbook, write_xlsx
from core.parts import State

MOMENT = datetime(2018, 8, 1, 12, 30, tzinfo=UTC)


def csv_of(columns, rows, **options) -> str:
    return b"".join(stream_csv(columns, rows, **({"bom": False} | options))).decode()


def written(column: Column, value) -> str:
    """How one value stands in a CSV file."""
    return next(csv.reader(io.StringIO(csv_of([column], [[value]]).split("\r\n", 1)[1])))[0]


def cell_of(column: Column, value):
    """How one value stands in an XLSX file."""
    file = io.BytesIO()
    write_xlsx([column], [[value]], file)
    return openpyxl.load_workbook(file).active["A2"]


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("text", "Dundee", "Dundee"),
        ("number", 1234, "1234"),
        ("number", Decimal("-0.50"), "-0.50"),
        ("number", Decimal("1E+3"), "1000"),
        ("number", Decimal(1) / 3, "0.333333333333"),
        ("energy", 1234, "1.234"),
        ("energy", -890790, "-890.790"),
        ("power", 22000, "22.000"),
        ("money", Decimal("12.50"), "12.50"),
        ("percent", Decimal("0.1834"), "18.3400"),
        ("percent", 1, "100"),
        ("duration", timedelta(hours=26, minutes=3), "26:03:00"),
        ("duration", -61, "-0:01:01"),
        ("date", date(2018, 8, 1), "2018-08-01"),
        ("flag", True, "yes"),
        ("flag", False, "no"),
        ("state", State("site-status", "open", "Open"), "Open"),
        ("text", None, ""),
        ("number", 0, "0"),
    ],
)
def test_a_value_stands_in_csv_as_its_column_says(kind, value, text):
    assert written(Column("x", "X", kind), value) == text


def test_a_moment_stands_in_csv_in_the_zone_in_force_with_its_offset():
    with timezone.override("Europe/London"):
        assert written(Column("x", "X", "datetime"), MOMENT) == "2018-08-01 13:30:00+01:00"


def test_the_head_names_the_unit():
    columns = [
        Column("a", "Energy", "energy"),
        Column("b", "Price", "money", currency="GBP"),
        Column("c", "Grid", unit="kW"),
    ]
    assert csv_of(columns, []) == "Energy (kWh),Price (GBP),Grid (kW)\r\n"


def test_a_file_for_spreadsheets_begins_with_the_mark_of_its_encoding():
    assert b"".join(stream_csv([Column("a", "站点")], [], bom=True)) == "\ufeff站点\r\n".encode()


def test_rows_are_taken_while_the_file_goes_out():
    taken = []

    def rows():
        for number in range(20_000):
            taken.append(number)
            yield [f"row {number}"]

    pieces = stream_csv([Column("a", "A")], rows())
    next(pieces)
    next(pieces)
    assert 0 < len(taken) < 20_000


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "=cmd|' /C calc'!A0", "-", "+44 1382 1234"],
)
def test_a_text_that_could_be_a_formula_gets_an_apostrophe(text):
    assert harmless(text)[:2] == f"'{text[0]}"


@pytest.mark.parametrize("text", ["-5", "-5.25", "+3", "1e3", "-1.5E-3", "-5,25", "Dundee", "a=b", "a-b", "", "12:30"])
def test_a_number_or_a_plain_text_stays_as_it_is(text):
    assert harmless(text) == text


def test_a_formula_behind_another_separator_is_defused_too():
    assert harmless("a;=1+1\n@x") == "a;'=1+1\n'@x"


@given(st.text())
def test_no_text_begins_like_a_formula_after_it_was_made_harmless(text):
    safe = harmless(text)
    number = re.fullmatch(r"[+-]?[0-9.,eE+-]+", text, re.ASCII)
    assert number or safe[:1] not in set("=+-@\t\r＝＋－＠") - {""}


@given(st.lists(st.text(alphabet=st.characters(blacklist_categories=["Cs"]), max_size=30), min_size=1, max_size=4))
def test_texts_come_back_from_csv(texts):
    columns = [Column(f"c{number}", "C") for number in range(len(texts))]
    content = csv_of(columns, [texts])
    read = list(csv.reader(io.StringIO(content, newline="")))
    assert read[1] == [harmless(text) for text in texts]


@pytest.mark.parametrize(
    ("kind", "value", "expected", "form"),
    [
        ("number", 1234, 1234, "#,##0"),
        ("number", Decimal("1.25"), 1.25, "#,##0.0##"),
        ("energy", 1234, 1.234, "#,##0.000"),
        ("percent", Decimal("0.5"), 0.5, "#,##0.0%"),
        ("date", date(2018, 8, 1), datetime(2018, 8, 1), "yyyy-mm-dd"),  # noqa: DTZ001  cells have no zone
        ("text", "Dundee", "Dundee", "General"),
        ("flag", True, "yes", "General"),
        ("number", "none", "none", "General"),
        ("number", 2**60, str(2**60), "General"),
        ("number", float("nan"), "nan", "General"),
        ("date", date(1899, 1, 1), "1899-01-01", "General"),
    ],
)
def test_a_cell_has_the_type_and_the_format_of_its_column(kind, value, expected, form):
    cell = cell_of(Column("x", "X", kind), value)
    assert (cell.value, cell.number_format) == (expected, form)


def test_money_has_the_decimals_of_its_currency():
    assert cell_of(Column("x", "X", "money", currency="JPY"), Decimal(5)).number_format == "#,##0"
    assert cell_of(Column("x", "X", "money", currency="KWD"), Decimal(5)).number_format == "#,##0.000"


def test_a_length_of_time_is_one_that_can_be_added_up():
    cell = cell_of(Column("x", "X", "duration"), timedelta(hours=36))
    assert (cell.value, cell.number_format) == (timedelta(hours=36), "[h]:mm:ss")


def test_a_moment_is_shown_in_the_zone_in_force():
    with timezone.override("Europe/London"):
        assert cell_of(Column("x", "X", "datetime"), MOMENT).value == datetime(2018, 8, 1, 13, 30)  # noqa: DTZ001


def test_a_formula_in_a_cell_is_a_text_and_stays_one_when_edited():
    cell = cell_of(Column("x", "X"), '=HYPERLINK("http://x")')
    assert (cell.data_type, cell.value, cell.quotePrefix) == ("s", '=HYPERLINK("http://x")', True)


def test_a_text_longer_than_a_cell_is_cut_with_a_mark():
    value = cell_of(Column("x", "X"), "a" * 40_000).value
    assert (len(value), value[-1]) == (32_767, "…")


def test_totals_stand_below_the_rows_in_bold():
    file = io.BytesIO()
    with open_book(file) as book:
        sheet = book.add_sheet("A/B: [sites]")
        sheet.write_table([Column("a", "A"), Column("b", "B", "number")], [["x", 1], ["y", 2]], totals=["All", 3])
    sheet = openpyxl.load_workbook(file).active
    assert (sheet.title, sheet["B4"].value, sheet["B4"].font.b) == ("A B   sites", 3, True)


def test_sheets_of_one_name_are_told_apart():
    file = io.BytesIO()
    with open_book(file) as book:
        for _ in range(2):
            book.add_sheet("Sites and everything around them").write_lines([["x"]])
    names = openpyxl.load_workbook(file).sheetnames
    assert names == ["Sites and everything around the", "Sites and everything around t 2"]


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch):
    monkeypatch.setattr(workbook, "MOST_ROWS", 5)
    with pytest.raises(workbook.TooManyRows):
        write_xlsx([Column("a", "A")], [["x"]] * 6, io.BytesIO())


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (["dundee", "operations", "2018-08"], "dundee-operations-2018-08.pdf"),
        (["深圳", "", "a/../b"], "深圳-a-..-b.pdf"),
        (["x\r\ny: z"], "x-y-z.pdf"),
        ([""], "download.pdf"),
    ],
)
def test_a_file_name_is_one_that_every_system_takes(parts, name):
    assert filename(parts, "pdf") == name


def test_a_download_names_its_file_and_is_kept_by_nobody():
    response = as_download(HttpResponse(b"x"), "深圳.csv")
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''%E6%B7%B1%E5%9C%B3.csv"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Type"] == "text/csv; charset=utf-8"


@pytest.mark.slow
def test_ten_thousand_rows_take_less_than_two_seconds_of_work():
    columns = [Column(f"t{n}", "T") for n in range(6)] + [Column("e", "E", "energy"), Column("s", "S", "datetime")]
    rows = [("ST-1", "Lochee", "open", "=1", "West", "x", 12345, MOMENT)] * 10_000
    begun = time.process_time()
    write_xlsx(columns, rows, io.BytesIO())
    sum(map(len, stream_csv(columns, rows)))
    assert time.process_time() - begun < 2

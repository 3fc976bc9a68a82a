"""Workbooks: sheets, figures, dates, formulas, and what is wrong with them."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from core.importing.reading import UnreadableFile
from core.importing.workbook import date_kind
from core.importing.xlsx import moment_text, plain_figure
from core.tests.importing_tools import opened, workbook

HEADER = ["code", "name", "kW"]


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def with_part(content: bytes, name: str, change) -> bytes:
    """The workbook with one of its parts changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            data = old.read(item)
            new.writestr(item.filename, change(data) if item.filename == name else data)
    return buffer.getvalue()


def cells(table) -> list[list[str]]:
    return [list(row.values.values()) for row in table.rows()]


def test_figures_texts_and_flags_come_as_people_see_them(tmp_path: Path) -> None:
    table = opened(tmp_path, workbook([HEADER, ["A", "Größe", 22.287], [7751157, True, 1e6], ["007", "", -0.5]]))
    assert cells(table) == [["A", "Größe", "22.287"], ["7751157", "true", "1000000"], ["007", "", "-0.5"]]


def test_days_and_times_come_in_iso_8601(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["day", "moment", "time", "length"])
    book.active.append(
        [date(2018, 9, 6), datetime.fromisoformat("2018-09-06T23:55:00"), time(7, 3), timedelta(hours=26, minutes=30)]
    )
    table = opened(tmp_path, saved(book))
    assert cells(table) == [["2018-09-06", "2018-09-06T23:55:00", "07:03:00", "26:30:00"]]


def test_days_of_a_workbook_that_counts_from_1904(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active.append(["id", "day"])
    book.active.append(["x", date(2018, 9, 6)])
    assert cells(opened(tmp_path, saved(book))) == [["x", "2018-09-06"]]


def test_row_numbers_are_those_of_the_sheet(tmp_path: Path) -> None:
    table = opened(tmp_path, workbook([["A register"], [], HEADER, ["A", "x", 1], [], ["B", "y", 2]]))
    assert [row.number for row in table.rows()] == [4, 6]
    assert (table.detected.titles, table.detected.header_row) == (("A register",), 3)


def test_the_first_visible_sheet_with_a_table_is_read_and_others_can_be_chosen(tmp_path: Path) -> None:
    content = workbook([], Empty=[], Sites=[HEADER, ["A", "x", 1]], More=[HEADER, ["B", "y", 2]])
    assert opened(tmp_path, content).detected.sheet == "Sites"
    assert opened(tmp_path, content).detected.sheets == ("Sheet1", "Empty", "Sites", "More")
    assert cells(opened(tmp_path, content, sheet="More")) == [["B", "y", "2"]]


def test_all_sheets_of_one_header_are_one_table_with_the_sheet_beside_each_row(tmp_path: Path) -> None:
    table = opened(tmp_path, workbook([HEADER, ["A", "x", 1]], More=[HEADER, ["B", "y", 2]]), sheet="*")
    assert [(row.sheet, row.number, row.values["code"]) for row in table.rows()] == [
        ("Sheet1", 2, "A"),
        ("More", 2, "B"),
    ]


def test_sheets_of_different_headers_are_not_one_table(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"“Sheet1” and “More” have different headers"):
        opened(tmp_path, workbook([HEADER, ["A", "x", 1]], More=[["id", "town"], ["B", "y"]]), sheet="*")


def test_a_sheet_that_does_not_exist_is_refused_with_those_that_do(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="no sheet “Nope”. It has: Sheet1"):
        opened(tmp_path, workbook([HEADER, ["A", "x", 1]]), sheet="Nope")


def test_a_note_below_the_table_is_told_apart(tmp_path: Path) -> None:
    rows = list(opened(tmp_path, workbook([HEADER, ["A", "x", 1], [], ["", "", "Ave:~11"]])).rows())
    assert [(row.number, row.is_note) for row in rows] == [(2, False), (4, True)]


def test_a_formula_gives_its_saved_result(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["id", "sum", "text"])
        sheet.write_row(1, 0, ["x"])
        sheet.write_formula(1, 1, "=1+41", value=42)
        sheet.write_formula(1, 2, '=""', value="empty")
    content = with_part(
        buffer.getvalue(), "xl/worksheets/sheet1.xml", lambda data: data.replace(b"<v>empty</v>", b"<v></v>")
    )
    row = next(opened(tmp_path, content).rows())
    assert (row.values, row.faults) == ({"id": "x", "sum": "42", "text": ""}, ())


def test_a_formula_without_a_saved_result_is_a_fault_that_names_its_cell(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["id", "name", "sum"])
    book.active.append(["x", "a", "=1+41"])
    (fault,) = next(opened(tmp_path, saved(book)).rows()).faults
    assert fault.column == "sum"
    assert fault.message.startswith("Cell C2 is a formula without a saved result.")


def test_an_error_of_a_formula_stays_as_its_text(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["id", "sum"])
        sheet.write(1, 0, "x")
        sheet.write_formula(1, 1, "=1/0", value="#DIV/0!")
    assert cells(opened(tmp_path, buffer.getvalue())) == [["x", "#DIV/0!"]]


def test_figures_follow_the_decimal_mark_that_a_person_chose_for_the_texts(tmp_path: Path) -> None:
    table = opened(tmp_path, workbook([HEADER, ["A", "8,46", 22.5]]), decimal_mark=",")
    assert cells(table) == [["A", "8,46", "22,5"]]


def test_line_breaks_and_control_characters_in_texts_are_kept_and_put_back(tmp_path: Path) -> None:
    table = opened(tmp_path, workbook([HEADER, ["one\ntwo", "a_x000D_b_x0000_c", 1]]))
    assert cells(table) == [["one\ntwo", "a_x000D_b_x0000_c", "1"]]


def test_rich_texts_are_joined_and_phonetic_readings_left_out(tmp_path: Path) -> None:
    content = workbook([HEADER, ["東京", "x", 1]])
    rich = "<si><r><t>東</t></r><r><t>京</t></r><rPh sb='0' eb='2'><t>トウキョウ</t></rPh></si>".encode()
    content = with_part(
        content, "xl/sharedStrings.xml", lambda data: data.replace("<si><t>東京</t></si>".encode(), rich)
    )
    assert cells(opened(tmp_path, content))[0][0] == "東京"


def test_a_document_type_is_refused(tmp_path: Path) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet/>'
    with pytest.raises(UnreadableFile, match="declares a document type"):
        opened(tmp_path, with_part(workbook([HEADER]), "xl/worksheets/sheet1.xml", lambda data: bomb))


def test_a_broken_sheet_is_refused_with_its_part(tmp_path: Path) -> None:
    content = with_part(workbook([HEADER, ["A", "x", 1]]), "xl/worksheets/sheet1.xml", lambda data: data[:-40])
    with pytest.raises(UnreadableFile, match=r"xl/worksheets/sheet1.xml is not well-formed"):
        opened(tmp_path, content)


def test_cells_without_references_are_counted(tmp_path: Path) -> None:
    content = with_part(
        workbook([HEADER, ["A", "x", 1]]),
        "xl/worksheets/sheet1.xml",
        lambda data: re.sub(rb' r="[A-Z]*\d+"', b"", data),
    )
    table = opened(tmp_path, content)
    assert [(row.number, list(row.values.values())) for row in table.rows()] == [(2, ["A", "x", "1"])]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("General", ""),
        ("0.00", ""),
        ('#,##0.00 "days"', ""),
        ("[Red]0.00", ""),
        ("yyyy-mm-dd", "date"),
        ("dd.mm.yyyy hh:mm", "datetime"),
        ("h:mm AM/PM", "time"),
        ("mm:ss", "time"),
        ("[h]:mm:ss", "duration"),
        ("[$-409]mmm d, yyyy", "date"),
        ('yyyy"年"m"月"d"日"', "date"),
    ],
)
def test_a_number_format_says_whether_a_figure_is_a_date(code: str, kind: str) -> None:
    assert date_kind(code) == kind


@pytest.mark.parametrize(
    ("saved_as", "shown"),
    [("22.286999999999999", "22.287"), ("1E+6", "1000000"), ("1.5E-7", "0.00000015"), ("42.0", "42"), ("-3", "-3")],
)
def test_a_figure_is_written_as_it_was_typed(saved_as: str, shown: str) -> None:
    assert plain_figure(saved_as) == shown


@given(st.integers(61 * 86_400, 2_958_465 * 86_400))
def test_every_second_survives_a_spreadsheet(seconds: int) -> None:
    moment = datetime.fromisoformat("1899-12-30T00:00:00") + timedelta(seconds=seconds)
    serial = openpyxl.utils.datetime.to_excel(moment)
    assert datetime.fromisoformat(moment_text(serial, "datetime")) == moment

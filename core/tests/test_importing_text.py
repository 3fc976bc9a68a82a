"""Text files: encodings, delimiters, headers, titles, and what a person can say instead."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.importing.reading import Options, UnreadableFile, open_table
from core.tests.importing_tools import opened, written


def values(table) -> list[list[str]]:
    return [list(row.values.values()) for row in table.rows()]


def test_a_plain_csv_gives_its_columns_rows_and_line_numbers(tmp_path: Path) -> None:
    table = opened(tmp_path, "code,name\r\nA,Alpha\r\nB,Beta\r\n")
    assert table.columns == ["code", "name"]
    assert [(row.number, row.values) for row in table.rows()] == [
        (2, {"code": "A", "name": "Alpha"}),
        (3, {"code": "B", "name": "Beta"}),
    ]
    assert (table.detected.encoding, table.detected.delimiter, table.detected.line_ends) == ("utf-8", ",", "CRLF")


def test_rows_can_be_read_again_from_the_beginning(tmp_path: Path) -> None:
    table = opened(tmp_path, "a,b\n1,2\n")
    assert values(table) == values(table) == [["1", "2"]]


def test_line_numbers_are_those_of_an_editor_behind_line_breaks_in_cells_and_empty_lines(tmp_path: Path) -> None:
    table = opened(tmp_path, 'a,b\n"one\ntwo\nthree",x\n\ny,z\n')
    assert [(row.number, row.values["a"]) for row in table.rows()] == [(2, "one\ntwo\nthree"), (6, "y")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    table = opened(tmp_path, f"code{delimiter}name\nA{delimiter}Alpha\n")
    assert (table.detected.delimiter, values(table)) == (delimiter, [["A", "Alpha"]])


def test_a_delimiter_inside_of_quoted_cells_does_not_mislead(tmp_path: Path) -> None:
    table = opened(tmp_path, 'id,groups\n1,"a; b; c"\n2,"d; e; f"\n3,"g; h; i"\n')
    assert (table.detected.delimiter, table.columns) == (",", ["id", "groups"])


def test_a_separator_line_of_excel_names_the_delimiter(tmp_path: Path) -> None:
    table = opened(tmp_path, "sep=;\ncode;name\nA;x,y\n")
    assert (table.detected.delimiter, values(table)) == (";", [["A", "x,y"]])


def test_a_file_of_one_column_is_a_table(tmp_path: Path) -> None:
    assert values(opened(tmp_path, "code\nA\nB\n")) == [["A"], ["B"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_is_found_with_and_without_its_mark(tmp_path: Path, encoding: str) -> None:
    content = "code;name\r\nA;Größe und Gewicht\r\nB;深圳北站\r\n" + "C;plain Latin text\r\n" * 20
    table = opened(tmp_path, content.encode(encoding))
    assert [row.values["name"] for row in table.sample(2)] == ["Größe und Gewicht", "深圳北站"]
    assert table.columns[0] == "code"


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("cp1252", "Straße am Schloßplatz, Köln-Süd, Café Möwe"),
        ("gb18030", "深圳北站充电站龙华区民治街道"),
        ("big5", "臺北車站充電站信義區市府路"),
        ("cp1251", "Станция на улице Ленина, Москва"),
    ],
)
def test_older_encodings_are_recognised(tmp_path: Path, encoding: str, name: str) -> None:
    table = opened(tmp_path, ("code;name\n" + f"A;{name}\n" * 30).encode(encoding))
    assert table.sample(1)[0].values["name"] == name


def test_a_late_umlaut_decides_the_encoding_of_the_whole_file(tmp_path: Path) -> None:
    content = b"code;name\n" + b"A;plain\n" * 60_000 + "B;Köln\n".encode("cp1252")
    table = opened(tmp_path, content)
    assert (table.detected.encoding, list(table.rows())[-1].values["name"]) == ("cp1252", "Köln")


def test_a_person_can_say_another_encoding_and_delimiter(tmp_path: Path) -> None:
    content = "code;name\nA;Köln\n".encode("cp850")
    table = opened(tmp_path, content, encoding="cp850", delimiter=";")
    assert table.sample(1)[0].values["name"] == "Köln"


def test_titles_above_the_header_are_skipped_and_shown(tmp_path: Path) -> None:
    content = "Register of stations;;;\n;;;\nAs of: 19.07.2019;;;\nGeneral;;Point 1;\nid;city;kW;plug\n1;Köln;22,5;T2\n"
    table = opened(tmp_path, content)
    assert table.columns == ["id", "city", "kW", "plug"]
    assert table.detected.titles == ("Register of stations", "As of: 19.07.2019", "General Point 1")
    assert (table.detected.header_row, table.detected.decimal_mark) == (5, ",")


def test_the_header_row_can_be_said(tmp_path: Path) -> None:
    table = opened(tmp_path, "2017,2018\na,b\nx,y\n", header_row=2)
    assert (table.columns, table.detected.titles, values(table)) == (["a", "b"], ("2017 2018",), [["x", "y"]])


def test_a_file_without_a_header_gets_numbered_columns_when_a_person_says_so(tmp_path: Path) -> None:
    table = opened(tmp_path, "1,Alpha\n2,Beta\n", header_row=0)
    assert (table.columns, values(table)) == (["column 1", "column 2"], [["1", "Alpha"], ["2", "Beta"]])


def test_columns_without_a_name_are_numbered(tmp_path: Path) -> None:
    table = opened(tmp_path, "id,name,,\n1,a,,Leaf\n2,b,,\n")
    assert (table.columns, values(table)[0]) == (["id", "name", "column 3", "column 4"], ["1", "a", "", "Leaf"])


def test_a_name_over_two_lines_becomes_one(tmp_path: Path) -> None:
    assert opened(tmp_path, 'id,"Total\n kWh"\n1,2\n').columns == ["id", "Total kWh"]


def test_two_columns_of_one_name_are_refused_and_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"row 1 has the name “kWh” more than once, in the columns 2, 4"):
        opened(tmp_path, "id,kWh,x,kWh\n1,2,3,4\n")


def test_two_columns_of_one_name_are_numbered_when_a_person_says_so(tmp_path: Path) -> None:
    table = opened(tmp_path, "id,kWh,kWh (2),kWh\n1,2,3,4\n", number_repeated=True)
    assert table.columns == ["id", "kWh", "kWh (2)", "kWh (3)"]


@pytest.mark.parametrize(
    ("cells", "mark"),
    [
        (["8,468098", "49,494409"], ","),
        (["1.234,56", "12"], ","),
        (["8.468098", "49.494409"], "."),
        (["1,234.56", "12"], "."),
        (["12", "13"], "."),
        (["1,234", "2,345"], ","),  # in a file whose delimiter is ";"
    ],
)
def test_the_decimal_mark_is_found(tmp_path: Path, cells: list[str], mark: str) -> None:
    table = opened(tmp_path, "name;value\n" + "".join(f"x;{cell}\n" for cell in cells))
    assert table.detected.decimal_mark == mark


def test_a_figure_that_could_be_either_way_keeps_the_point_where_commas_divide_cells(tmp_path: Path) -> None:
    assert opened(tmp_path, 'name,value\nx,"1,234"\n').detected.decimal_mark == "."


def test_a_note_below_the_table_is_told_apart(tmp_path: Path) -> None:
    table = opened(tmp_path, "id,name,units\n1,a,3\n2,b,4\nSource: the city,,\n")
    assert [(row.number, row.is_note, row.faults) for row in table.rows()] == [
        (2, False, ()),
        (3, False, ()),
        (4, True, ()),
    ]


def test_a_single_text_between_rows_is_a_row_that_lacks_the_rest(tmp_path: Path) -> None:
    rows = list(opened(tmp_path, "id,name,units\n1,a,3\n,Lost,\n2,b,4\n").rows())
    assert [(row.number, row.is_note, row.values["name"]) for row in rows] == [
        (2, False, "a"),
        (3, False, "Lost"),
        (4, False, "b"),
    ]


@pytest.mark.parametrize("line", ["2,b", "2,b,4,5"])
def test_a_ragged_row_is_a_fault_of_that_row(tmp_path: Path, line: str) -> None:
    rows = list(opened(tmp_path, f"id,name,units\n1,a,3\n{line}\n3,c,5\n").rows())
    assert [len(row.faults) for row in rows] == [0, 1, 0]
    assert f"The row has {line.count(',') + 1} cells, the header 3." in rows[1].faults[0].message


def test_empty_cells_behind_the_last_column_are_no_fault(tmp_path: Path) -> None:
    rows = list(opened(tmp_path, "id,name\n1,a,,\n2,b\n3,c\n4,d\n").rows())
    assert [row.faults for row in rows] == [(), (), (), ()]


def test_a_quotation_mark_that_is_never_closed_is_refused_with_its_line(tmp_path: Path) -> None:
    content = "id,name\n" + "1,a\n" * 500 + '2,"open\n' + "3,b\n" * 20
    table = opened(tmp_path, content)
    with pytest.raises(UnreadableFile, match=r"Line 502: A quotation mark .* never closed"):
        list(table.rows())


def test_a_quotation_mark_that_swallows_a_large_file_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    table = opened(tmp_path, "id,name\n" + "1,a\n" * 500 + '2,"open\n' + "3,b\n" * 600_000)
    with pytest.raises(UnreadableFile, match=r"Line 502"):
        list(table.rows())


def test_gzip_is_unpacked(tmp_path: Path) -> None:
    table = opened(tmp_path, gzip.compress(b"code,name\nA,Alpha\n"), "file.csv.gz")
    assert (table.detected.compressed, values(table)) == (True, [["A", "Alpha"]])


def test_text_that_looks_like_json_is_read_as_its_name_says(tmp_path: Path) -> None:
    assert values(opened(tmp_path, '[code],name\n{A},"x"\n', "file.csv")) == [["{A}", "x"]]


def test_an_unknown_encoding_is_refused_with_those_that_exist(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="UTF-8, Windows-1252"):
        opened(tmp_path, "a,b\n1,2\n", encoding="klingon")


def test_options_survive_being_stored() -> None:
    options = Options(encoding="cp1252", header_row=0, sheet="*", number_repeated=True)
    assert Options.from_dict(options.as_dict()) == options


def test_options_that_do_not_exist_are_refused() -> None:
    with pytest.raises(UnreadableFile, match="colour"):
        Options.from_text({"colour": "blue"})


def test_options_are_read_as_people_write_them() -> None:
    assert Options.from_text({"header_row": "6", "delimiter": "tab"}) == Options(header_row=6, delimiter="\t")


CELLS = st.text(st.one_of(st.characters(exclude_categories=["Cs", "Cc"]), st.sampled_from('\r\n\t,;|"')), max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=8), delimiter=st.sampled_from(",;\t|")
)
def test_what_a_csv_writer_writes_is_what_is_read(tmp_path: Path, rows: list[list[str]], delimiter: str) -> None:
    full = [["k", *row] for row in rows]
    lines = [delimiter.join(["key", "id", "name", "city"])]
    lines += [delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in full]
    path = written(tmp_path, "\r\n".join(lines) + "\r\n")
    table = open_table(path, path.name, overrides=Options(encoding="utf-8", delimiter=delimiter, header_row=1))
    assert [list(row.values.values()) for row in table.rows()] == full

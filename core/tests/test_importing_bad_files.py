"""Files that no import can use: each gets a clear message, and none fills the memory."""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from core.importing.limits import Limits
from core.importing.reading import UnreadableFile, open_table
from core.tests.importing_tools import opened, workbook, written

MEBIBYTE = 1024 * 1024
MEASURE = """
import json, re, sys
from pathlib import Path
import django
django.setup()
from core.importing.reading import UnreadableFile, open_table
message, rows = "", 0
try:
    for _row in open_table(sys.argv[1], sys.argv[1]).rows():
        rows += 1
except UnreadableFile as error:
    message = str(error)
# VmHWM counts from the start of this program; ru_maxrss would also count its parent before the start.
peak = int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024
print(json.dumps({"message": message, "rows": rows, "mib": peak}))
"""


def measured(path: Path) -> dict[str, object]:
    """What a process of its own says about a file, and the most memory (MiB) it needed, Django included."""
    answer = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ,
        timeout=120,
    )
    return json.loads(answer.stdout)


def zipped(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
)


def workbook_with_sheet(path: Path, sheet: Path) -> Path:
    """A workbook whose only sheet is this XML, packed without holding it in memory."""
    with (
        zipfile.ZipFile(io.BytesIO(workbook([["a"], ["1"]]))) as old,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for item in old.infolist():
            if item.filename == "xl/worksheets/sheet1.xml":
                new.write(sheet, item.filename)
            else:
                new.writestr(item.filename, old.read(item))
    return path


def gzipped(path: Path, beginning: bytes, piece: bytes, *, times: int) -> None:
    """A gzip file of one piece many times over; as several members (RFC 1952, 2.2), so that it is packed once."""
    path.write_bytes(gzip.compress(beginning) + gzip.compress(piece) * times)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The file is empty: it has 0 bytes"),
        (b"\n\n\n", "All rows are empty"),
        (b";;;\n;;;\n", "All rows are empty"),
        (b"code;name\n", "There is a header, but no row below it has any content"),
        (os.urandom(5000), "binary data"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "of the kind PNG"),
        (b"%PDF-1.7\n" + bytes(100), "of the kind PDF"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
            r"old Excel workbook \(.xls\) or is protected by a password",
        ),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "a web page or XML"),
        (b"BZh91AY&SY" + bytes(20), "of the kind bzip2"),
        (gzip.compress(b""), "nothing is inside of the gzip archive"),
        (gzip.compress(b"a,b\n" + b"1,2\n" * 5000)[:-30], "damaged: it cannot be unpacked"),
        (gzip.compress(zipped(a=b"x")), "packed again with gzip"),
        (zipped(**{"data.csv": b"a,b\n1,2\n"}), "a ZIP archive and not a workbook"),
        (zipped(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"), "an OpenDocument file"),
        (zipped(**{"[Content_Types].xml": b"<x/>", "xl/workbook.bin": b"x"}), r"a binary workbook \(.xlsb\)"),
        (zipped(**{"[Content_Types].xml": b"<x/>", "xl/other.xml": b"<x/>"}), "damaged"),
        (workbook([["a", "b"], [1, 2]])[:-200], "damaged: it cannot be unpacked"),
        (workbook([[], []]), "All rows are empty"),
        (b"id,name\n1,A\n2,B\x00C\n", r"Line 3: The text is damaged: it holds a character \(NUL\)"),
        (b"4032911,2,01/12/2017,12:09\n4032912,3,01/12/2017,12:10\n", "No header was found: row 1 holds values"),
        (b"1,2,3\nid,name,city\n", "No header was found: row 1 holds values"),
    ],
    # Contents that are random or hold the time of packing would give the tests other names in each worker.
    ids=lambda value: "file" if isinstance(value, bytes) else value,
)
def test_a_file_that_is_no_table_is_refused_with_what_is_wrong(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(UnreadableFile, match=message):
        opened(tmp_path, content)


def test_every_refusal_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        opened(tmp_path, b"code;name\n")
    assert refusal.value.advice == "Check that the right sheet or file was sent and that its rows were saved."


def test_a_text_that_is_utf_8_but_for_one_line_is_refused_with_the_line(tmp_path: Path) -> None:
    content = "id,name\n" + "1,Größe\n" * 50 + "2,x\n"
    damaged = content.encode().replace(b"2,x", b"2,K\xf6ln")
    with pytest.raises(UnreadableFile, match=r"Line 52: The text is UTF-8, but this line has bytes that are not"):
        opened(tmp_path, damaged)


def test_a_text_in_another_encoding_than_the_one_chosen_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"cannot be read as UTF-8 .* Choose another encoding"):
        opened(tmp_path, "id,name\n1,Köln\n".encode("cp1252"), encoding="utf-8")


def test_a_password_is_recognised(tmp_path: Path) -> None:
    content = bytearray(workbook([["a", "b"], [1, 2]]))
    place = content.find(b"PK\x01\x02")
    content[place + 8] |= 1
    with pytest.raises(UnreadableFile, match="protected by a password"):
        opened(tmp_path, bytes(content))


def test_an_archive_of_very_many_parts_is_refused_before_its_directory_is_read(tmp_path: Path) -> None:
    content = zipped(**{f"part{number}": b"" for number in range(50)})
    with pytest.raises(UnreadableFile, match="more than 10 files"):
        open_table(written(tmp_path, content), "x.xlsx", limits=Limits(parts=10))


def test_a_part_that_is_larger_than_it_declares_is_refused(tmp_path: Path) -> None:
    content = bytearray(workbook([["a", "b"], *[[1, 2]] * 3000]))
    place = content.find(b"xl/worksheets/sheet1.xml", content.find(b"PK\x01\x02"))
    content[place - 46 + 24 : place - 46 + 28] = (500).to_bytes(4, "little")
    with pytest.raises(UnreadableFile, match="damaged"):
        list(opened(tmp_path, bytes(content)).rows())


def test_too_many_columns_are_refused(tmp_path: Path) -> None:
    line = ",".join(f"c{number}" for number in range(1200))
    with pytest.raises(UnreadableFile, match="1200 columns; at most 1000 are read"):
        opened(tmp_path, f"{line}\n{line}\n", header_row=1)


def test_a_sheet_of_too_many_columns_is_refused_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="Sheet “Sheet1”, row 2: The table has 1201 columns"):
        opened(tmp_path, workbook([["a", "b"], [*[None] * 1200, "far"]]))


def test_more_rows_than_allowed_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "id,name\n" + "1,a\n" * 300)
    with pytest.raises(UnreadableFile, match="more than 250 rows"):
        list(open_table(path, limits=Limits(rows=250)).rows())


def test_too_many_different_texts_of_a_workbook_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, workbook([["a", "b"], *[[f"text {number}", "x"] for number in range(2000)]]))
    with pytest.raises(UnreadableFile, match="of different texts"):
        open_table(path, limits=Limits(strings=50_000))


@pytest.mark.slow
def test_a_million_empty_rows_of_text_say_that_nothing_is_there(tmp_path: Path) -> None:
    answer = measured(written(tmp_path, b"code;name;kW\n" + b";;\n" * 1_000_000))
    assert str(answer["message"]).startswith("There is a header, but no row below it has any content.")
    assert answer["mib"] < 300


@pytest.mark.slow
def test_a_million_empty_rows_of_a_sheet_say_that_nothing_is_there(tmp_path: Path) -> None:
    path = tmp_path / "empty.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["code", "name", "kW"])
        for number in range(1, 1_000_000):
            sheet.set_row(number, 20)
    answer = measured(path)
    assert "There is a header, but no row below it has any content." in str(answer["message"])
    assert answer["mib"] < 300


@pytest.mark.slow
def test_two_hundred_megabytes_are_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as stream:
        stream.write(b"code,name\n")
        for _count in range(80):
            stream.write(b"A,Alpha beta gamma delta\n" * 100_000)
    answer = measured(path)
    assert answer["message"] == (
        "The file has 200 MB; at most 100 MB are read. "
        "Split it into several files, for example by month, or compress it with gzip."
    )
    assert answer["mib"] < 300


@pytest.mark.slow
def test_two_hundred_megabytes_in_gzip_are_read_row_by_row(tmp_path: Path) -> None:
    path = tmp_path / "large.csv.gz"
    gzipped(path, b"code,name\n", (b"A," + b"x" * 498 + b"\n") * 2_000, times=200)
    answer = measured(path)
    assert (answer["message"], answer["rows"]) == ("", 400_000)
    assert answer["mib"] < 300


@pytest.mark.slow
def test_a_bomb_in_gzip_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "bomb.csv.gz"
    gzipped(path, b"code,name\n", b"A,\n" * (MEBIBYTE // 3), times=1_000)
    answer = measured(path)
    assert "at most 1,000 MB are read from it" in str(answer["message"])
    assert answer["mib"] < 300


@pytest.mark.slow
@pytest.mark.parametrize("line", [b"x" * MEBIBYTE, b'"' + b"x" * (MEBIBYTE - 1)])
def test_a_line_without_an_end_is_refused(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "line.csv.gz"
    gzipped(path, b"code,name\n", line, times=400)
    answer = measured(path)
    assert "A line of the file is longer than 1.0 MB" in str(answer["message"])
    assert answer["mib"] < 300


@pytest.mark.slow
def test_a_bomb_in_a_workbook_is_refused_by_what_it_declares(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.xml"
    with sheet.open("wb") as stream:
        start, end = SHEET.encode().split(b"%s")
        stream.write(start)
        for _count in range(600):
            stream.write(b" " * MEBIBYTE)
        stream.write(end)
    answer = measured(workbook_with_sheet(tmp_path / "bomb.xlsx", sheet))
    assert str(answer["message"]).startswith("The file unpacks to 629 MB or more")
    assert answer["mib"] < 300


@pytest.mark.slow
def test_a_row_of_a_million_cells_is_refused(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.xml"
    sheet.write_text(SHEET % ("<row>" + "<c><v>1</v></c>" * 1_000_000 + "</row>"))
    answer = measured(workbook_with_sheet(tmp_path / "wide.xlsx", sheet))
    assert "The table has 1001 columns; at most 1000 are read." in str(answer["message"])
    assert answer["mib"] < 300


@pytest.mark.slow
def test_one_value_of_json_that_never_ends_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "value.json.gz"
    gzipped(path, b'[{"a": "', b"x" * MEBIBYTE, times=300)
    answer = measured(path)
    assert answer["message"] == "One value of the file is longer than any cell; it is no table."
    assert answer["mib"] < 300


@pytest.mark.slow
def test_a_long_sheet_of_different_texts_stays_small(tmp_path: Path) -> None:
    path = tmp_path / "long.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": False}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["code", "name", "kW"])
        for number in range(1, 100_001):
            sheet.write_row(number, 0, [f"C{number}", f"Name of the site number {number}", number / 7])
    answer = measured(path)
    assert (answer["message"], answer["rows"]) == ("", 100_000)
    assert answer["mib"] < 300

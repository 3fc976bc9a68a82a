"""Where the public data sets are, and their rows. A test that needs them is skipped where they are absent.

They are looked for in the folder that CHARGENET_SHARED_DATA names, else in `../shared/data` beside the project.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
from functools import cache
from pathlib import Path

import openpyxl
import pytest

FOLDER = Path(os.environ.get("CHARGENET_SHARED_DATA") or Path(__file__).resolve().parents[1].parent / "shared" / "data")

DUNDEE_SESSIONS = (
    "dundee-sessions/cpdata.csv.gz",
    "dundee-sessions/cp-data-dec-mar-2018.csv.gz",
    "dundee-sessions/cp-data-mar-may-2018.csv.gz",
    "dundee-sessions/charge-sessions-june-sept.csv.gz",
)
DUNDEE_PLACES = "dundee-sessions/dundee_site_coordinates.csv"
GERMANY = "germany-register/bnetza_2019-07-19_cp1252.csv.gz"
SHENZHEN_URBANEV = "shenzhen-stations/urbanev_inf_raw.csv"
SHENZHEN_STEVCDP = "shenzhen-stations/stevcdp_stations.csv"
SHENZHEN_ZONES = "shenzhen-stations/stevcdp_zone_information.csv"
SHENZHEN_SWAP = "shenzhen-swap/CSSs_in_China_Shenzhen.xlsx"


def shared_file(name: str) -> Path:
    """The path of a shared file; skips the test where the file is not there."""
    path = FOLDER / name
    if not path.is_file():
        pytest.skip(f"the public data set {name} is not in {FOLDER} (set CHARGENET_SHARED_DATA)")
    return path


@cache
def _rows(path: Path, encoding: str, delimiter: str, titles: int) -> list[dict[str, str]]:
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode(encoding)
    lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    # A column without a name is called by its number, as the product's own reader does.
    header = [name or f"column {number}" for number, name in enumerate(lines[titles], start=1)]
    return [dict(zip(header, line, strict=True)) for line in lines[titles + 1 :]]


def rows(name: str, *, encoding: str = "utf-8", delimiter: str = ",", titles: int = 0) -> list[dict[str, str]]:
    """The rows of a CSV file (gzipped or not) as texts by column; `titles` rows stand above the header."""
    return _rows(shared_file(name), encoding, delimiter, titles)


def germany_rows() -> list[dict[str, str]]:
    """The German register: Windows-1252, semicolons, five title rows."""
    return rows(GERMANY, encoding="cp1252", delimiter=";", titles=5)


def dundee_rows() -> list[dict[str, str]]:
    """The sessions of all four Dundee files, in either layout."""
    return [row for name in DUNDEE_SESSIONS for row in rows(name)]


def swap_rows() -> list[tuple[str, dict[str, str]]]:
    """The rows of all sheets of the swap-station workbook, each with the name of its sheet."""
    book = openpyxl.load_workbook(shared_file(SHENZHEN_SWAP), read_only=True)
    found = []
    for sheet in book:
        lines = [["" if cell is None else str(cell) for cell in line] for line in sheet.iter_rows(values_only=True)]
        found += [(sheet.title, dict(zip(lines[0], line, strict=True))) for line in lines[1:]]
    book.close()
    return found

"""The public data sets as they were published, read to the last row."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.importing.reading import Options, Table, open_table
from core.importing.values import DecimalParser
from tests.shared_data import (
    DUNDEE_SESSIONS,
    GERMANY,
    SHENZHEN_STEVCDP,
    SHENZHEN_SWAP,
    SHENZHEN_URBANEV,
    germany_rows,
    shared_file,
)

pytestmark = pytest.mark.shared_data


def table(name: str, **options: object) -> Table:
    path = shared_file(name)
    return open_table(path, path.name, overrides=Options(**options))  # type: ignore[arg-type]


def total(name: str, column: str) -> tuple[int, Decimal]:
    """Rows that are no notes, and the sum of one of their columns."""
    opened = table(name)
    number = DecimalParser(mark=opened.detected.decimal_mark)
    values = [row.values[column] for row in opened.rows() if not row.is_note and not row.faults]
    return len(values), sum((number(value) for value in values if value), Decimal(0))


def test_dundee_has_all_its_sessions_and_kwh() -> None:
    totals = [total(name, "Total kWh") for name in DUNDEE_SESSIONS]
    assert (sum(count for count, _kwh in totals), sum(kwh for _count, kwh in totals)) == (67_112, Decimal("582310.034"))


def test_the_fourth_dundee_file_has_three_columns_without_a_name() -> None:
    assert table(DUNDEE_SESSIONS[3]).columns[12:] == ["Model", "column 14", "column 15", "column 16"]


def test_the_german_register_is_recognised_whole() -> None:
    register = table(GERMANY)
    found = register.detected
    assert (found.encoding, found.delimiter, found.decimal_mark, found.header_row) == ("cp1252", ";", ",", 6)
    assert (found.line_ends, found.titles[:2]) == (
        "CRLF",
        ("Ladesäulenregister Bundesnetzagentur", "Stand: 19.07.2019"),
    )
    assert total(GERMANY, "Anzahl Ladepunkte") == (9_690, 19_029)
    assert total(GERMANY, "Anschlussleistung [kW]") == (9_690, Decimal("470812.57"))


def test_the_german_register_is_read_cell_by_cell_as_another_reader_does() -> None:
    assert [row.values for row in table(GERMANY).rows()] == germany_rows()


def test_the_stations_of_shenzhen_are_all_there() -> None:
    assert total(SHENZHEN_URBANEV, "charge_count") == (1_587, 23_441)
    assert total(SHENZHEN_STEVCDP, "fast") == (1_706, 2_693)
    assert total(SHENZHEN_STEVCDP, "slow") == (1_706, 20_179)


def test_the_nine_sheets_of_swap_stations_are_one_table_with_a_note_below_each() -> None:
    rows = list(table(SHENZHEN_SWAP, sheet="*").rows())
    stations = [row for row in rows if not row.is_note]
    assert (len(stations), sum(int(row.values["Total Units"]) for row in stations)) == (69, 753)
    assert [(row.sheet, row.number) for row in rows if row.is_note][:2] == [("Baoan", 17), ("Futian", 12)]
    assert sum(row.is_note for row in rows) == 9
